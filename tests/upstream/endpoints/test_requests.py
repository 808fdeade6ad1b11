"""Each endpoint's request, to the letter."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from starlette.responses import JSONResponse

from tests.upstream.conftest import CREDENTIAL, Received, World
from upstream.client import Upstream
from upstream.endpoints import commits, job_token, jobs, pipelines
from upstream.errors import InvalidRequest

Call = Callable[[Upstream], Awaitable[Any]]

P = "/api/v4/projects/group%2Fsub%2Fproject"
PROJECT = "group/sub/project"
KEYSET = "pagination=keyset&order_by=id&sort=desc"

GETS: list[tuple[str, Call]] = [
    ("/api/v4/job", lambda u: job_token.get_current_job(u, CREDENTIAL)),
    ("/api/v4/job/allowed_agents", lambda u: job_token.get_allowed_agents(u, CREDENTIAL)),
    (f"{P}/jobs/7", lambda u: jobs.get_job(u, CREDENTIAL, PROJECT, 7)),
    (f"{P}/jobs/16862617994", lambda u: jobs.get_job(u, CREDENTIAL, PROJECT, 16862617994)),
    (f"{P}/pipelines/7", lambda u: pipelines.get_pipeline(u, CREDENTIAL, PROJECT, 7)),
    (
        f"{P}/repository/commits/feature%2Fone",
        lambda u: commits.get_commit(u, CREDENTIAL, PROJECT, "feature/one"),
    ),
]

LISTS: list[tuple[str, Call]] = [
    (
        f"{P}/jobs?{KEYSET}&per_page=20",
        lambda u: jobs.list_project_jobs(u, CREDENTIAL, PROJECT, per_page=20),
    ),
    (
        f"{P}/jobs?scope%5B%5D=failed&scope%5B%5D=running&{KEYSET}&per_page=100&cursor=eyJ9%3D",
        lambda u: jobs.list_project_jobs(
            u, CREDENTIAL, PROJECT, scope=["failed", "running"], per_page=500, cursor="eyJ9="
        ),
    ),
    (
        f"{P}/pipelines?page=1&per_page=20",
        lambda u: pipelines.list_pipelines(u, CREDENTIAL, PROJECT, page=1, per_page=20),
    ),
    (
        (
            f"{P}/pipelines?status=failed&ref=a%2Fb%20c&sha=abc&source=push&username=ann"
            "&updated_after=2026-01-01T00%3A00%3A00%2B01%3A00&updated_before=2026-02-01T00%3A00%3A00Z"
            "&page=2&per_page=5"
        ),
        lambda u: pipelines.list_pipelines(
            u,
            CREDENTIAL,
            PROJECT,
            status="failed",
            ref="a/b c",
            sha="abc",
            source="push",
            username="ann",
            updated_after="2026-01-01T00:00:00+01:00",
            updated_before="2026-02-01T00:00:00Z",
            page=2,
            per_page=5,
        ),
    ),
    (
        f"{P}/pipelines/7/jobs?page=1&per_page=20",
        lambda u: pipelines.list_pipeline_jobs(u, CREDENTIAL, PROJECT, 7, page=1, per_page=20),
    ),
    (
        f"{P}/pipelines/7/jobs?scope%5B%5D=manual&include_retried=true&page=3&per_page=20",
        lambda u: pipelines.list_pipeline_jobs(
            u, CREDENTIAL, PROJECT, 7, scope=["manual"], include_retried=True, page=3, per_page=20
        ),
    ),
    (
        f"{P}/pipelines/7/bridges?scope%5B%5D=manual&page=1&per_page=20",
        lambda u: pipelines.list_pipeline_bridges(
            u, CREDENTIAL, PROJECT, 7, scope=["manual"], page=1, per_page=20
        ),
    ),
]

POSTS: list[tuple[str, dict[str, Any] | None, Call]] = [
    ("cancel", None, lambda u: jobs.cancel_job(u, CREDENTIAL, PROJECT, 7)),
    ("cancel", {"force": True}, lambda u: jobs.cancel_job(u, CREDENTIAL, PROJECT, 7, force=True)),
    ("cancel", {"force": False}, lambda u: jobs.cancel_job(u, CREDENTIAL, PROJECT, 7, force=False)),
    ("retry", None, lambda u: jobs.retry_job(u, CREDENTIAL, PROJECT, 7)),
    (
        "retry",
        {"inputs": {"count": 2}},
        lambda u: jobs.retry_job(u, CREDENTIAL, PROJECT, 7, inputs={"count": 2}),
    ),
    ("erase", None, lambda u: jobs.erase_job(u, CREDENTIAL, PROJECT, 7)),
    ("play", None, lambda u: jobs.play_job(u, CREDENTIAL, PROJECT, 7)),
    (
        "play",
        {
            "job_variables_attributes": [{"key": "A", "value": "1"}],
            "job_inputs": {"env": ["a", "b"]},
        },
        lambda u: jobs.play_job(
            u,
            CREDENTIAL,
            PROJECT,
            7,
            variables=[{"key": "A", "value": "1"}],
            inputs={"env": ["a", "b"]},
        ),
    ),
]


async def received_by(world: World, call: Call, payload: Any) -> Received:
    gitlab = await world.gitlab(JSONResponse(payload))
    await call(await world.upstream(gitlab.url))
    (received,) = gitlab.received
    return received


@pytest.mark.parametrize(("target", "call"), GETS, ids=[target for target, _ in GETS])
async def test_one_thing_is_asked_for(world: World, target: str, call: Call) -> None:
    received = await received_by(world, call, {"id": 7})
    assert (received.method, received.target, received.body) == ("GET", target, b"")


@pytest.mark.parametrize(("target", "call"), LISTS, ids=[target for target, _ in LISTS])
async def test_a_page_is_asked_for(world: World, target: str, call: Call) -> None:
    received = await received_by(world, call, [])
    assert (received.method, received.target) == ("GET", target)


@pytest.mark.parametrize(("verb", "body", "call"), POSTS)
async def test_an_action_is_asked_for(
    world: World, verb: str, body: dict[str, Any] | None, call: Call
) -> None:
    received = await received_by(world, call, {"id": 8})
    assert (received.method, received.target) == ("POST", f"{P}/jobs/7/{verb}")
    assert (json.loads(received.body) if received.body else None) == body


@pytest.mark.parametrize(
    "call",
    [
        lambda u: jobs.get_job(u, CREDENTIAL, "..", 7),
        lambda u: jobs.get_job(u, CREDENTIAL, PROJECT, 0),
        lambda u: jobs.retry_job(u, CREDENTIAL, "a\r\nb", 7),
        lambda u: jobs.list_project_jobs(u, CREDENTIAL, "", per_page=20),
        lambda u: pipelines.get_pipeline(u, CREDENTIAL, PROJECT, -1),
        lambda u: pipelines.list_pipelines(u, CREDENTIAL, "1?x", page=1, per_page=20),
        lambda u: commits.get_commit(u, CREDENTIAL, PROJECT, "../../users"),
    ],
)
async def test_what_may_lead_elsewhere_is_never_sent(world: World, call: Call) -> None:
    gitlab = await world.gitlab(JSONResponse({}))
    upstream = await world.upstream(gitlab.url)
    with pytest.raises(InvalidRequest):
        await call(upstream)
    assert gitlab.received == []
