"""Answers as a network cuts them, and answers that are none: the same end every time."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Iterator, Sequence
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from upstream.errors import Disconnected, InvalidResponse, ResponseTooLarge
from upstream.transports.lean.deadline import Deadline
from upstream.transports.lean.exchange import Exchange

LIMIT = 4096
NAMES = st.from_regex(r"x-[a-z0-9]{1,8}", fullmatch=True)
VALUES = st.from_regex(r"[!-~](?:[ -~]{0,20}[!-~])?", fullmatch=True)
HEADERS = st.lists(st.tuples(NAMES, VALUES), max_size=8)


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


def cut(data: bytes, places: Sequence[int]) -> list[bytes]:
    bounds = [0, *sorted({place % (len(data) + 1) for place in places}), len(data)]
    return [data[start:end] for start, end in pairwise(bounds) if start < end]


def head(headers: Sequence[tuple[str, str]], *more: str) -> bytes:
    lines = ["HTTP/1.1 200 OK", *(f"{name}: {value}" for name, value in headers), *more]
    return "\r\n".join([*lines, "", ""]).encode()


def joined(headers: Sequence[tuple[str, str]]) -> dict[str, str]:
    result: dict[str, str] = {}
    for name, value in headers:
        result[name] = f"{result[name]}, {value}" if name in result else value
    return result


def chunked(body: bytes, places: Sequence[int]) -> bytes:
    parts = [b"%x\r\n%s\r\n" % (len(part), part) for part in cut(body, places)]
    return b"".join([*parts, b"0\r\n\r\n"])


@given(
    headers=HEADERS,
    body=st.binary(max_size=300),
    chunks=st.none() | st.lists(st.integers(0, 300), max_size=5),
    cuts=st.lists(st.integers(0, 1000), max_size=30),
)
def test_an_answer_is_the_same_however_it_is_cut(
    loop: asyncio.AbstractEventLoop,
    headers: list[tuple[str, str]],
    body: bytes,
    chunks: list[int] | None,
    cuts: list[int],
) -> None:
    if chunks is None:
        wire = head(headers, f"Content-Length: {len(body)}") + body
    else:
        wire = head(headers, "Transfer-Encoding: chunked") + chunked(body, chunks)
    exchange = Exchange(loop, LIMIT)
    pieces = cut(wire, cuts)
    for piece in pieces[:-1]:
        exchange.feed(piece)
        assert exchange.error is None
    exchange.feed(pieces[-1])
    assert exchange.complete
    assert exchange.keep_alive
    assert b"".join(exchange.parts) == body
    framing = "content-length" if chunks is None else "transfer-encoding"
    assert {k: v for k, v in exchange.headers.items() if k != framing} == joined(headers)


@given(
    headers=HEADERS,
    body=st.binary(max_size=300),
    end=st.integers(0, 500),
    cuts=st.lists(st.integers(0, 1000), max_size=10),
)
def test_an_answer_that_breaks_off_is_never_whole(
    loop: asyncio.AbstractEventLoop,
    headers: list[tuple[str, str]],
    body: bytes,
    end: int,
    cuts: list[int],
) -> None:
    wire = head(headers, f"Content-Length: {len(body)}") + body
    wire = wire[: end % len(wire)]
    exchange = Exchange(loop, LIMIT)
    for piece in cut(wire, cuts):
        exchange.feed(piece)
    assert not exchange.settled
    exchange.end(clean=True)
    assert isinstance(exchange.error, Disconnected)
    assert exchange.unheard == (wire == b"")


LIKE_HTTP = st.lists(
    st.sampled_from(
        [
            b"HTTP/1.1 200 OK\r\n",
            b"HTTP/1.1 100 Continue\r\n\r\n",
            b"HTTP/1.0 204 \r\n",
            b"HTTP/1.1 999\r\n",
            b"content-length: 5\r\n",
            b"content-length: 99999\r\n",
            b"transfer-encoding: chunked\r\n",
            b"connection: close\r\n",
            b"upgrade: h2c\r\nconnection: upgrade\r\n",
            b" folded\r\n",
            b"5\r\nhello\r\n",
            b"0\r\n\r\n",
            b"\r\n",
            b"\n",
            b":",
            b"\x00",
            b"hello",
        ]
    )
    | st.binary(max_size=20),
    max_size=12,
)


@given(pieces=LIKE_HTTP, limit=st.none() | st.just(64))
@example(pieces=[b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65], limit=64)
@example(pieces=[b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\nHTTP/1.1 200 OK\r\n"], limit=64)
def test_whatever_comes_the_exchange_ends(
    loop: asyncio.AbstractEventLoop, pieces: list[bytes], limit: int | None
) -> None:
    exchange = Exchange(loop, limit)
    arrival = exchange.arrival()
    for piece in pieces:
        exchange.feed(piece)
        if exchange.error is not None:
            break
    exchange.end(clean=True)
    assert exchange.settled
    assert arrival.done()
    assert exchange._parser is None
    if exchange.error is not None:
        assert isinstance(exchange.error, InvalidResponse | Disconnected)
    if limit is not None:
        assert exchange.buffered <= limit or isinstance(exchange.error, ResponseTooLarge)


def test_nothing_after_the_end_is_taken_in(loop: asyncio.AbstractEventLoop) -> None:
    exchange = Exchange(loop, LIMIT)
    exchange.feed(head([], "Content-Length: 2") + b"{}")
    assert exchange.keep_alive
    exchange.feed(b"HTTP/1.1 500 Forged\r\n\r\n")
    assert (exchange.status, exchange.parts, exchange.keep_alive) == (200, [b"{}"], False)


@pytest.mark.parametrize("clean", [True, False])
def test_a_body_without_a_length_ends_with_a_connection_that_is_closed_well(
    loop: asyncio.AbstractEventLoop, *, clean: bool
) -> None:
    exchange = Exchange(loop, LIMIT)
    exchange.feed(head([]) + b"half")
    exchange.end(clean=clean)
    assert exchange.complete is clean
    assert isinstance(exchange.error, Disconnected) is not clean


def test_a_whole_answer_leaves_no_circle_for_the_collector(
    loop: asyncio.AbstractEventLoop,
) -> None:
    exchange = Exchange(loop, LIMIT)
    exchange.feed(head([], "Content-Length: 2") + b"{}")
    assert exchange._parser is None
    failed = Exchange(loop, LIMIT)
    failed.feed(gzip.compress(b"no http"))
    assert isinstance(failed.error, InvalidResponse)
    assert failed._parser is None


async def test_a_deadline_that_is_moved_ends_where_it_was_moved_to() -> None:
    loop = asyncio.get_running_loop()
    over = asyncio.Event()
    deadline = Deadline(loop, over.set)
    started = loop.time()
    deadline.set(0.05)
    deadline.set(0.15)
    await over.wait()
    assert 0.14 <= loop.time() - started < 5


async def test_a_deadline_can_be_moved_nearer_and_taken_back() -> None:
    loop = asyncio.get_running_loop()
    over, other = asyncio.Event(), asyncio.Event()
    cleared, cancelled = Deadline(loop, over.set), Deadline(loop, over.set)
    cleared.set(0.02)
    cleared.clear()
    cancelled.set(0.02)
    cancelled.cancel()
    nearer = Deadline(loop, other.set)
    nearer.set(1000)
    nearer.set(0.06)
    async with asyncio.timeout(5):
        await other.wait()
    assert not over.is_set()
    nearer.cancel()
