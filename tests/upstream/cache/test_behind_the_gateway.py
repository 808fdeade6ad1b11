"""What keeping and sharing mean for whole queries, at the demo's door."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from tests.resolvers.gateways import BOTH_ENGINES, data, gateway_to, problems
from upstream.cache.keys import Key
from upstream.cache.memory import Memory
from upstream.cache.store import Entry
from upstream.demo import DEVELOPER_TOKEN, REPORTER_TOKEN, DemoGitLab, ManualClock, examples

JOB = "GET /projects/:id/jobs/:job_id"
PIPELINE = "GET /projects/:id/pipelines/:pipeline_id"
COMMIT = "GET /projects/:id/repository/commits/:sha"
JOBS = "GET /projects/:id/jobs"

OF_JOB = f'{{ job(projectId: "1", id: "{examples.FINISHED_JOB}") {{ name erasedAt }} }}'
ERASE = f"""mutation {{
  eraseJob(input: {{ projectId: "demo/shop", id: "{examples.FINISHED_JOB}" }}) {{
    job {{ erasedAt }} errors {{ code }}
  }} }}"""
DASHBOARD = """{ project(id: "1") { jobs(first: 20) { nodes {
  name status duration pipeline { status duration coverage } commit { title stats { total } }
} } } }"""
EVERYTHING = """{ project(id: "1") {
  jobs(first: 30) { totalCount pageInfo { endCursor hasNextPage } nodes {
    __typename id databaseId name status stage coverage duration failureReason tagList
    user { username localTime } runner { description } runnerManager { contactedAt }
    artifacts { fileType size } artifactsFile { filename }
    commit { sha title trailers extendedTrailers stats { total } status lastPipeline { status } }
    pipeline { id status duration coverage name user { username } detailedStatus { text }
      jobs(first: 5) { nodes { name pipeline { duration } } }
      bridges(first: 5) { nodes { name downstreamPipeline { status duration } } } }
  } }
  pipelines(first: 10) { totalCount nodes { name status duration coverage commit { title } } }
} }"""


async def test_a_finished_job_is_asked_for_once_and_after_an_action_again(
    demo: DemoGitLab, demo_url: str
) -> None:
    async with gateway_to(demo_url) as ask:
        for _ in range(3):
            assert data(await ask(OF_JOB))["job"]["erasedAt"] is None
        assert demo.calls.routes() == [JOB]
        erased = data(await ask(ERASE))["eraseJob"]
        assert erased["errors"] == []
        shown = data(await ask(OF_JOB))
    assert shown["job"]["erasedAt"] == erased["job"]["erasedAt"] is not None


async def test_a_dashboard_asks_anew_for_the_list_alone(demo: DemoGitLab, demo_url: str) -> None:
    demo.seed_jobs(1, 20, per_pipeline=4)
    async with gateway_to(demo_url) as ask:
        first = data(await ask(DASHBOARD))
        routes = demo.calls.routes()
        assert (routes.count(PIPELINE), routes.count(COMMIT)) == (5, 1)
        demo.calls.clear()
        assert data(await ask(DASHBOARD)) == first
        assert demo.calls.routes() == [JOBS]


async def test_with_all_of_it_switched_off_every_query_asks_for_everything(
    demo: DemoGitLab, demo_url: str
) -> None:
    demo.seed_jobs(1, 20, per_pipeline=4)
    off = {"GATEWAY_SINGLE_FLIGHT": "false", "GATEWAY_CACHE_BYTES": "0"}
    async with gateway_to(demo_url, GATEWAY_SHARE_QUERIES="false", **off) as ask:
        await asyncio.gather(*(ask(DASHBOARD) for _ in range(3)))
    assert len(demo.calls) == 3 * 7


async def test_what_two_queries_want_at_the_same_time_is_called_for_once(
    demo: DemoGitLab, demo_url: str
) -> None:
    demo.seed_jobs(1, 20, per_pipeline=4)
    async with gateway_to(demo_url, GATEWAY_CACHE_BYTES="0") as ask:
        answers = await asyncio.gather(ask(DASHBOARD), ask(f"query Other {DASHBOARD}"))
    assert data(answers[0]) == data(answers[1])
    assert demo.calls.count(JOBS) == 1


async def test_who_loses_the_right_loses_the_job(demo: DemoGitLab, demo_url: str) -> None:
    async with gateway_to(demo_url, GATEWAY_CACHE_JOB_SECONDS="0") as ask:
        data(await ask(OF_JOB, None, DEVELOPER_TOKEN))
        data(await ask(OF_JOB, None, REPORTER_TOKEN))
        demo.set_role("rita", 1, None)
        assert problems(await ask(OF_JOB, None, REPORTER_TOKEN)) == {"job": "NOT_FOUND"}
        data(await ask(OF_JOB, None, DEVELOPER_TOKEN))


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, bytes]]:
    """Every payload that was ever kept, beside what it was then."""
    kept: list[tuple[Any, bytes]] = []
    put: Callable[[Memory, Key, Entry], None] = Memory.put

    def noting(self: Memory, key: Key, entry: Entry) -> None:
        kept.append((entry.content.payload, orjson.dumps(entry.content.payload)))
        put(self, key, entry)

    monkeypatch.setattr(Memory, "put", noting)
    return kept


@BOTH_ENGINES
async def test_nobody_changes_a_payload_that_others_may_hold(
    clock: ManualClock, demo_url: str, kept: list[tuple[Any, bytes]], engine: str
) -> None:
    play = f"""mutation {{ playJob(input: {{ projectId: "1", id: "{examples.MANUAL_JOB}" }}) {{
      job {{ name status pipeline {{ status duration }} }} errors {{ message }} }} }}"""
    async with gateway_to(demo_url, GATEWAY_COMPILED=engine) as ask:
        for query in (EVERYTHING, play, EVERYTHING, DASHBOARD, OF_JOB):
            assert (await ask(query))["data"]
            clock.advance(7)
    assert len(kept) > 50
    assert [payload for payload, before in kept if orjson.dumps(payload) != before] == []
