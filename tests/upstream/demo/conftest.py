"""A demo on a clock that stands still, and clients of its users."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from upstream.demo import (
    DEVELOPER_TOKEN,
    MAINTAINER_TOKEN,
    OUTSIDER_TOKEN,
    REPORTER_TOKEN,
    DemoGitLab,
    ManualClock,
)

Connect = Callable[..., httpx.AsyncClient]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def demo(clock: ManualClock) -> DemoGitLab:
    return DemoGitLab(clock, door=True)


@pytest.fixture
async def connect(demo: DemoGitLab) -> AsyncIterator[Connect]:
    """A client for the given headers; all of them are closed at the end."""
    async with contextlib.AsyncExitStack() as stack:

        def make(**headers: str) -> httpx.AsyncClient:
            client = httpx.AsyncClient(
                transport=httpx.ASGITransport(demo.app),
                base_url="http://gitlab.test/api/v4",
                headers={name.replace("_", "-"): value for name, value in headers.items()},
            )
            stack.push_async_callback(client.aclose)
            return client

        yield make


@pytest.fixture
def maintainer(connect: Connect) -> httpx.AsyncClient:
    return connect(private_token=MAINTAINER_TOKEN)


@pytest.fixture
def developer(connect: Connect) -> httpx.AsyncClient:
    return connect(private_token=DEVELOPER_TOKEN)


@pytest.fixture
def reporter(connect: Connect) -> httpx.AsyncClient:
    return connect(private_token=REPORTER_TOKEN)


@pytest.fixture
def outsider(connect: Connect) -> httpx.AsyncClient:
    return connect(private_token=OUTSIDER_TOKEN)


@pytest.fixture
def anonymous(connect: Connect) -> httpx.AsyncClient:
    return connect()
