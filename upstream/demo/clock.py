"""Where the demo takes the time from: the machine, or a test that moves it by hand."""

from __future__ import annotations

import time
from typing import Protocol

MANUAL_START = 1_793_610_000.0  # 2026-11-02T09:00:00Z


class Clock(Protocol):
    def now(self) -> float:
        """Seconds since the epoch; never goes back."""
        ...


class SystemClock:
    def now(self) -> float:
        return time.time()


class ManualClock:
    """Stands still until a test moves it."""

    def __init__(self, start: float = MANUAL_START) -> None:
        self._now = start

    def now(self) -> float:
        return self._now

    def advance(self, seconds: float) -> float:
        """Move on by `seconds` (not negative) and return the new time."""
        if seconds < 0:
            raise ValueError(f"a clock cannot go back: advance({seconds!r})")
        self._now += seconds
        return self._now
