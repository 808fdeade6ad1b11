"""What the requests of one gateway share, and what they must never share."""

from __future__ import annotations

import asyncio

import pytest

from resolvers.context import RequestContext, ResolverLimits
from tests.conftest import Graphql
from tests.resolvers.gateways import data, gateway_to, problems
from upstream.client import Upstream
from upstream.config import UpstreamConfig
from upstream.demo import DEVELOPER_TOKEN, OUTSIDER_TOKEN, DemoGitLab, Fault, examples
from upstream.demo.effects import Hold

JOB = f'{{ job(projectId: "1", id: "{examples.FINISHED_JOB}") {{ name }} }}'
PIPELINE = "GET /projects/:id/pipelines/:pipeline_id"


async def test_nothing_loaded_for_one_request_serves_another(
    demo: DemoGitLab, demo_url: str
) -> None:
    async with gateway_to(demo_url, GATEWAY_CACHE_BYTES="0") as ask:
        for _ in range(2):
            data(await ask(JOB))
    assert len(demo.calls) == 2


async def test_nothing_loaded_for_one_user_is_shown_to_another(
    demo: DemoGitLab, graphql: Graphql
) -> None:
    allowed, refused, nobody = await asyncio.gather(
        graphql(JOB, None, DEVELOPER_TOKEN),
        graphql(JOB, None, OUTSIDER_TOKEN),
        graphql(JOB, None, None),
    )
    assert data(allowed) == {"job": {"name": "compile"}}
    assert (refused["data"], problems(refused)) == ({"job": None}, {"job": "NOT_FOUND"})
    assert (nobody["data"], problems(nobody)) == ({"job": None}, {"job": "UNAUTHENTICATED"})
    assert [call.user for call in demo.calls].count("devon") == 1


async def test_calls_of_one_operation_fan_out_up_to_the_limit(
    demo: DemoGitLab, demo_url: str
) -> None:
    demo.seed_jobs(1, 5, per_pipeline=1)
    holds = [demo.faults.add(Fault(Hold(), route=PIPELINE)).effect for _ in range(2)]
    async with gateway_to(demo_url, GATEWAY_FAN_OUT="2") as graphql:
        asking = asyncio.create_task(
            graphql('{ project(id: "1") { jobs(first: 5) { nodes { pipeline { duration } } } } }')
        )
        for hold in holds:
            assert isinstance(hold, Hold)
            await asyncio.wait_for(hold.arrived.wait(), 10)
        assert demo.calls.count(PIPELINE) == 2
        for hold in holds:
            assert isinstance(hold, Hold)
            hold.release.set()
        nodes = data(await asking)["project"]["jobs"]["nodes"]
    assert all(node["pipeline"]["duration"] is not None for node in nodes)
    assert demo.calls.count(PIPELINE) == 5
    assert demo.calls.peak == 2


@pytest.fixture
def context() -> RequestContext:
    upstream = Upstream(UpstreamConfig("http://127.0.0.1:9"))  # never asked
    return RequestContext(upstream, None, limits=ResolverLimits(fan_out=1))


async def test_the_loaders_of_a_request_are_made_when_asked_for_and_kept(
    context: RequestContext,
) -> None:
    other = RequestContext(context.upstream, context.credential)
    for name in ("jobs", "pipelines", "commits", "bridges", "project_settings", "logs"):
        assert getattr(context, name) is getattr(context, name)
        assert getattr(context, name) is not getattr(other, name)
    await context.aclose()
    await context.upstream.aclose()


async def test_to_forget_is_to_ask_again(context: RequestContext) -> None:
    context.jobs.prime(("1", 7), {"id": 7})
    assert await context.jobs.load(("1", 7)) == {"id": 7}
    context.forget()
    context.jobs.prime(("1", 7), {"id": 7, "name": "fresh"})
    assert (await context.jobs.load(("1", 7)))["name"] == "fresh"
    await context.upstream.aclose()


async def test_a_request_that_ends_ends_its_calls(demo: DemoGitLab, demo_url: str) -> None:
    hold = Hold()
    demo.faults.add(Fault(hold))
    async with Upstream(UpstreamConfig(demo_url)) as upstream:
        context = RequestContext(upstream, None)
        waiting = context.jobs.load(("1", 7))
        await asyncio.wait_for(hold.arrived.wait(), 10)
        await context.aclose()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await asyncio.wait_for(hold.client_gone.wait(), 10)
