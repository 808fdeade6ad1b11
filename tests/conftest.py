"""Fixtures for everybody: the demo GitLab, and the gateway in front of it, on real ports."""

from __future__ import annotations

import functools
import os
from collections.abc import AsyncIterator, Mapping
from typing import Any, Protocol

import httpx
import hypothesis
import pytest

from gateway.app import create_app
from gateway.settings import read_settings
from schema import build_schema
from tests.support.serving import serve
from upstream.demo import MAINTAINER_TOKEN, DemoGitLab, ManualClock

# The same examples on every run of CI; elsewhere new ones, so that somebody meets the rare case.
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None)
hypothesis.settings.register_profile("local", deadline=None)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "local")

# It takes a while to make and never changes, so all gateways share it.
_schema = functools.cache(build_schema)


class Graphql(Protocol):
    """Posts an operation to the gateway; returns the whole answer, `data` and `errors`."""

    async def __call__(
        self,
        query: str,
        variables: Mapping[str, Any] | None = None,
        token: str | None = MAINTAINER_TOKEN,
    ) -> dict[str, Any]: ...


@pytest.fixture
def clock() -> ManualClock:
    """The demo's time: it stands still until `clock.advance(seconds)`."""
    return ManualClock()


@pytest.fixture
def demo(clock: ManualClock) -> DemoGitLab:
    return DemoGitLab(clock)


@pytest.fixture
async def demo_url(demo: DemoGitLab) -> AsyncIterator[str]:
    async with serve(demo.app) as url:
        yield url


@pytest.fixture
async def gateway_url(demo_url: str) -> AsyncIterator[str]:
    """The gateway in front of `demo`; GraphQL is at its `/graphql`."""
    settings = read_settings({"GITLAB_URL": demo_url})
    async with serve(create_app(settings, schema=_schema())) as url:
        yield url


@pytest.fixture
async def graphql(gateway_url: str) -> AsyncIterator[Graphql]:
    async with httpx.AsyncClient(base_url=gateway_url) as client:

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
