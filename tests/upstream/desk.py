"""A transport whose requests lie on a desk until the test answers them, and an Upstream over it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.upstream.conftest import CREDENTIAL
from upstream.answer import Answer
from upstream.client import Upstream
from upstream.config import Limits, Reuse, UpstreamConfig
from upstream.credentials import Credential
from upstream.events import Event
from upstream.transports import base

JOBS = "/projects/:id/jobs"
JOB = "/projects/:id/jobs/:job_id"


@dataclass
class Asked:
    """A request that waits for the test to answer it."""

    request: base.Request
    response: asyncio.Future[base.Response]
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)

    def answer(self, body: bytes = b"[]", status: int = 200, **headers: str) -> None:
        self.response.set_result(base.Response(status, headers, body))


class Desk:
    """A transport whose every request lies on the desk until it is answered."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []

    async def send(self, request: base.Request) -> base.Response:
        asked = Asked(request, asyncio.get_running_loop().create_future())
        self.asked.append(asked)
        try:
            return await asked.response
        except asyncio.CancelledError:
            asked.cancelled.set()
            raise

    @asynccontextmanager
    async def stream(
        self, request: base.Request, *, origin: str | None = None
    ) -> AsyncIterator[base.StreamedResponse]:
        raise AssertionError(f"no stream of {request} is wanted from {origin}")
        yield

    async def aclose(self) -> None:
        """Holds nothing."""


@dataclass
class Office:
    desk: Desk
    upstream: Upstream
    events: list[Event]

    async def get(
        self,
        path: str = "/projects/1/jobs",
        credential: Credential | None = CREDENTIAL,
        route: str = JOBS,
    ) -> asyncio.Task[Answer]:
        """A GET that has gone as far as it goes by itself."""
        task = asyncio.create_task(self.upstream.get(route, path, credential))
        await settled()
        return task

    async def post(self) -> asyncio.Task[Answer]:
        path = "/projects/1/jobs/7/retry"
        task = asyncio.create_task(self.upstream.post(JOBS, path, CREDENTIAL))
        await settled()
        return task


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def office(reuse: Reuse, **limits: int) -> Office:
    desk, events = Desk(), list[Event]()
    config = UpstreamConfig("http://gitlab.invalid", reuse=reuse, limits=Limits(**limits))
    return Office(desk, Upstream(config, desk, hook=events.append), events)
