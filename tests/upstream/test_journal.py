from __future__ import annotations

import asyncio

import pytest
from starlette.responses import JSONResponse, Response

from tests.upstream.conftest import CREDENTIAL, World
from tests.upstream.raw_server import unused_port
from upstream.config import Reuse
from upstream.errors import ConnectFailed
from upstream.journal import Journal, current_journal, keep_journal


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


async def test_headers_of_the_journal_go_along_to_gitlab(world: World) -> None:
    gitlab = await world.gitlab(JSONResponse({}))
    upstream = await world.upstream(gitlab.url)
    with keep_journal(Journal((("x-request-id", "abc"), ("traceparent", "00-1-2-01")))):
        await upstream.get("/job", "/job", CREDENTIAL)
        await upstream.post("/job", "/job", CREDENTIAL, {"a": 1})
        async with upstream.stream("/log", "/log", CREDENTIAL) as chunks:
            assert [chunk async for chunk in chunks]
    await upstream.get("/job", "/job", CREDENTIAL)
    sent = [received.headers.get("x-request-id") for received in gitlab.received]
    assert sent == ["abc", "abc", "abc", None]
    assert {received.headers.get("traceparent") for received in gitlab.received[:3]} == {
        "00-1-2-01"
    }
    assert all(received.headers["private-token"] for received in gitlab.received)


async def test_headers_of_the_journal_do_not_go_to_where_gitlab_redirects_to(world: World) -> None:
    storage = await world.gitlab(Response(b"log"))
    moved = Response(status_code=302, headers={"location": f"{storage.url}/bucket/log"})
    upstream = await world.upstream((await world.gitlab(moved)).url)
    with keep_journal(Journal((("x-request-id", "abc"),))):
        async with upstream.stream("/log", "/log", CREDENTIAL) as chunks:
            assert b"".join([chunk async for chunk in chunks]) == b"log"
    assert "x-request-id" not in storage.received[0].headers


async def test_the_journal_of_the_first_who_asks_goes_along(world: World) -> None:
    gitlab = await world.gitlab(JSONResponse({}))
    upstream = await world.upstream(gitlab.url, reuse=Reuse())

    async def ask(name: str) -> None:
        with keep_journal(Journal((("x-request-id", name),))):
            await upstream.get("/job", "/job", CREDENTIAL)

    await asyncio.gather(ask("first"), ask("second"))
    assert [received.headers["x-request-id"] for received in gitlab.received] == ["first"]
