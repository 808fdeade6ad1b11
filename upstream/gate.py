"""A bound on what is in flight, with a bounded line before it."""

from __future__ import annotations

import asyncio
from collections import deque
from types import TracebackType

from upstream.errors import Overloaded, UpstreamTimeout

RETRY_AFTER_SECONDS = 1.0


class Gate:
    """At most `in_flight` inside at once and `waiting` in line, first come, first served.

    Whoever finds the line full is turned away with Overloaded at once: a longer line would only
    make everybody's wait longer than they are willing to wait. Nobody stands in it for more than
    `patience` seconds. `turned_away` and `given_up` count those whom that happened to.
    """

    __slots__ = ("_free", "_line", "_patience", "_waiting", "capacity", "given_up", "turned_away")

    def __init__(self, in_flight: int, waiting: int, patience: float) -> None:
        self.capacity = in_flight
        self.turned_away = 0
        self.given_up = 0
        self._free = in_flight
        self._waiting = waiting
        self._patience = patience
        self._line: deque[asyncio.Future[None]] = deque()

    @property
    def inside(self) -> int:
        return self.capacity - self._free

    @property
    def in_line(self) -> int:
        return len(self._line)

    async def __aenter__(self) -> None:
        if self._free > 0 and not self._line:
            self._free -= 1
            return
        if len(self._line) >= self._waiting:
            self.turned_away += 1
            raise Overloaded(
                f"{self._waiting} calls to GitLab are waiting already; try again shortly",
                retry_after=RETRY_AFTER_SECONDS,
            )
        try:
            async with asyncio.timeout(self._patience):
                await self._stand_in_line()
        except TimeoutError:
            self.given_up += 1
            raise UpstreamTimeout(
                f"no turn to call GitLab came within {self._patience:g} s",
                phase="pool",
                seconds=self._patience,
            ) from None

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._leave()

    async def _stand_in_line(self) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._line.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn in self._line:
                self._line.remove(turn)
            elif not turn.cancelled():
                self._leave()  # the turn came together with the cancellation: pass it on
            raise

    def _leave(self) -> None:
        while self._line:
            turn = self._line.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
