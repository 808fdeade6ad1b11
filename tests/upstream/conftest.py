"""An Upstream in front of a small GitLab of the test's own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.support.serving import serve
from upstream.client import Upstream
from upstream.config import NO_REUSE, Limits, Reuse, UpstreamConfig
from upstream.credentials import Credential, TokenKind
from upstream.events import Event
from upstream.transports import base

TOKEN = "glpat-s3cret"
CREDENTIAL = Credential(TokenKind.PRIVATE_TOKEN, TOKEN)


@dataclass(frozen=True)
class Received:
    """A request as it came; `target` is the raw path with its query."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass
class SmallGitLab:
    """Answers everything alike, and keeps what it was asked."""

    answer: Callable[[Received], Response]
    url: str = ""
    received: list[Received] = field(default_factory=list)

    async def __call__(self, request: Request) -> Response:
        path, query = request.scope["raw_path"].decode(), request.scope["query_string"].decode()
        received = Received(
            request.method,
            f"{path}?{query}" if query else path,
            dict(request.headers),
            await request.body(),
        )
        self.received.append(received)
        return self.answer(received)


@dataclass
class World:
    """Opens what a test needs, and closes it after."""

    stack: AsyncExitStack
    events: list[Event] = field(default_factory=list)

    async def gitlab(self, answer: Callable[[Received], Response] | Response) -> SmallGitLab:
        gitlab = SmallGitLab(answer if not isinstance(answer, Response) else lambda _: answer)
        methods = ["GET", "POST"]
        app = Starlette(routes=[Route("/{path:path}", gitlab.__call__, methods=methods)])
        gitlab.url = await self.stack.enter_async_context(serve(app))
        return gitlab

    async def upstream(self, base_url: str, *, reuse: Reuse = NO_REUSE, **limits: Any) -> Upstream:
        config = UpstreamConfig(base_url, limits=Limits(**limits), reuse=reuse)
        return await self.stack.enter_async_context(Upstream(config, hook=self.events.append))


class Canned:
    """A transport without a network: the same JSON for every request."""

    def __init__(self, payload: Any, **headers: str) -> None:
        self._response = base.Response(200, headers, orjson.dumps(payload))

    async def send(self, _request: base.Request) -> base.Response:
        return self._response

    @asynccontextmanager
    async def stream(
        self, request: base.Request, *, origin: str | None = None
    ) -> AsyncIterator[base.StreamedResponse]:
        raise AssertionError(f"no stream of {request} is wanted from {origin}")
        yield

    async def aclose(self) -> None:
        """Holds nothing."""


def canned(payload: Any, **headers: str) -> Upstream:
    return Upstream(UpstreamConfig("http://gitlab.invalid"), Canned(payload, **headers))


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with AsyncExitStack() as stack:
        yield World(stack)
