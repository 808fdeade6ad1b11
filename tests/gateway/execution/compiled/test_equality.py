"""Any operation over any answers of GitLab: both engines give the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schema import build_schema
from tests.gateway.execution.compiled.agreement import assert_agreement, is_possible
from tests.gateway.execution.compiled.asked import VALUES
from tests.gateway.execution.compiled.engines import Engines, ask, gitlab_of, running
from tests.gateway.execution.compiled.gitlab import BEHAVIOURS, Behaviour
from tests.support.operations import WITHOUT_SHRINKING, GeneratedOperation, operations
from tests.support.reduction import reduced

EXAMPLES = 300
ENGINES = Engines(build_schema())
OPERATIONS = operations(ENGINES.schema._schema, VALUES)
ANYTHING = {"generated": OPERATIONS, "behaviour": BEHAVIOURS, "schedule": st.integers(0, 5)}


def check(generated: GeneratedOperation, behaviour: Behaviour, schedule: int) -> None:
    for variables in generated.variables:

        def agreed(text: str, variables: Mapping[str, Any] = variables) -> None:
            name = generated.name if generated.name and generated.name in text else None
            operation = ENGINES.operation(text, variables, name)
            running(lambda: assert_agreement(ENGINES, operation, behaviour, schedule))

        def differ(text: str, agreed: Callable[[str], None] = agreed) -> bool:
            try:
                agreed(text)
            except AssertionError:
                return True
            return False

        if differ(generated.text):
            agreed(reduced(generated.text, ENGINES.schema._schema, differ))


@settings(WITHOUT_SHRINKING, max_examples=EXAMPLES)
@given(**ANYTHING)
def test_both_engines_give_the_same_bytes(
    generated: GeneratedOperation, behaviour: Behaviour, schedule: int
) -> None:
    check(generated, behaviour, schedule)


@pytest.mark.slow
@settings(WITHOUT_SHRINKING, max_examples=10 * EXAMPLES)
@given(**ANYTHING)
def test_both_engines_give_the_same_bytes_at_length(
    generated: GeneratedOperation, behaviour: Behaviour, schedule: int
) -> None:
    check(generated, behaviour, schedule)


@settings(WITHOUT_SHRINKING, max_examples=50)
@given(generated=OPERATIONS, behaviour=BEHAVIOURS)
def test_the_order_of_answers_decides_no_more_than_which_error_is_told(
    generated: GeneratedOperation, behaviour: Behaviour
) -> None:
    operation = ENGINES.operation(generated.text, generated.variables[0], generated.name)

    async def ask_in_many_orders() -> None:
        answers = [
            orjson.loads((await ask(engine, operation, gitlab_of(behaviour, schedule))).body)
            for engine in (ENGINES.stock, ENGINES.compiled)
            for schedule in range(6)
        ]
        assert all(is_possible(each, answers) for each in answers)

    running(ask_in_many_orders)
