"""Gateways of a test's own: with other settings, or before a GitLab of a few canned answers."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from gateway.app import create_app
from gateway.settings import read_settings
from schema import build_schema
from tests.conftest import Graphql
from tests.support.serving import serve
from upstream.client import Upstream
from upstream.demo import MAINTAINER_TOKEN

ENGINES = {"compiled": "true", "stock": "false"}  # by GATEWAY_COMPILED
BOTH_ENGINES = pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)

_schema = functools.cache(build_schema)


class CannedGitLab:
    """Answers each `METHOD /path` below /api/v4 with a payload, or a response; else with 404."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self.answers = dict(answers)
        self.calls: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return
        request = Request(scope, receive)
        call = f"{request.method} {request.url.path.removeprefix('/api/v4')}"
        self.calls.append(call)
        if call not in self.answers:
            response: Response = JSONResponse({"message": "404 Not found"}, 404)
        elif isinstance(self.answers[call], Response):
            response = self.answers[call]
        else:
            response = JSONResponse(self.answers[call])
        await response(scope, receive, send)


@asynccontextmanager
async def gateway_to(base_url: str, **environ: str) -> AsyncIterator[Graphql]:
    """The gateway in front of `base_url`, with settings from `environ`.

    Its calls to GitLab go over sockets, those to itself need none.
    """
    settings = read_settings({"GITLAB_URL": base_url, **environ})
    schema = None if settings.execution.federation else _schema()
    async with Upstream(settings.upstream) as upstream:
        app = create_app(settings, schema=schema, upstream=upstream)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:

            async def ask(
                query: str,
                variables: Mapping[str, Any] | None = None,
                token: str | None = MAINTAINER_TOKEN,
            ) -> dict[str, Any]:
                response = await client.post(
                    "/graphql",
                    json={"query": query, "variables": variables},
                    headers={} if token is None else {"PRIVATE-TOKEN": token},
                )
                answer: dict[str, Any] = response.json()
                return answer

            yield ask


@asynccontextmanager
async def gateway_over(gitlab: CannedGitLab, **environ: str) -> AsyncIterator[Graphql]:
    """The gateway in front of canned answers."""
    async with serve(gitlab, lifespan="off") as base_url, gateway_to(base_url, **environ) as ask:
        yield ask


def problems(answer: Mapping[str, Any]) -> dict[str, str]:
    """The code of each error by the dotted path of its field."""
    return {
        ".".join(str(step) for step in error.get("path", ())): error["extensions"]["code"]
        for error in answer.get("errors", ())
    }


def data(answer: Mapping[str, Any]) -> Any:
    """What was asked for; an answer with errors is a failure of the test."""
    assert "errors" not in answer, answer["errors"]
    return answer["data"]
