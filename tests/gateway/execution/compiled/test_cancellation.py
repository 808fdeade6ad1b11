"""An execution that is cancelled takes along what it waits for, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from gateway.execution.engine import ExecutionResult
from gateway.execution.operation import Operation
from resolvers.context import RequestContext
from schema import build_schema
from tests.gateway.execution.compiled.asked import VALUES
from tests.gateway.execution.compiled.engines import CONFIG, CREDENTIAL, Engines, running
from tests.gateway.execution.compiled.gitlab import BEHAVIOURS, Behaviour, FakeGitLab
from tests.support.operations import WITHOUT_SHRINKING, GeneratedOperation, operations
from upstream.client import Upstream
from upstream.transports.base import Request, Response


class OutOfScope:
    """Behind the compiled engine: graphql-core itself drops coroutines when it is cancelled."""

    async def execute(self, operation: Operation, context: Any) -> ExecutionResult:  # noqa: ARG002 - the protocol has them
        reject()


ENGINES = Engines(build_schema(), behind_compiled=OutOfScope())
PLAIN = Behaviour(seed=1)

OPERATIONS = {
    "root fields": '{ a: node(id: "Sm9iOjE6Nw") { id } b: job(projectId: "2", id: "1") { id } }',
    "connections": '{ project(id: "1") { jobs { totalCount } pipelines { totalCount } } }',
    "completions": '{ project(id: "1") { jobs { nodes { pipeline { duration coverage } } } } }',
    "commits": '{ project(id: "1") { pipelines { nodes { commit { title stats { total } } } } } }',
    "logs": '{ node(id: "Sm9iOjE6Nw") { ... on Job { log { text } commit { status } } } }',
    "nodes": '{ nodes(ids: ["Sm9iOjE6Nw", "Sm9iOmRlbW8vc2hvcDo4"]) { id ... on Job { name } } }',
    "mutations": """mutation {
        a: retryJob(input: {projectId: "1", id: "1"}) { job { databaseId } }
        b: cancelJob(input: {projectId: "1", id: "2"}) { job { pipeline { duration } } }
    }""",
}


@dataclass(slots=True)
class StallingGitLab(FakeGitLab):
    """Answers so many calls, and none after them until they are released or cancelled."""

    answered: int = 0
    waiting: int = 0
    stalled: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, request: Request) -> Response:
        if self.calls.total() < self.answered:
            return await FakeGitLab.send(self, request)
        self.calls[f"{request.method} {request.target}"] += 1
        self.waiting += 1
        self.stalled.set()
        try:
            await self.released.wait()
        finally:
            self.waiting -= 1
        return self._answer(request)


@pytest.fixture(autouse=True)
def quick_collections() -> Iterator[None]:
    """What was there before is not looked at again with each collection."""
    gc.freeze()
    yield
    gc.unfreeze()


async def assert_nothing_left(gitlab: StallingGitLab, before: set[asyncio.Task[object]]) -> None:
    # What is cancelled ends by itself in a few turns; what is not waits on a stalled call for good.
    for _ in range(20):
        await asyncio.sleep(0)
    assert asyncio.all_tasks() - before == set()
    assert gitlab.waiting == 0
    gc.collect()  # a future whose error nobody has looked at complains when it goes


@pytest.mark.parametrize("answered", range(5))
@pytest.mark.parametrize("text", OPERATIONS.values(), ids=OPERATIONS.keys())
def test_a_cancelled_execution_ends_its_calls(text: str, answered: int) -> None:
    operation = ENGINES.operation(text)

    async def cancel_when_stalled() -> None:
        before = asyncio.all_tasks()
        gitlab = StallingGitLab(PLAIN, answered=answered)
        context = RequestContext(Upstream(CONFIG, gitlab), CREDENTIAL)
        execution = asyncio.create_task(ENGINES.compiled.execute(operation, context))
        stalled = asyncio.create_task(gitlab.stalled.wait())
        await asyncio.wait({execution, stalled}, return_when=asyncio.FIRST_COMPLETED)
        stalled.cancel()
        ended = execution.done()
        execution.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await execution
        assert execution.cancelled() is not ended
        calls = gitlab.calls.copy()
        await context.aclose()
        await assert_nothing_left(gitlab, before)
        assert gitlab.calls == calls

    running(cancel_when_stalled)


def test_an_answer_that_comes_after_the_cancellation_starts_nothing_new() -> None:
    text = """{ project(id: "1") {
        jobs { nodes { pipeline { duration commit { stats { total } } jobs { totalCount } } } }
    } }"""
    operation = ENGINES.operation(text)

    async def cancel_then_release() -> None:
        before = asyncio.all_tasks()
        gitlab = StallingGitLab(PLAIN, answered=1)
        context = RequestContext(Upstream(CONFIG, gitlab), CREDENTIAL)
        execution = asyncio.create_task(ENGINES.compiled.execute(operation, context))
        await gitlab.stalled.wait()
        execution.cancel()
        with pytest.raises(asyncio.CancelledError):
            await execution
        calls = gitlab.calls.copy()
        gitlab.released.set()
        await assert_nothing_left(gitlab, before)
        assert gitlab.calls == calls
        await context.aclose()

    running(cancel_then_release)


@settings(WITHOUT_SHRINKING, max_examples=100)
@given(
    generated=operations(ENGINES.schema._schema, VALUES),
    behaviour=BEHAVIOURS,
    answered=st.integers(0, 5),
    turns=st.integers(0, 40),
)
def test_an_execution_may_be_cancelled_at_any_moment(
    generated: GeneratedOperation, behaviour: Behaviour, answered: int, turns: int
) -> None:
    operation = ENGINES.operation(generated.text, generated.variables[0], generated.name)

    async def cancel_after_some_turns() -> None:
        before = asyncio.all_tasks()
        gitlab = StallingGitLab(behaviour, answered=answered)
        context = RequestContext(Upstream(CONFIG, gitlab), CREDENTIAL)
        execution = asyncio.create_task(ENGINES.compiled.execute(operation, context))
        for _ in range(turns):
            await asyncio.sleep(0)
        execution.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await execution
        await context.aclose()
        await assert_nothing_left(gitlab, before)

    running(cancel_after_some_turns)
