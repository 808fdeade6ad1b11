"""The eye on the event loop sees what holds it, and for how long."""

from __future__ import annotations

import asyncio
import time

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from benchmarks.watched import HELD_PATH, Watched

BUSY_SECONDS = 0.05


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("the gateway")(scope, receive, send)


async def held(client: httpx.AsyncClient) -> dict[str, float]:
    found: dict[str, float] = (await client.get(HELD_PATH)).json()
    return found


async def beaten(watched: Watched) -> None:
    """Returns once the eye has looked again."""
    last = watched.last
    while watched.last == last:  # noqa: ASYNC110 - it tells nobody
        await asyncio.sleep(0.001)


@pytest.fixture
async def watched() -> Watched:
    watched = Watched(answer)
    watched.beat()
    return watched


async def test_work_without_a_pause_is_seen_once(watched: Watched) -> None:
    transport = httpx.ASGITransport(app=watched)
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        assert (await client.get("/graphql")).text == "the gateway"
        await held(client)
        end = time.thread_time() + BUSY_SECONDS
        while time.thread_time() < end:
            pass
        await beaten(watched)
        seen = await held(client)
        assert seen["cpu_ms"] >= BUSY_SECONDS * 1e3
        assert seen["wall_ms"] >= BUSY_SECONDS * 1e3
        assert (await held(client))["cpu_ms"] < BUSY_SECONDS * 1e3


async def test_waiting_is_no_work(watched: Watched) -> None:
    transport = httpx.ASGITransport(app=watched)
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        await held(client)
        time.sleep(BUSY_SECONDS)  # noqa: ASYNC251 - holds the loop, and does nothing
        await beaten(watched)
        seen = await held(client)
        assert seen["wall_ms"] >= BUSY_SECONDS * 1e3
        assert seen["cpu_ms"] < BUSY_SECONDS * 1e3
