"""How long a document within the limits can hold the event loop.

Measured in processor time, against that of reading the standard introspection query on the same
machine: some 6 ms where the worst document takes about 50.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from graphql import get_introspection_query

from gateway.errors import ErrorCode
from gateway.execution.documents import Document, Documents
from gateway.limits.config import DocumentLimits
from schema import build_schema

SCHEMA = build_schema()._schema
MOST = 20  # times the introspection query; half of that is what was found

LEAVES = (
    "databaseId name status stage ref tag coverage allowFailure createdAt startedAt finishedAt "
    "erasedAt duration queuedDuration failureReason webUrl archived artifactsExpireAt tagList "
    "__typename"
)
WORDS = LEAVES.split()
DEEP = "pipeline { jobs { nodes { " * 6 + "id " + "} } } " * 6


def joined(count: int, part: Callable[[int], str]) -> str:
    return " ".join(map(part, range(count)))


def of_job(selection: str, rest: str = "") -> str:
    return f"{{ job(id: 1) {{ {selection} }} }} {rest}"


def chain(on: str, count: int, selection: str) -> str:
    links = joined(count, lambda n: f"fragment f{n} on {on} {{ {selection} ...f{n + 1} }}")
    return f"{links} fragment f{count} on {on} {{ __typename }}"


# The largest of its kind that is taken, as the name says; each was the slowest of many once.
WORST = {
    "the same fields in 50 places": "{"
    + joined(50, lambda n: f"a{n}: job(id:1) {{{LEAVES}}}")
    + "}",
    "17 deep selections of one key": "{" + f"job(id: 1) {{ {DEEP} }}" * 17 + "}",
    "1990 unknown fields": "{ node(id: 1) {" + joined(1980, lambda n: f"artifact{n}") + "} }",
    "1980 values in a list": "{ nodes(ids: [" + '"1" ' * 1980 + "]) { id } }",
    "50 operations with 50 fragments": (
        joined(50, lambda n: f"query q{n}($v: ID!) {{ ...f0 }}")
        + chain("Query", 50, "job(id: $v) { name }")
    ),
}
BAD = {
    "60 fragments at one place": of_job(
        joined(60, lambda n: f"...f{n}"), joined(60, lambda n: f"fragment f{n} on Job {{ name }}")
    ),
    "a chain of 65 fragments": of_job("...f0", chain("Job", 64, "name")),
    "100 aliases": of_job(
        joined(99, lambda n: f"a{n}: name") + joined(350, lambda n: WORDS[n % 20])
    ),
    "650 keys of JSON": (
        "mutation { playJob(input: {id: 1 inputs: {"
        + joined(650, lambda n: f'a{n}: "b"')
        + "}}) { job { name } } }"
    ),
    "285 fragments, none of them used": (
        joined(285, lambda n: f"fragment f{n} on Job {{ name }}") + " { __typename }"
    ),
    "660 arguments of one name": f"{{ job({'id:1 ' * 660}) {{ name }} }}",
    "1970 values of an enum": of_job(
        f"pipeline {{ jobs(scope: [{'FAILED ' * 1970}]) {{ nodes {{ name }} }} }}"
    ),
    "990 wrong variables": ("query ($v: Int) { nodes(ids: [" + "$v " * 985 + "]) { id } }"),
    "95 unknown types": of_job(joined(95, lambda n: f"... on Pipelin{n} {{ id }}")),
    "long unknown fields": of_job(joined(60, lambda n: "artifactsExpire" * 50 + str(n))),
    "95 empty selections": of_job("user {} " * 95),
    "a string of 49000 characters": of_job("name", "").replace("1", f'"{"x" * 49_000}"'),
    "a block string of 16000 lines": of_job("name").replace("1", '"""' + "\n x" * 16_000 + '"""'),
    "8000 escapes": of_job("name", "").replace("1", '"' + "\\u0041" * 8000 + '"'),
    "a name of 49000 characters": of_job("x" * 49_000),
    "a number of 49000 digits": of_job("name").replace("1", "1" * 49_000),
    "a comment of 49000 characters": f"{{ __typename }} # {'x' * 49_000}",
    "49000 commas": "{ __typename }" + "," * 49_000,
    "brackets without end": f"{{ nodes(ids: {'[' * 1900}",
    "selections without end": "{ job " * 900,
    "objects without end": f"{{ nodes(ids: {'{a: ' * 600}",
    "types without end": f"query ($v: {'[' * 1900}",
    "every fragment in every other": of_job(
        "...f0",
        joined(13, lambda n: f"fragment f{n} on Job {{ {joined(13, lambda m: f'...f{m}')} }}"),
    ),
}


def reading_time(text: str, rounds: int) -> tuple[float, Document]:
    best = float("inf")
    for _ in range(rounds):
        documents = Documents(SCHEMA)
        start = time.process_time()
        document = documents.get(text)
        best = min(best, time.process_time() - start)
    return best, document


@pytest.fixture(scope="module")
def unit() -> float:
    return reading_time(get_introspection_query(), 10)[0]


@pytest.mark.parametrize("name", WORST)
def test_the_slowest_documents_that_were_found_hold_nobody_up(name: str, unit: float) -> None:
    took, document = reading_time(WORST[name], 3)
    assert document.code is not ErrorCode.LIMIT_EXCEEDED, document.errors
    assert took < MOST * unit


@pytest.mark.slow
@pytest.mark.parametrize("name", BAD)
def test_other_documents_made_to_be_slow_hold_nobody_up(name: str, unit: float) -> None:
    took, document = reading_time(BAD[name], 3)
    assert document.code is not ErrorCode.LIMIT_EXCEEDED, document.errors
    assert took < MOST * unit


NESTED = {
    "lists": "{ nodes(ids: " + "[" * 900 + "]" * 900 + ") { id } }",
    "selections": "{ a " * 900 + "}" * 900,
    "inline fragments": "{ ... " * 400 + "{ __typename }" + "}" * 400,
    "objects": "{ nodes(ids: " + "{a: " * 500 + "1" + "}" * 500 + ") { id } }",
    "types": "query ($v: " + "[" * 900 + "ID" + "]" * 900 + ") { __typename }",
}


@pytest.mark.parametrize("name", NESTED)
def test_nesting_beyond_what_can_be_parsed_is_a_clean_refusal(name: str) -> None:
    documents = Documents(SCHEMA, limits=DocumentLimits(tokens=0))
    document = documents.get(NESTED[name])
    assert document.code is ErrorCode.GRAPHQL_PARSE_FAILED
    assert "nested too deeply" in document.errors[0].message
