"""Each loader against the demo: the right route, once for each key, its failures its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from resolvers.context import RequestContext
from upstream.client import Upstream
from upstream.config import UpstreamConfig
from upstream.credentials import Credential, TokenKind
from upstream.demo import MAINTAINER_TOKEN, DemoGitLab, Fault, examples
from upstream.demo.effects import rewrite, server_error
from upstream.demo.records import Bridge
from upstream.demo.templates import JobSpec, Trigger
from upstream.errors import NotFound, ServerError


@pytest.fixture
async def context(demo_url: str) -> AsyncIterator[RequestContext]:
    credential = Credential(TokenKind.PRIVATE_TOKEN, MAINTAINER_TOKEN)
    async with Upstream(UpstreamConfig(demo_url)) as upstream:
        context = RequestContext(upstream, credential)
        yield context
        await context.aclose()


async def test_jobs_are_loaded_by_project_and_number(
    demo: DemoGitLab, context: RequestContext
) -> None:
    keys = [("1", examples.FINISHED_JOB), ("1", examples.FAILED_JOB), ("1", 4_000_000)]
    first, second, missing = await asyncio.gather(
        *map(context.jobs.load, keys), return_exceptions=True
    )
    assert not isinstance(first, BaseException)
    assert not isinstance(second, BaseException)
    assert [first["id"], second["id"]] == [examples.FINISHED_JOB, examples.FAILED_JOB]
    assert isinstance(missing, NotFound)
    assert demo.calls.routes() == ["GET /projects/:id/jobs/:job_id"] * 3


async def test_one_failing_pipeline_leaves_the_others(
    demo: DemoGitLab, context: RequestContext
) -> None:
    path = f"*/pipelines/{examples.FAILED_PIPELINE}"
    demo.faults.add(Fault(server_error(), path=path, times=None))
    keys = [("1", examples.FAILED_PIPELINE), ("1", examples.RUNNING_PIPELINE)]
    failed, fine = await asyncio.gather(*map(context.pipelines.load, keys), return_exceptions=True)
    assert isinstance(failed, ServerError)
    assert not isinstance(fine, BaseException)
    assert fine["status"] == "running"


async def test_a_commit_is_loaded_by_any_of_its_names(context: RequestContext) -> None:
    by_branch = await context.commits.load(("1", "main"))
    assert await context.commits.load(("1", by_branch["id"])) == by_branch


async def test_the_bridges_of_a_pipeline_are_found_by_id(
    demo: DemoGitLab, context: RequestContext
) -> None:
    bridges = await context.bridges.load(("1", examples.MANUAL_PIPELINE))
    assert {examples.BRIDGE, examples.MANUAL_BRIDGE} <= bridges.keys()
    assert demo.calls.routes() == ["GET /projects/:id/pipelines/:pipeline_id/bridges"]


async def test_bridges_are_read_page_by_page(demo: DemoGitLab, context: RequestContext) -> None:
    pipeline = demo.pipeline(1, examples.MANUAL_PIPELINE)
    spec = JobSpec("many", "deploy", when="manual", trigger=Trigger(None))
    project = pipeline.project
    for number in range(30_000, 30_150):
        bridge = Bridge(number, spec, pipeline, pipeline.user, demo.clock.now(), status="manual")
        pipeline.jobs.append(bridge)
        project.bridges[number] = bridge
    bridges = await context.bridges.load(("1", examples.MANUAL_PIPELINE))
    assert set(range(30_000, 30_150)) < bridges.keys()
    assert demo.calls.routes() == ["GET /projects/:id/pipelines/:pipeline_id/bridges"] * 2


async def test_bridges_without_a_usable_id_are_passed_over(
    demo: DemoGitLab, context: RequestContext
) -> None:
    demo.faults.add(Fault(rewrite(lambda rows: [{"id": [1]}, {"name": "x"}, *rows])))
    bridges = await context.bridges.load(("1", examples.MANUAL_PIPELINE))
    assert examples.BRIDGE in bridges
    assert all(isinstance(number, int) for number in bridges)


async def test_a_projects_settings_come_from_its_newest_job(
    demo: DemoGitLab, context: RequestContext
) -> None:
    settings = await context.project_settings.load("1")
    assert settings == {"ci_job_token_scope_enabled": False}
    assert [call.query.split("per_page=")[1] for call in demo.calls] == ["1"]


@pytest.mark.parametrize("rows", [[], [{}], [{"project": None}], [{"project": ["x"]}]])
async def test_a_project_may_tell_nothing_of_itself(
    demo: DemoGitLab, context: RequestContext, rows: list[object]
) -> None:
    demo.faults.add(Fault(rewrite(lambda _: rows)))
    assert await context.project_settings.load("1") == {}
