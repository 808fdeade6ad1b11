"""How late the event loop is: whatever holds it up holds up every request."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from prometheus_client.core import Metric

from gateway.telemetry.tallies import Durations

LOOK_SECONDS = 0.25
BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)


class LoopLag:
    """Asks to be woken at fixed moments, and measures by how much each is missed.

    `also` is called at each of them.
    """

    def __init__(self, also: Callable[[], None] | None = None) -> None:
        self._also = also
        self._seconds = Durations(
            "gateway_event_loop_lag_seconds",
            "How much later than planned the event loop came to something.",
            bounds=BOUNDS,
        )
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        self._look_later(asyncio.get_running_loop())

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def family(self) -> Metric:
        return self._seconds.family()

    def _look_later(self, loop: asyncio.AbstractEventLoop) -> None:
        # By the system's clock: uvloop's own is read once in each of its rounds.
        due = time.monotonic() + LOOK_SECONDS
        self._timer = loop.call_later(LOOK_SECONDS, self._look, loop, due)

    def _look(self, loop: asyncio.AbstractEventLoop, due: float) -> None:
        self._seconds.observe(max(0.0, time.monotonic() - due))
        if self._also is not None:
            self._also()
        self._look_later(loop)
