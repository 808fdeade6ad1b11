from __future__ import annotations

import asyncio

import pytest
from starlette.responses import JSONResponse

from tests.upstream.conftest import CREDENTIAL, World
from tests.upstream.raw_server import unused_port
from upstream.config import Reuse
from upstream.errors import ConnectFailed
from upstream.journal import current_journal, keep_journal


async def test_a_request_finds_its_own_calls_and_nobody_elses(world: World) -> None:
    upstream = await world.upstream((await world.gitlab(JSONResponse({}))).url)

    async def request(route: str) -> list[str]:
        with keep_journal() as journal:
            await upstream.get(route, route, CREDENTIAL)
            await asyncio.gather(*(upstream.get("/each", "/each", CREDENTIAL) for _ in range(2)))
        return [call.route for call in journal.calls]

    one, other = await asyncio.gather(request("/one"), request("/other"))
    assert one == ["GET /one", "GET /each", "GET /each"]
    assert other == ["GET /other", "GET /each", "GET /each"]
    assert current_journal() is None


async def test_a_call_has_its_status_size_and_time(world: World) -> None:
    gitlab = await world.gitlab(JSONResponse({"id": 1}, status_code=201))
    upstream = await world.upstream(gitlab.url)
    with keep_journal() as journal:
        await upstream.post("/retry", "/retry", CREDENTIAL)
    (call,) = journal.calls
    assert (call.route, call.means, call.status, call.size) == ("POST /retry", "sent", 201, 8)
    assert call.seconds is not None
    assert call.seconds > 0
    assert call.error is None


async def test_a_call_without_an_answer_says_what_happened(world: World) -> None:
    upstream = await world.upstream(f"http://127.0.0.1:{unused_port()}")
    with keep_journal() as journal, pytest.raises(ConnectFailed):
        await upstream.get("/job", "/job", CREDENTIAL)
    (call,) = journal.calls
    assert (call.status, call.error) == (None, "ConnectFailed")


async def test_what_was_spared_is_told_apart_from_what_was_sent(world: World) -> None:
    payload = {"id": 1, "status": "success", "pipeline": {"project_id": 1, "status": "success"}}
    gitlab = await world.gitlab(JSONResponse(payload, headers={"etag": 'W/"1"'}))
    upstream = await world.upstream(gitlab.url, reuse=Reuse())
    route, path = "/projects/:id/jobs/:job_id", "/projects/1/jobs/1"
    with keep_journal() as journal:
        await asyncio.gather(*(upstream.get(route, path, CREDENTIAL) for _ in range(2)))
        await upstream.get(route, path, CREDENTIAL)
    # The second to ask joins before the first one's task has had its turn to send.
    assert [call.means for call in journal.calls] == ["shared", "sent", "hit"]
    assert len(gitlab.received) == 1
