"""Answers as JSON bytes; a long one piece by piece, so that others get their turn in between."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson

from gateway.execution.engine import LongList
from upstream.turns import PIECE_SECONDS, turns

Body = bytes | tuple[bytes, ...]  # a long one in pieces, never joined: it may have megabytes

MANY_ITEMS = 2_000  # in lists, from where an answer is long: some three megabytes of jobs
PIECE_BYTES = 128 * 1024

_FIRST_ITEMS = 16  # of a list, before it is known how long they come out
_MOST_ITEMS = 1_000
_HOLE = b"\0"  # on either side of a number; JSON has this byte nowhere, not even in a string


def encode(answer: dict[str, Any]) -> bytes:
    """An answer of usual size, at once."""
    return orjson.dumps(answer)


def size_of(body: Body) -> int:
    """Bytes of it all."""
    return len(body) if isinstance(body, bytes) else sum(map(len, body))


async def encode_long(answer: dict[str, Any], long_lists: Sequence[LongList]) -> Body:
    """The same bytes as `encode`, in pieces; takes the answer apart.

    Each long list gives its place to a hole, the innermost first, and its items are let go as soon
    as they are encoded. At the end the lists' pieces go where their holes are.
    """
    filled: list[list[bytes]] = []
    for container, key, items in reversed(long_lists):
        if container[key] is items:  # else an error has put null there
            container[key] = orjson.Fragment(b"%b%d%b" % (_HOLE, len(filled), _HOLE))
            filled.append(await _encoded(items, filled))
    return tuple(_joined(_expanded(orjson.dumps(answer), filled)))


async def _encoded(items: list[Any], filled: Sequence[list[bytes]]) -> list[bytes]:
    pieces = [b"["]
    count, start, worked = _FIRST_ITEMS, 0, PIECE_SECONDS
    while start < len(items):
        if worked >= PIECE_SECONDS:
            await turns().mine()
            began = time.perf_counter()
        if start:
            pieces.append(b",")
        end = min(start + count, len(items))
        text = orjson.dumps(items[start:end])
        items[start:end] = [None] * (end - start)
        pieces += _expanded(text[1:-1], filled)
        count = max(1, min(_MOST_ITEMS, count * PIECE_BYTES // len(text)))
        start, worked = end, time.perf_counter() - began
    pieces.append(b"]")
    return pieces


def _expanded(text: bytes, filled: Sequence[list[bytes]]) -> Iterator[bytes]:
    if _HOLE not in text:
        yield text
        return
    for index, part in enumerate(text.split(_HOLE)):
        if index % 2:
            yield from filled[int(part)]
        else:
            yield part


def _joined(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of some size: what is small waits for more."""
    waiting: list[bytes] = []
    size = 0
    for part in parts:
        waiting.append(part)
        size += len(part)
        if size >= PIECE_BYTES // 2:
            yield waiting[0] if len(waiting) == 1 else b"".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)
