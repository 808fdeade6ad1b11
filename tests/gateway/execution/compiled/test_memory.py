"""What a request made goes with it, without waiting for the garbage collector."""

from __future__ import annotations

import gc
from collections import Counter

import pytest

from gateway.execution.compiled.run import Run
from gateway.execution.operation import Operation
from gateway.execution.reporting import format_errors
from resolvers.context import RequestContext
from resolvers.loaders.base import Loader
from resolvers.projection import Record
from schema import build_schema
from tests.gateway.execution.compiled.engines import (
    CONFIG,
    CREDENTIAL,
    Engines,
    ask,
    gitlab_of,
    running,
)
from tests.gateway.execution.compiled.gitlab import Behaviour, FakeGitLab
from upstream.client import Upstream
from upstream.transports.base import Request

SCHEMA = build_schema()
PLAIN = Behaviour(seed=1)
FAILING = Behaviour(seed=1, error_percent=60)


@pytest.mark.parametrize(
    "text",
    [
        '{ project(id: "1") { jobs { nodes { name commit { title } } } } }',
        '{ project(id: "1") { jobs { nodes { pipeline { duration coverage } } } } }',
        '{ job(projectId: "1", id: "7") { name } }',
    ],
)
def test_nothing_of_a_request_outlives_it(text: str) -> None:
    engines = Engines(SCHEMA)

    async def ask_once() -> None:
        await ask(engines.compiled, engines.operation(text, {}), gitlab_of(PLAIN, 0))

    running(ask_once)
    gc.collect()
    gc.disable()
    try:
        for _ in range(3):
            running(ask_once)
        everything = gc.get_objects()
        left = Counter(type(each).__name__ for each in everything if isinstance(each, Run | Record))
        held = [each for each in everything if isinstance(each, Loader) and each._futures]
    finally:
        gc.enable()
    assert (left, held) == (Counter(), [])


def job_payloads() -> int:
    tagged = [each.get("tag_list") for each in gc.get_objects() if each.__class__ is dict]
    return sum(isinstance(tags, list) for tags in tagged)


def test_a_list_is_gone_as_soon_as_it_has_been_shown() -> None:
    engines = Engines(SCHEMA)
    query = '{ project(id: "1") { jobs { nodes { pipeline { duration } } } } }'
    alive: list[int] = []

    def turns(request: Request) -> int:
        if "/pipelines/" in request.target:
            alive.append(job_payloads())
        return 1

    async def main() -> None:
        await ask(engines.compiled, engines.operation(query, {}), FakeGitLab(PLAIN, turns))

    gc.collect()
    before = job_payloads()
    running(main)
    assert alive
    assert set(alive) == {before}


@pytest.mark.parametrize(
    ("text", "behaviour"),
    [
        ('{ project(id: "1") { jobs { nodes { name pipeline { duration } } } } }', PLAIN),
        ('{ job(projectId: "1", id: "7") { name commit { stats { total } } } }', PLAIN),
        ('{ project(id: "1") { jobs { nodes { commit { stats { total } } } } } }', FAILING),
        ('{ job(projectId: "1", id: "7") { name } }', FAILING),
        ('{ nodes(ids: ["gid", "other"]) { id } }', PLAIN),
    ],
)
def test_there_is_nothing_for_the_garbage_collector(text: str, behaviour: Behaviour) -> None:
    engines = Engines(SCHEMA)
    garbage: Counter[str] = Counter()

    async def ask_three_times() -> None:
        gitlab = gitlab_of(behaviour, 0)
        operation = engines.operation(text, {})
        await execute(engines, operation, gitlab)
        gc.collect()
        gc.disable()
        gc.set_debug(gc.DEBUG_SAVEALL)
        try:
            for _ in range(3):
                await execute(engines, operation, gitlab)
            gc.collect()
            garbage.update(type(each).__name__ for each in gc.garbage)
        finally:
            gc.set_debug(0)
            gc.garbage.clear()
            gc.enable()

    running(ask_three_times)
    assert garbage == Counter()


async def execute(engines: Engines, operation: Operation, gitlab: FakeGitLab) -> None:
    context = RequestContext(Upstream(CONFIG, gitlab), CREDENTIAL)
    result = await engines.compiled.execute(operation, context)
    format_errors(result.errors, request_id="r", acting=False)
    await context.aclose()
