"""Python's collector of reference cycles, run by a timer in moments when it has little to look at.

By itself it starts in the midst of whatever allocates most. That is the largest query of all, whose
payloads it looks through although they hold no cycles: a pass takes ten milliseconds and more, and
every few such queries ten times that, in which nothing else is answered. What a request makes goes
with it, by reference count alone, so between two requests there is next to nothing to look at.
"""

from __future__ import annotations

import asyncio
import gc
import time
from typing import Self

TICK_SECONDS = 1.0
FEW_OBJECTS = 10_000  # made since the last pass and not gone yet: it takes a few milliseconds
PATIENCE_TICKS = 120  # without a moment that has so few: large queries one after the other
TICKS_PER_MIDDLE_PASS = 10
FULL_PASS_SHARE = 0.001  # of the time, at most, goes into looking through what has long been there
FULL_PASS_SECONDS = 30.0  # at least between two of them

# What a program whose cycles pile up faster than the timer looks after them must not exceed.
_BACKSTOP = (1_000_000, 20, 50)
_YOUNG, _MIDDLE, _FULL = 0, 1, 2


class Collecting:
    """Inside the block, the running loop's timer collects. What was there before is left alone."""

    def __init__(self) -> None:
        self._thresholds = gc.get_threshold()
        self._timer: asyncio.TimerHandle | None = None
        self._ticks = 0
        self._waited = 0
        self._full_pass_due = 0.0

    def __enter__(self) -> Self:
        gc.freeze()
        gc.set_threshold(*_BACKSTOP)
        self._full_pass_due = time.monotonic() + FULL_PASS_SECONDS
        self._tick_later()
        return self

    def __exit__(self, *_: object) -> None:
        if self._timer is not None:
            self._timer.cancel()
        gc.set_threshold(*self._thresholds)
        gc.unfreeze()

    def _tick_later(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(TICK_SECONDS, self._tick)

    def _tick(self) -> None:
        self._tick_later()
        self._waited += 1
        if gc.get_count()[0] > FEW_OBJECTS and self._waited < PATIENCE_TICKS:
            return
        self._waited = 0
        self._ticks += 1
        if time.monotonic() >= self._full_pass_due:
            started = time.thread_time()
            gc.collect(_FULL)
            taken = time.thread_time() - started
            pause = max(FULL_PASS_SECONDS, taken / FULL_PASS_SHARE)
            self._full_pass_due = time.monotonic() + pause
        else:
            gc.collect(_MIDDLE if self._ticks % TICKS_PER_MIDDLE_PASS == 0 else _YOUNG)
