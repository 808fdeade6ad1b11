"""Notices clients that hang up while their query is executed.

ASGI tells of that only one who waits for it, and to wait beside each query would cost more than
most queries take. So a look round every now and then has a task wait for those that it finds a
second time. Mutations are not attended: what has been asked for must not stop half-way.
"""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.types import Receive

from gateway.execution.sharing import Flight

LOOK_SECONDS = 0.1  # between two looks: a query that is done sooner costs next to nothing


class Visit:
    """A client that waits for its answer, which may be another one's, too: see Sharing."""

    flight: Flight | None = None
    gone = False
    seen = False
    watcher: asyncio.Task[None] | None = None

    def __init__(self, task: asyncio.Task[Any], receive: Receive) -> None:
        self.task = task
        self.receive = receive

    async def watch(self) -> None:
        # A GET has an empty body that nobody has asked for; what comes after it is the end.
        while (await self.receive())["type"] == "http.request":
            pass
        self.gone = True
        if self.flight is not None:
            self.flight.leave()
        else:
            self.task.cancel()


class Attendance:
    """The clients of one server that wait for answers to queries."""

    __slots__ = ("_here", "_looking")

    def __init__(self) -> None:
        self._here: set[Visit] = set()
        self._looking: asyncio.TimerHandle | None = None

    def enter(self, receive: Receive) -> Visit:
        """To be called by the request's own task, which is cancelled when its client hangs up."""
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a request is answered by a task")
        visit = Visit(task, receive)
        self._here.add(visit)
        if self._looking is None:
            self._look_later()
        return visit

    def leave(self, visit: Visit) -> None:
        self._here.discard(visit)
        if visit.watcher is not None:
            visit.watcher.cancel()

    def _look_later(self) -> None:
        self._looking = asyncio.get_running_loop().call_later(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        self._looking = None
        for visit in self._here:
            if visit.seen and visit.watcher is None:
                visit.watcher = asyncio.create_task(visit.watch())
            visit.seen = True
        if self._here:
            self._look_later()
