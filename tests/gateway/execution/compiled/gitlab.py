"""A GitLab inside the process: a transport whose answers depend on the request alone."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import urlsplit

import orjson
from hypothesis import strategies as st

from tests.gateway.execution.compiled.payloads import NO_FLAWS, Flaw, Flaws, spoiled
from tests.gateway.execution.compiled.routes import answer_to
from upstream.errors import ConnectFailed, Disconnected, UpstreamTimeout
from upstream.transports.base import Request, Response, StreamedResponse

ERRORS: tuple[tuple[int, bytes], ...] = (
    (401, b'{"message":"401 Unauthorized"}'),
    (403, b'{"message":"403 Forbidden  - Job is not erasable!"}'),
    (403, b'{"message":"403 Forbidden"}'),
    (404, b'{"message":"404 Not found"}'),
    (400, b'{"message":"400 Bad request - Unplayable Job"}'),
    (409, b'{"message":"409 Conflict"}'),
    (422, b'{"message":{"base":["is wrong"]}}'),
    (429, b"Retry later\n"),
    (500, b'{"message":"500 Internal Server Error"}'),
    (502, b"<html><body>Bad Gateway</body></html>"),
    (302, b""),
)
# Answers of status 200 that are no JSON, or other JSON than the route promises.
ODD_BODIES = (b"", b"{", b"<html></html>", b"null", b"[]", b"{}", b"[1]", b'"text"', b"7", b"[{}]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """How this GitLab is today; percentages of the requests that go wrong in some way.

    `crowded`: the lists of a project fill their pages.
    """

    seed: int = 0
    crowded: bool = False
    flaws: Flaws = NO_FLAWS
    error_percent: int = 0
    odd_percent: int = 0
    broken_percent: int = 0


BEHAVIOURS = st.builds(
    Behaviour,
    seed=st.integers(0, 10_000),
    flaws=st.builds(
        Flaws,
        st.lists(st.sampled_from(Flaw), min_size=1, max_size=3, unique=True).map(tuple),
        st.sampled_from((0, 2, 8, 25)),
    ),
    error_percent=st.sampled_from((0, 0, 15, 40)),
    odd_percent=st.sampled_from((0, 0, 10, 30)),
    broken_percent=st.sampled_from((0, 0, 10)),
)


@dataclass(slots=True)
class FakeGitLab:
    """`turns` says how often the event loop goes round before the answer to a request."""

    behaviour: Behaviour
    turns: Callable[[Request], int] = lambda _: 1
    calls: Counter[str] = field(default_factory=Counter)

    async def send(self, request: Request) -> Response:
        self.calls[f"{request.method} {request.target} {(request.body or b'').decode()}"] += 1
        for _ in range(self.turns(request)):
            await asyncio.sleep(0)
        return self._answer(request)

    @contextlib.asynccontextmanager
    async def stream(
        self, request: Request, *, origin: str | None = None
    ) -> AsyncIterator[StreamedResponse]:
        assert origin is None
        response = await self.send(request)
        yield Streamed(response.status, response.headers, response.body)

    async def aclose(self) -> None:
        """Nothing is open."""

    def _answer(self, request: Request) -> Response:
        behaviour = self.behaviour
        random = Random(f"{behaviour.seed} {request.method} {request.target}")
        headers = {"x-request-id": f"req-{random.randrange(1000)}"}
        fate = random.randrange(100)
        if (fate := fate - behaviour.error_percent) < 0:
            status, body = random.choice(ERRORS)
            return Response(status, headers | {"retry-after": "3"}, body)
        if (fate := fate - behaviour.odd_percent) < 0:
            return Response(200, headers, random.choice(ODD_BODIES))
        if fate - behaviour.broken_percent < 0:
            raise _broken(random)
        return self._proper(request, random, headers)

    def _proper(self, request: Request, random: Random, headers: dict[str, str]) -> Response:
        made = answer_to(request.target, random, headers, crowded=self.behaviour.crowded)
        if isinstance(made, bytes):
            return Response(200, headers, made)
        flawed = spoiled(made, random, self.behaviour.flaws)
        return Response(200, headers, orjson.dumps(flawed))


@dataclass(frozen=True, slots=True)
class Streamed:
    status: int
    headers: Mapping[str, str]
    body: bytes

    async def chunks(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self.body), 64):
            await asyncio.sleep(0)
            yield self.body[start : start + 64]


def _broken(random: Random) -> Exception:
    return random.choice(
        (
            ConnectFailed("GitLab refused the connection"),
            Disconnected("GitLab closed the connection without an answer"),
            UpstreamTimeout("GitLab sent nothing for 30 s", phase="read", seconds=30.0),
        )
    )


@dataclass(slots=True)
class CannedGitLab(FakeGitLab):
    """Answers what it has been given: a payload, or a status and a payload, by method and path."""

    answers: Mapping[str, Any] = field(default_factory=dict)

    def _answer(self, request: Request) -> Response:
        path = urlsplit(request.target).path.removeprefix("/api/v4")
        answer = self.answers[f"{request.method} {path}"]
        status, payload = answer if isinstance(answer, tuple) else (200, answer)
        return Response(status, {"x-request-id": "canned"}, orjson.dumps(payload))
