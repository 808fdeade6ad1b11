"""The tools' own queries about the schema pass; what would answer without end does not."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from graphql import get_introspection_query, parse

from gateway.execution.documents import Documents
from gateway.execution.operation import select_operation
from gateway.execution.stock import StockEngine
from gateway.limits import introspection
from gateway.limits.config import DocumentLimits
from gateway.limits.survey import survey
from schema import build_schema

SCHEMAS = {federation: build_schema(federation=federation) for federation in (False, True)}
EVERYTHING = get_introspection_query(
    specified_by_url=True,
    directive_is_repeatable=True,
    schema_description=True,
    input_value_deprecation=True,
    experimental_directive_deprecation=False,
    one_of=True,
    type_depth=15,
)


@pytest.mark.parametrize("federation", [False, True])
@pytest.mark.parametrize("text", [get_introspection_query(), EVERYTHING], ids=["usual", "all"])
def test_the_introspection_that_tools_send_passes(text: str, federation: bool) -> None:  # noqa: FBT001 - given by name
    # GraphiQL, Apollo's tools, graphql-codegen and relay's schema download all send this one,
    # with more or fewer options.
    assert Documents(SCHEMAS[federation]._schema).get(text).errors == ()


def values(answer: Any) -> int:
    if isinstance(answer, dict):
        return 1 + sum(map(values, answer.values()))
    return sum(map(values, answer)) if isinstance(answer, list) else 1


def estimate(text: str) -> int:
    lengths = introspection.list_lengths(SCHEMAS[False]._schema)
    excess = introspection.check_values(survey(parse(text)), 0, lengths)
    assert excess is not None
    return excess.found


@pytest.mark.parametrize(
    "text",
    [
        EVERYTHING,
        "{ __schema { types { name } } }",
        "{ __schema { types { a: fields { name } b: fields { name type { name } } } } }",
        '{ __type(name: "Job") { fields { name type { name fields { name } } } } }',
        "{ __schema { types { fields { type { fields { type { name } } } } } } }",
    ],
)
def test_the_values_of_an_answer_are_about_as_many_as_estimated(text: str) -> None:
    schema = SCHEMAS[False]
    limits = DocumentLimits(introspection_values=0)
    operation = select_operation(Documents(schema._schema, limits=limits).get(text), None, {})
    answer = asyncio.run(StockEngine(schema).execute(operation, None)).data
    assert values(answer) / 3 < estimate(text) < values(answer) * 3


CIRCLE = (
    "{ __schema { types { fields { type { fields { type { fields { type { name } } } } } } } } }"
)
MANY = " ".join(f"a{number}: fields {{ name type {{ name }} }}" for number in range(50))


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        (CIRCLE, "introspection depth"),
        (f"{{ __schema {{ types {{ {MANY} }} }} }}", "introspection values"),
    ],
)
def test_answers_without_end_are_refused(text: str, limit: str) -> None:
    document = Documents(SCHEMAS[False]._schema).get(text)
    names = [error.excess.limit for error in document.errors]  # type: ignore[attr-defined] # all are
    assert limit in names


def test_introspection_does_not_count_for_the_depth_of_a_query() -> None:
    limits = DocumentLimits(depth=1)
    assert Documents(SCHEMAS[False]._schema, limits=limits).get(EVERYTHING).errors == ()
