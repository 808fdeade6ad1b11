"""A record of the requests that came to the demo's door."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

KEPT_CALLS = 50_000


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it came in: `path` still percent-encoded, `query` without its mark.

    `route` is the template, like "GET /projects/:id/jobs", or None where there is none;
    `credential` the kind that was given ("private-token", "bearer", "job-token"), `user` the
    name behind it where the demo knows it.
    """

    method: str
    path: str
    query: str
    route: str | None
    credential: str | None
    user: str | None


class Calls:
    """The last calls in order, how many are being answered now, and the most there ever were."""

    def __init__(self) -> None:
        self._calls: deque[Call] = deque(maxlen=KEPT_CALLS)
        self.in_flight = 0
        self.peak = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def __iter__(self) -> Iterator[Call]:
        return iter(tuple(self._calls))

    def __len__(self) -> int:
        return len(self._calls)

    def __getitem__(self, index: int) -> Call:
        return self._calls[index]

    def clear(self) -> None:
        self._calls.clear()
        self.peak = self.in_flight

    def count(
        self,
        route: str | None = None,
        *,
        method: str | None = None,
        path: str | None = None,
        user: str | None = None,
    ) -> int:
        """Calls that agree with all that is given."""
        return sum(
            1
            for call in self._calls
            if (route is None or call.route == route)
            and (method is None or call.method == method)
            and (path is None or call.path == path)
            and (user is None or call.user == user)
        )

    def routes(self) -> list[str]:
        """The routes in the order of the calls; the path where there is no route."""
        return [call.route or f"{call.method} {call.path}" for call in self._calls]

    @contextlib.contextmanager
    def being_answered(self, call: Call) -> Iterator[None]:
        self._calls.append(call)
        self.in_flight += 1
        self._idle.clear()
        self.peak = max(self.peak, self.in_flight)
        try:
            yield
        finally:
            self.in_flight -= 1
            if self.in_flight == 0:
                self._idle.set()

    async def idle(self) -> None:
        """Wait until no request is being answered."""
        await self._idle.wait()
