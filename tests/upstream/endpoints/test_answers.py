"""What endpoints make of GitLab's answers."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.responses import JSONResponse, Response

from tests.upstream.conftest import CREDENTIAL, World, canned
from tests.upstream.endpoints.test_requests import GETS, LISTS, POSTS, Call
from upstream.endpoints import jobs, pipelines, traces
from upstream.errors import InvalidResponse
from upstream.paging import keyset_cursor

ONE = [call for _, call in GETS] + [call for *_, call in POSTS]


@pytest.mark.parametrize("payload", [[], [{"id": 1}], "text", 7, None, True])
@pytest.mark.parametrize("call", ONE)
async def test_one_thing_is_an_object(call: Call, payload: Any) -> None:
    with pytest.raises(InvalidResponse, match="other JSON than an object") as caught:
        await call(canned(payload, **{"x-request-id": "01A"}))
    assert (caught.value.status, caught.value.request_id) == (200, "01A")


@pytest.mark.parametrize("payload", [{}, {"id": 1}, "text", None, [1], [{"id": 1}, None], [[]]])
@pytest.mark.parametrize("call", [call for _, call in LISTS])
async def test_a_page_is_a_list_of_objects(call: Call, payload: Any) -> None:
    with pytest.raises(InvalidResponse, match="other JSON than a list of objects"):
        await call(canned(payload))


async def test_unknown_keys_and_values_pass(world: World) -> None:
    payload = {"id": 2**62, "status": "not known yet", "new": {"key": [None]}}
    gitlab = await world.gitlab(JSONResponse(payload))
    assert await jobs.get_job(await world.upstream(gitlab.url), CREDENTIAL, "1", 1) == payload


async def test_a_page_of_jobs_leads_to_the_next(world: World) -> None:
    items = [{"id": 9}, {"id": 8}]
    link = f'<https://else.example.com/?cursor={keyset_cursor(8)}>; rel="next"'
    gitlab = await world.gitlab(JSONResponse(items, headers={"Link": link}))
    upstream = await world.upstream(gitlab.url)
    page = await jobs.list_project_jobs(upstream, CREDENTIAL, "1", per_page=2)
    assert (page.items, page.next_cursor) == (items, keyset_cursor(8))
    with pytest.raises(InvalidResponse, match="next page"):  # the same again: it would never end
        await jobs.list_project_jobs(upstream, CREDENTIAL, "1", per_page=2, cursor=page.next_cursor)


async def test_a_page_of_a_pipelines_jobs_knows_its_place(world: World) -> None:
    headers = {"X-Next-Page": "3", "X-Total": "50"}
    gitlab = await world.gitlab(JSONResponse([{"id": 1}], headers=headers))
    upstream = await world.upstream(gitlab.url)
    page = await pipelines.list_pipeline_jobs(upstream, CREDENTIAL, "1", 7, page=2, per_page=20)
    assert (page.page, page.per_page, page.next_page, page.total) == (2, 20, 3, 50)


async def test_a_log_is_bytes(world: World) -> None:
    gitlab = await world.gitlab(Response(b"\xff\x1b[0m"))
    upstream = await world.upstream(gitlab.url)
    async with traces.stream_trace(upstream, CREDENTIAL, "a/b", 7) as chunks:
        assert b"".join([chunk async for chunk in chunks]) == b"\xff\x1b[0m"
    assert gitlab.received[0].target == "/api/v4/projects/a%2Fb/jobs/7/trace"


async def test_a_job_without_a_log_has_an_empty_one(world: World) -> None:
    gitlab = await world.gitlab(Response(b""))
    upstream = await world.upstream(gitlab.url)
    async with traces.stream_trace(upstream, CREDENTIAL, "1", 7) as chunks:
        assert [chunk async for chunk in chunks] == []
