"""The gateway in front of the demo GitLab, over sockets, with its telemetry in reach."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from prometheus_client.core import Metric
from starlette.types import Receive, Scope, Send

from gateway.app import Gateway, create_app
from gateway.settings import read_settings
from gateway.telemetry.exposition import registry_of
from gateway.telemetry.telemetry import Telemetry
from schema import build_schema
from tests.support.serving import serve
from upstream.demo import MAINTAINER_TOKEN, DemoGitLab, ManualClock

_schema = functools.cache(build_schema)


@dataclass
class Site:
    gateway: Gateway
    demo: DemoGitLab
    url: str
    client: httpx.AsyncClient
    received: list[dict[str, str]]  # the headers of each request that came to GitLab

    async def ask(
        self,
        query: str,
        variables: Mapping[str, Any] | None = None,
        *,
        name: str | None = None,
        token: str | None = MAINTAINER_TOKEN,
        **headers: str,
    ) -> httpx.Response:
        if token is not None:
            headers["private-token"] = token
        body = {"query": query, "variables": variables, "operationName": name}
        return await self.client.post(
            "/graphql", json=body, headers={key.replace("_", "-"): headers[key] for key in headers}
        )

    def families(self) -> dict[str, Metric]:
        return {family.name: family for family in self.gateway.telemetry.families()}

    def value(self, name: str, **labels: str) -> float:
        """A sample, 0 where it is not there yet."""
        found = registry_of(self.gateway.telemetry.families).get_sample_value(name, labels)
        return found or 0.0

    async def until(self, name: str, value: float, **labels: str) -> None:
        """Returns once a sample has reached a value: a metric offers no event."""
        async with asyncio.timeout(10):
            while self.value(name, **labels) < value:  # noqa: ASYNC110 - see above
                await asyncio.sleep(0.001)


@asynccontextmanager
async def watched(telemetry: Telemetry, **environ: str) -> AsyncIterator[Site]:
    demo = DemoGitLab(ManualClock())
    received: list[dict[str, str]] = []

    async def gitlab(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            received.append({name.decode(): value.decode() for name, value in scope["headers"]})
        await demo.app(scope, receive, send)

    async with serve(gitlab) as gitlab_url:
        settings = read_settings({"GITLAB_URL": gitlab_url, **environ})
        app = create_app(settings, schema=_schema(), telemetry=telemetry)
        async with serve(app) as url, httpx.AsyncClient(base_url=url) as client:
            yield Site(app, demo, url, client, received)
