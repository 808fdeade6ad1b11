"""Heavy work in small pieces: one of them, at most, in each turn of the event loop.

A page of a hundred jobs takes a millisecond to decode, a hundred jobs take another to be put into
an answer. Each is short, but calls answered together, or large queries side by side, would do many
of them before anybody else's request is looked at. Here they stand in one line for the whole loop,
first come, first served, and between two of them every other task has its turn.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

PIECE_SECONDS = 0.002  # of work without a pause, where it can be paused anywhere
_FREED_AT_A_TIME = 8

Work = Callable[[], object]


class Turns:
    """The line of one event loop."""

    __slots__ = ("_busy", "_line")

    def __init__(self) -> None:
        self._busy = False  # somebody has had this turn, or will have the next
        self._line: deque[Work | asyncio.Future[None]] = deque()

    def soon(self, work: Work) -> None:
        """Has `work` done in a turn to come."""
        if self._busy:
            self._line.append(work)
            return
        self._busy = True
        loop = asyncio.get_running_loop()
        loop.call_soon(work)
        loop.call_soon(self._next)

    async def mine(self) -> None:
        """Waits for a turn to do a piece of work in; it is now, if nobody has had this one."""
        loop = asyncio.get_running_loop()
        if self._busy:
            turn: asyncio.Future[None] = loop.create_future()
            self._line.append(turn)
            await turn
            return
        self._busy = True
        loop.call_soon(self._next)

    def _next(self) -> None:
        """Gives the next turn to the first in line."""
        loop = asyncio.get_running_loop()
        while self._line:
            first = self._line.popleft()
            if not isinstance(first, asyncio.Future):
                loop.call_soon(first)  # not now: whoever waits for a future works then, too
            elif first.done():  # given up
                continue
            else:
                first.set_result(None)
            loop.call_soon(self._next)
            return
        self._busy = False


_TURNS: WeakKeyDictionary[asyncio.AbstractEventLoop, Turns] = WeakKeyDictionary()


def turns() -> Turns:
    """The line of the running loop."""
    loop = asyncio.get_running_loop()
    found = _TURNS.get(loop)
    if found is None:
        found = _TURNS[loop] = Turns()
    return found


def let_go(things: list[Any]) -> None:
    """Empties a list piece by piece: to free ten thousand jobs at once would hold everybody up."""
    if things:
        turns().soon(partial(_free_some, things))


def _free_some(things: list[Any]) -> None:
    started = time.perf_counter()
    while things:
        del things[-_FREED_AT_A_TIME:]
        if time.perf_counter() - started > PIECE_SECONDS:
            let_go(things)
            return
