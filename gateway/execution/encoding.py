"""Answers as JSON bytes; a long one piece by piece, so that others get their turn in between."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import orjson

MANY_ITEMS = 2_000  # in lists, from where an answer is long: some three megabytes of jobs
LONG_LIST = 50
TURN_SECONDS = 0.005  # of encoding without a pause


def encode(answer: dict[str, Any]) -> bytes:
    """An answer of usual size, at once."""
    return orjson.dumps(answer)


async def encode_long(answer: dict[str, Any]) -> bytes:
    """The same bytes as `encode`, with the event loop let go every few milliseconds."""
    return orjson.dumps(await _Pieces().condensed(answer))


class _Pieces:
    """Replaces long lists by their JSON, item by item."""

    def __init__(self) -> None:
        self._turn = time.perf_counter()

    async def condensed(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: await self.condensed(each) for key, each in value.items()}
        if not isinstance(value, list):
            return value
        if len(value) <= LONG_LIST:
            return [await self.condensed(each) for each in value]
        pieces: list[bytes] = []
        for item in value:
            pieces.append(orjson.dumps(item))
            if time.perf_counter() - self._turn > TURN_SECONDS:
                await asyncio.sleep(0)
                self._turn = time.perf_counter()
        return orjson.Fragment(b"[" + b",".join(pieces) + b"]")
