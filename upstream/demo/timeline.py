"""What is going to happen, in order."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable


class Timeline:
    """A heap of moments; `run_until` replays them up to a time, each at its own moment.

    Nothing runs in the background: whoever looks at the world first brings it up to date. So
    the same clock gives the same world, however often it was looked at in between.
    """

    def __init__(self, start: float) -> None:
        self.now = start
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        """Do `action` in `seconds` from the moment that is being replayed."""
        heapq.heappush(self._heap, (round(self.now + seconds, 3), next(self._order), action))

    def run_until(self, end: float) -> None:
        while self._heap and self._heap[0][0] <= end:
            moment, _, action = heapq.heappop(self._heap)
            self.now = max(self.now, moment)
            action()
        self.now = max(self.now, round(end, 3))
