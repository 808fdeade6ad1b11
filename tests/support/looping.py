"""Turns of the event loop, counted: for what has to let others have theirs."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator


class LoopTurns:
    """`now` grows by one with each turn of the running loop."""

    def __init__(self) -> None:
        self.now = 0
        self._handle: asyncio.Handle | None = None

    def _turn(self) -> None:
        self.now += 1
        self._handle = asyncio.get_running_loop().call_soon(self._turn)

    def start(self) -> None:
        self._handle = asyncio.get_running_loop().call_soon(self._turn)

    def stop(self) -> None:
        if self._handle is not None:
            self._handle.cancel()


@contextlib.contextmanager
def counted_turns() -> Iterator[LoopTurns]:
    turns = LoopTurns()
    turns.start()
    try:
        yield turns
    finally:
        turns.stop()
