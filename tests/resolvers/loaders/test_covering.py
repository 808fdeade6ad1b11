"""Lists that stand in for single jobs: who may join one, and who ends it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from resolvers.context import RequestContext
from upstream.client import Upstream
from upstream.config import NO_REUSE, UpstreamConfig
from upstream.credentials import Credential, TokenKind
from upstream.demo import MAINTAINER_TOKEN, DemoGitLab, Fault
from upstream.demo.effects import Hold

JOB = "GET /projects/:id/jobs/:job_id"
LIST = "GET /projects/:id/pipelines/:pipeline_id/jobs"


@pytest.fixture
async def context(demo_url: str) -> AsyncIterator[RequestContext]:
    credential = Credential(TokenKind.PRIVATE_TOKEN, MAINTAINER_TOKEN)
    async with Upstream(UpstreamConfig(demo_url, reuse=NO_REUSE)) as upstream:
        context = RequestContext(upstream, credential)
        yield context
        await context.aclose()


@pytest.fixture
def numbers(demo: DemoGitLab) -> list[int]:
    """Eight jobs of one pipeline."""
    return demo.seed_jobs(1, 8, per_pipeline=8)


class Reader:
    """Loads jobs of the pipeline of `numbers`."""

    def __init__(self, demo: DemoGitLab, context: RequestContext, numbers: list[int]) -> None:
        self._jobs = context.jobs
        self._pipeline = demo.job(1, numbers[0]).pipeline.id

    def load(self, *numbers: int) -> asyncio.Future[list[int]]:
        futures = [self._jobs.load_from(self._pipeline, ("1", number)) for number in numbers]

        async def all_of_them() -> list[int]:
            return [payload["id"] for payload in await asyncio.gather(*futures)]

        return asyncio.ensure_future(all_of_them())


@pytest.fixture
def reader(demo: DemoGitLab, context: RequestContext, numbers: list[int]) -> Reader:
    return Reader(demo, context, numbers)


def held_list(demo: DemoGitLab) -> Hold:
    hold = Hold()
    demo.faults.add(Fault(hold, route=LIST))
    return hold


async def arrived(event: asyncio.Event) -> None:
    await asyncio.wait_for(event.wait(), 10)


async def test_one_who_comes_while_the_list_is_read_looks_into_it(
    demo: DemoGitLab, reader: Reader, numbers: list[int]
) -> None:
    hold = held_list(demo)
    first = reader.load(*numbers[:3])
    await arrived(hold.arrived)
    later = reader.load(numbers[7])
    await asyncio.sleep(0)
    hold.release.set()
    assert await first == numbers[:3]
    assert await later == numbers[7:]
    assert demo.calls.routes() == [LIST]


async def test_one_who_does_not_know_the_pipeline_waits_for_the_list_of_one_who_does(
    demo: DemoGitLab, context: RequestContext, reader: Reader, numbers: list[int]
) -> None:
    unknowing = context.jobs.load(("1", numbers[0]))
    assert await reader.load(*numbers[:3]) == numbers[:3]
    assert (await unknowing)["id"] == numbers[0]
    assert demo.calls.routes() == [LIST]


async def test_a_single_call_in_flight_is_not_repeated_by_a_list(
    demo: DemoGitLab, context: RequestContext, reader: Reader, numbers: list[int]
) -> None:
    hold = Hold()
    demo.faults.add(Fault(hold, route=JOB))
    single = context.jobs.load(("1", numbers[0]))
    await arrived(hold.arrived)
    together = reader.load(*numbers[:3])
    hold.release.set()
    assert await together == numbers[:3]
    assert (await single)["id"] == numbers[0]
    assert demo.calls.routes() == [JOB] * 3


async def test_one_who_comes_after_the_list_is_counted_anew(
    demo: DemoGitLab, reader: Reader, numbers: list[int]
) -> None:
    assert await reader.load(*numbers[:3]) == numbers[:3]
    assert await reader.load(*numbers[:4]) == numbers[:4]
    assert demo.calls.routes() == [LIST, JOB]


async def test_after_a_mutation_nobody_looks_into_what_was_being_read(
    demo: DemoGitLab, context: RequestContext, reader: Reader, numbers: list[int]
) -> None:
    hold = held_list(demo)
    before = reader.load(*numbers[:3])
    await arrived(hold.arrived)
    context.forget()
    assert await reader.load(*numbers[:4]) == numbers[:4]
    assert not before.done()
    hold.release.set()
    assert await before == numbers[:3]
    assert demo.calls.routes() == [LIST] * 2


async def test_a_request_that_ends_ends_its_list(
    demo: DemoGitLab, context: RequestContext, reader: Reader, numbers: list[int]
) -> None:
    hold = held_list(demo)
    waiting = reader.load(*numbers)
    await arrived(hold.arrived)
    await context.aclose()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await arrived(hold.client_gone)
    assert demo.calls.routes() == [LIST]
