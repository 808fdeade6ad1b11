from __future__ import annotations

from typing import Any

import pytest
from graphql import GraphQLError

from gateway.execution.documents import Documents
from gateway.execution.engine import ExecutionResult, UnfitValueError, in_order
from gateway.execution.operation import select_operation
from gateway.execution.stock import StockEngine
from tests.gateway.example import SCHEMA, ExampleContext


async def execute(
    query: str, context: ExampleContext | None = None, variables: dict[str, Any] | None = None
) -> ExecutionResult:
    operation = select_operation(Documents(SCHEMA._schema).get(query), None, variables or {})
    return await StockEngine(SCHEMA).execute(operation, context or ExampleContext())


async def test_resolvers_that_wait_and_those_that_do_not() -> None:
    context = ExampleContext(values={"text": "a", "later": "b"})
    result = await execute("{ text later }", context)
    assert result == ExecutionResult({"text": "a", "later": "b"})


async def test_variables_are_coerced() -> None:
    result = await execute("query ($t: String!) { echo(text: $t) }", variables={"t": "hello"})
    assert result.data == {"echo": "hello"}


async def test_variables_that_do_not_fit_refuse_the_operation() -> None:
    result = await execute("query ($t: String!) { echo(text: $t) }", variables={"t": 5})
    assert not result.started
    assert result.data is None
    assert [error.message for error in result.errors] == [
        "Variable '$t' has invalid value: String cannot represent a non string value: 5"
    ]


async def test_null_in_a_non_null_root_field_nulls_data_but_had_started() -> None:
    result = await execute("{ required }")
    assert result.started
    assert result.data is None
    assert result.errors[0].path == ["required"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("number", "abc"),
        ("number", 2**40),
        ("number", float("nan")),
        ("text", object()),
        ("color", "green"),
    ],
)
async def test_a_leaf_that_does_not_fit_is_told_apart_from_a_resolvers_error(
    name: str, value: Any
) -> None:
    result = await execute(f"{{ {name} }}", ExampleContext(values={name: value}))
    assert result.data == {name: None}
    assert isinstance(result.errors[0].original_error, UnfitValueError)


async def test_one_failing_item_leaves_its_neighbours() -> None:
    context = ExampleContext(values={"items": ["a", "!b", "c"]})
    result = await execute("{ items { name } }", context)
    assert result.data == {"items": [{"name": "a"}, {"name": None}, {"name": "c"}]}
    assert [error.path for error in result.errors] == [["items", 1, "name"]]


async def test_errors_come_in_the_documents_order_whoever_fails_first() -> None:
    values = {"later": ValueError("slow"), "text": ValueError("quick")}
    result = await execute("{ later text }", ExampleContext(values=values))
    assert [error.path for error in result.errors] == [["later"], ["text"]]


async def test_errors_of_a_list_come_in_its_order() -> None:
    items = [f"!{number}" for number in range(12)]
    result = await execute("{ items { name } }", ExampleContext(values={"items": items}))
    assert [error.path for error in result.errors] == [["items", n, "name"] for n in range(12)]


def test_errors_without_a_position_come_first_and_mixed_paths_do_not_break_sorting() -> None:
    errors = [
        GraphQLError("c", path=["a", "x"]),
        GraphQLError("b", path=["a", 1]),
        GraphQLError("a"),
    ]
    assert [error.message for error in in_order(errors)] == ["a", "c", "b"]
