"""What plans do not cover is left to graphql-core, and nothing is lost on the way."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from graphql import OperationDefinitionNode, parse

from gateway.execution.documents import Document
from gateway.execution.engine import ExecutionResult
from gateway.execution.operation import Operation, select_operation
from gateway.execution.stock import StockEngine
from schema import build_schema
from tests.gateway.execution.compiled.agreement import assert_agreement
from tests.gateway.execution.compiled.engines import Engines, ask, gitlab_of, running
from tests.gateway.execution.compiled.gitlab import Behaviour

PLAIN = Behaviour(seed=1)


class CountingStock(StockEngine):
    """The stock engine, which notes what it is asked."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.asked: list[Operation] = []

    async def execute(self, operation: Operation, context: Any) -> ExecutionResult:
        self.asked.append(operation)
        return await super().execute(operation, context)


def engines_over(*, federation: bool = False) -> tuple[Engines, CountingStock]:
    schema = build_schema(federation=federation)
    counting = CountingStock(schema)
    return Engines(schema, behind_compiled=counting), counting


def unvalidated(text: str) -> Operation:
    """An operation with what validation lets through on a server that knows more directives."""
    node = parse(text)
    operations = {
        each.name.value if each.name else None: each
        for each in node.definitions
        if isinstance(each, OperationDefinitionNode)
    }
    return select_operation(Document(text, node, operations), None, {"v": True})


@pytest.mark.parametrize(
    "text",
    [
        "{ __schema { queryType { name } } }",
        '{ project(id: "1") { id jobs { nodes { id } } } __type(name: "Job") { name } }',
        'fragment S on Query { __schema { queryType { name } } } { ...S project(id: "1") { id } }',
    ],
)
def test_introspection_is_left_to_the_stock_engine_as_a_whole(text: str) -> None:
    engines, stock = engines_over()
    operation = engines.operation(text)

    async def agree() -> None:
        await assert_agreement(engines, operation, PLAIN, 0)
        await assert_agreement(engines, operation, PLAIN, 0)

    running(agree)
    assert stock.asked == [operation, operation]


def test_data_alone_is_not_left_to_the_stock_engine() -> None:
    engines, stock = engines_over()
    operation = engines.operation('{ project(id: "1") { id jobs { nodes { id } } } }')

    async def agree() -> None:
        await assert_agreement(engines, operation, PLAIN, 0)

    running(agree)
    assert stock.asked == []


@pytest.mark.parametrize(
    "text",
    [
        'query @live { project(id: "1") { id jobs { nodes { id } } } }',
        """query ($v: Boolean!) { project(id: "1") { id @live(if: $v) ...P @live } }
        fragment P on Project @live { jobs { totalCount } }""",
        'query @experimental_disableErrorPropagation { project(id: "") { id } }',
    ],
)
def test_directives_that_the_schema_does_not_know_change_nothing(text: str) -> None:
    engines, _ = engines_over()

    async def agree() -> None:
        await assert_agreement(engines, unvalidated(text), PLAIN, 0)

    running(agree)


@pytest.mark.parametrize("wanted", [True, None])
def test_a_condition_that_is_null_fails_where_it_stands(wanted: bool | None) -> None:  # noqa: FBT001 - the variable's value
    engines, _ = engines_over()
    texts = (
        "query ($v: Boolean = true) { __typename @include(if: $v) }",
        'query ($v: Boolean = true) { project(id: "1") { id @include(if: $v) } }',
        """query ($v: Boolean = true) {
            a: node(id: "x") { id @skip(if: $v) }
            node(id: "Sm9iOjE6Nw") { ... @include(if: $v) { id } }
        }""",
    )

    async def agree() -> None:
        for text in texts:
            operation = engines.operation(text, {"v": wanted})
            await assert_agreement(engines, operation, PLAIN, 0)

    running(agree)


@pytest.mark.parametrize("variables", [{}, {"id": None}, {"id": ["1"]}, {"id": "1", "n": "x"}])
def test_variables_are_refused_before_anything_is_asked(variables: dict[str, Any]) -> None:
    engines, _ = engines_over()
    text = "query ($id: ID!, $n: Int) { project(id: $id) { jobs(first: $n) { totalCount } } }"

    async def refused() -> None:
        operation = engines.operation(text, variables)
        answer = await ask(engines.compiled, operation, gitlab_of(PLAIN, 0))
        assert orjson.loads(answer.body).keys() == {"errors"}
        assert not answer.calls
        await assert_agreement(engines, operation, PLAIN, 0)

    running(refused)


def test_a_subgraph_answers_the_same_by_both_engines() -> None:
    engines, _ = engines_over(federation=True)
    texts = (
        "{ _service { sdl } }",
        """{ _entities(representations: [
            {__typename: "Job", id: "Sm9iOjE6Nw"}, {__typename: "Job", id: "x"},
            {__typename: "Commit", id: "x"}
        ]) { __typename ... on Job { name pipeline { id status } } ... on Commit { sha } } }""",
        '{ project(id: "1") { jobs(first: 2) { nodes { id commit { id sha } } } } }',
    )

    async def agree() -> None:
        for text in texts:
            await assert_agreement(engines, engines.operation(text), PLAIN, 0)

    running(agree)
