"""Large queries let others have their turn: counted in turns of the event loop, not in seconds."""

from __future__ import annotations

import asyncio
import gc
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest

from gateway.execution import stock
from gateway.execution.compiled import run
from gateway.execution.compiled.run import ITEMS_AT_A_TIME
from gateway.execution.engine import ERRORS_AT_A_TIME, Engine, ExecutionResult
from gateway.execution.reporting import format_errors, format_errors_in_turns
from resolvers.context import RequestContext, ResolverLimits
from resolvers.projection import JobRecord
from schema import build_schema
from tests.gateway.execution.compiled.engines import CONFIG, CREDENTIAL, Engines
from tests.support.looping import LoopTurns, counted_turns
from upstream import client
from upstream import turns as upstream_turns
from upstream.client import Upstream
from upstream.transports.base import Request, Response, StreamedResponse

ENGINES = Engines(build_schema())
JOBS = 1050
LIMITS = ResolverLimits(connection_items=10_000)
NODES = f'query {{ project(id: "1") {{ jobs(first: {JOBS}) {{ nodes {{ id name }} }} }} }}'


class Project:
    """A GitLab with so many jobs of one commit, which it does not have any more."""

    def __init__(self, jobs: int) -> None:
        self.jobs = [
            {"id": jobs - number, "name": "n" * 40, "commit": {"id": "abc"}, "pipeline": {"id": 5}}
            for number in range(jobs)
        ]

    async def send(self, request: Request) -> Response:
        await asyncio.sleep(0)
        address = urlsplit(request.target)
        if "/repository/commits/" in address.path:
            return Response(404, {}, b'{"message":"404 Commit Not Found"}')
        if address.path.endswith("/pipelines/5"):
            return Response(200, {}, b'{"id":5,"status":"success"}')
        asked = parse_qs(address.query)
        size = int(asked["per_page"][0])
        start = int(asked.get("page", asked.get("cursor", ["1"]))[0]) - 1
        headers = {"x-total": str(len(self.jobs))}
        if (start + 1) * size < len(self.jobs):
            headers |= {"x-next-page": str(start + 2), "x-next-cursor": str(start + 2)}
        shown = self.jobs[start * size : (start + 1) * size]
        return Response(200, headers, orjson.dumps(shown))

    def stream(
        self, request: Request, *, origin: str | None = None
    ) -> AbstractAsyncContextManager[StreamedResponse]:
        raise NotImplementedError

    async def aclose(self) -> None:
        """Nothing is open."""


async def execute(engine: Engine, text: str, gitlab: Project | None = None) -> ExecutionResult:
    context = RequestContext(Upstream(CONFIG, gitlab or Project(JOBS)), CREDENTIAL, limits=LIMITS)
    try:
        return await engine.execute(ENGINES.operation(text), context)
    finally:
        await context.aclose()


@pytest.fixture
async def loop_turns() -> AsyncIterator[LoopTurns]:
    with counted_turns() as turns:
        yield turns


def counting(
    monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, loop_turns: LoopTurns
) -> Counter[int]:
    """How often the function is called, by turn of the loop."""
    calls: Counter[int] = Counter()
    function: Callable[..., Any] = getattr(owner, name)

    def counted(*arguments: Any, **options: Any) -> Any:
        calls[loop_turns.now] += 1
        return function(*arguments, **options)

    monkeypatch.setattr(owner, name, counted)
    return calls


async def test_a_long_list_is_shown_a_hundred_items_at_a_time(
    monkeypatch: pytest.MonkeyPatch, loop_turns: LoopTurns
) -> None:
    shown = counting(monkeypatch, run.Run, "_plain_record", loop_turns)
    result = await execute(ENGINES.compiled, NODES)
    assert shown.total() == result.items == JOBS
    assert max(shown.values()) == ITEMS_AT_A_TIME


async def test_large_queries_side_by_side_share_the_turns(
    monkeypatch: pytest.MonkeyPatch, loop_turns: LoopTurns
) -> None:
    shown = counting(monkeypatch, run.Run, "_plain_record", loop_turns)
    await asyncio.gather(*(execute(ENGINES.compiled, NODES) for _ in range(5)))
    assert shown.total() == 5 * JOBS
    assert max(shown.values()) == ITEMS_AT_A_TIME


async def test_the_stock_engine_pauses_within_a_long_list(
    monkeypatch: pytest.MonkeyPatch, loop_turns: LoopTurns
) -> None:
    monkeypatch.setattr(stock, "PIECE_SECONDS", 0.0)
    before = loop_turns.now
    result = await execute(ENGINES.stock, NODES)
    assert result.items == JOBS
    assert loop_turns.now - before >= JOBS


async def test_long_bodies_that_come_together_are_decoded_one_in_a_turn(
    monkeypatch: pytest.MonkeyPatch, loop_turns: LoopTurns
) -> None:
    monkeypatch.setattr(client, "LONG_BODY_BYTES", 1000)
    decoded = counting(monkeypatch, client, "answer_of", loop_turns)
    text = 'query { pipeline(projectId: "1", id: "5") { jobs(first: 1050) { nodes { id } } } }'
    result = await execute(ENGINES.compiled, text)
    assert result.items == JOBS
    assert decoded.total() == 1 + 11  # the pipeline, and pages of a hundred
    assert max(decoded.values()) <= 2  # a short body does not wait


async def test_jobs_whose_one_commit_is_gone_fail_a_hundred_at_a_time(
    monkeypatch: pytest.MonkeyPatch, loop_turns: LoopTurns
) -> None:
    failed = counting(monkeypatch, run.Run, "_fields", loop_turns)
    text = NODES.replace("id name", "commit { stats { total } }")
    result = await execute(ENGINES.compiled, text)
    assert len(result.errors) == JOBS
    assert failed.total() == JOBS
    # Those of the list that are not shown yet have their turn in between, and find the call failed.
    assert max(failed.values()) <= 2 * ITEMS_AT_A_TIME


async def in_as_many_turns(
    loop_turns: LoopTurns, told: Callable[[], Awaitable[Any]], errors: int
) -> Any:
    before = loop_turns.now
    done = await told()
    assert loop_turns.now - before >= errors // ERRORS_AT_A_TIME - 1
    return done


async def test_many_errors_are_told_of_in_turns(loop_turns: LoopTurns) -> None:
    text = NODES.replace("id name", "commit { stats { total } }")
    result = await execute(ENGINES.compiled, text)
    errors = result.errors
    shown = await in_as_many_turns(
        loop_turns,
        lambda: format_errors_in_turns(errors, request_id="r", acting=False),
        len(errors),
    )
    assert shown == format_errors(errors, request_id="r", acting=False)
    assert [each["path"][3] for each in shown] == list(range(JOBS))


async def test_a_cancelled_query_lets_its_jobs_go_in_turns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(upstream_turns, "PIECE_SECONDS", 0.0)
    shown = asyncio.Event()
    some = run.Run._some

    def noticed(*arguments: Any) -> None:
        some(*arguments)
        shown.set()

    monkeypatch.setattr(run.Run, "_some", noticed)
    asking = asyncio.create_task(execute(ENGINES.compiled, NODES))
    await shown.wait()
    asking.cancel()
    await asyncio.wait([asking])
    assert records() > JOBS - 50
    for _ in range(20):
        await asyncio.sleep(0)
    assert records() > JOBS - 250  # eight at a time
    for _ in range(JOBS):
        await asyncio.sleep(0)
    assert records() == 0


def records() -> int:
    return sum(isinstance(each, JobRecord) for each in gc.get_objects())
