"""A deadline that is moved with every call and costs a timer only now and then."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from math import inf

SLACK_SECONDS = 0.002  # a loop's timers may fire a millisecond early


class Deadline:
    """Calls `expired` once the last `set` is past.

    A timer of the event loop for each call would be most of the deadline's price, so the one that
    is armed stays, and when it fires too early is armed for the rest.
    """

    __slots__ = ("_armed", "_at", "_expired", "_handle", "_loop")

    def __init__(self, loop: asyncio.AbstractEventLoop, expired: Callable[[], None]) -> None:
        self._loop = loop
        self._expired = expired
        self._at = inf
        self._armed = inf
        self._handle: asyncio.TimerHandle | None = None

    def set(self, seconds: float, latest: float = inf) -> None:
        """`seconds` from now, or at `latest` by the loop's clock where that is sooner."""
        at = self._loop.time() + seconds
        at = min(at, latest)
        self._at = at
        if at < self._armed:
            self._arm(at)

    def clear(self) -> None:
        self._at = inf

    def cancel(self) -> None:
        self._at = self._armed = inf
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _arm(self, at: float) -> None:
        if self._handle is not None:
            self._handle.cancel()
        self._armed = at
        self._handle = self._loop.call_at(at, self._fire)

    def _fire(self) -> None:
        self._handle = None
        self._armed = inf
        if self._at == inf:
            return
        if self._at - self._loop.time() > SLACK_SECONDS:
            self._arm(self._at)
        else:
            self._at = inf
            self._expired()
