"""One plan serves many executions at the same time: each gets its own answer, as if alone."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from hypothesis import given, settings

from gateway.execution.operation import Operation
from resolvers.context import RequestContext
from schema import build_schema
from tests.gateway.execution.compiled.asked import VALUES
from tests.gateway.execution.compiled.engines import (
    CONFIG,
    CREDENTIAL,
    Answer,
    Engines,
    body_of,
    gitlab_of,
    running,
)
from tests.gateway.execution.compiled.gitlab import BEHAVIOURS, Behaviour, FakeGitLab
from tests.support.operations import WITHOUT_SHRINKING, GeneratedOperation, operations
from upstream.client import Upstream

ENGINES = Engines(build_schema())
AT_ONCE = 8

PAGES = """
query ($id: ID!, $count: Int, $names: Boolean!) {
  project(id: $id) {
    id
    jobs(first: $count) {
      nodes { name @include(if: $names) pipeline { duration commit { stats { total } } } }
      pageInfo { endCursor }
    }
    pipelines(first: $count) { nodes { id coverage jobs(first: 1) { nodes { log { size } } } } }
  }
}
"""


async def answer_of(operation: Operation, gitlab: FakeGitLab) -> Answer:
    context = RequestContext(Upstream(CONFIG, gitlab), CREDENTIAL)
    try:
        result = await ENGINES.compiled.execute(operation, context)
        return Answer(body_of(operation, result), gitlab.calls)
    finally:
        await context.aclose()


async def assert_undisturbed(asked: list[tuple[Operation, Behaviour, int]]) -> None:
    alone = [
        await answer_of(operation, gitlab_of(behaviour, schedule))
        for operation, behaviour, schedule in asked
    ]
    together = await asyncio.gather(
        *(
            answer_of(operation, gitlab_of(behaviour, schedule))
            for operation, behaviour, schedule in asked
        )
    )
    assert together == alone


def test_executions_of_one_plan_with_other_variables_do_not_mix() -> None:
    asked = [
        (
            ENGINES.operation(
                PAGES,
                {"id": str(1 + number % 3), "count": 1 + number % 5, "names": number % 2 == 0},
            ),
            Behaviour(seed=number % 4),
            number,
        )
        for number in range(3 * AT_ONCE)
    ]
    running(lambda: assert_undisturbed(asked))


@settings(WITHOUT_SHRINKING, max_examples=60)
@given(generated=operations(ENGINES.schema._schema, VALUES), behaviour=BEHAVIOURS)
def test_executions_of_any_plan_do_not_disturb_one_another(
    generated: GeneratedOperation, behaviour: Behaviour
) -> None:
    asked = [
        (
            ENGINES.operation(generated.text, variables, generated.name),
            replace(behaviour, seed=behaviour.seed + number),
            number,
        )
        for number in range(AT_ONCE)
        for variables in generated.variables
    ]
    running(lambda: assert_undisturbed(asked))
