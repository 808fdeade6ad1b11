"""Every limit as its caller meets it: what still passes, and the refusal of what does not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gateway.limits.environment import LIMIT_VARIABLES
from tests.gateway.limits.gateways import GRAPHQL, JSON, codes, gateway, post


@dataclass(frozen=True)
class Limit:
    """With `setting` at `allowed`, `within` passes and `beyond` is refused; 0 lets it pass, too."""

    name: str
    setting: str
    allowed: int
    within: Any
    beyond: Any
    found: int
    message: str
    at_least: bool = False


def query(text: str, **variables: Any) -> dict[str, Any]:
    return {"query": text, "variables": variables}


def inputs(value: Any) -> dict[str, Any]:
    """Refused in the end, since no such job is named; but its variables are looked at before."""
    text = "mutation ($v: JSON) { retryJob(input: {id: 1, inputs: $v}) { __typename } }"
    return query(text, v=value)


FRAGMENTS = """
    query { project(id: 1) { ...a } }
    fragment a on Project { jobs { nodes { ...b } } }
    fragment b on Job { ... { pipeline { ...c } } }
    fragment c on Pipeline { id }
"""
TWICE = """
    query { project(id: 1) { x: jobs { nodes { ...a ...b } } } }
    fragment a on Job { name stage }
    fragment b on Job { x: pipeline { ...c } y: pipeline { ...c } }
    fragment c on Pipeline { id sha }
"""
KEPT = "@include(if: true)"

LIMITS = (
    Limit(
        "characters",
        "GATEWAY_DOCUMENT_CHARACTERS",
        14,
        query("{ __typename }"),
        query("{  __typename }"),
        15,
        "The query has 15 characters; at most 14 are allowed",
    ),
    Limit(
        "tokens",
        "GATEWAY_DOCUMENT_TOKENS",
        6,
        query("{ a: __typename #\n }"),
        query("{ a: __typename #\n #\n }"),
        7,
        "The query has more than 6 tokens, comments included",
        at_least=True,
    ),
    Limit(
        "operations",
        "GATEWAY_OPERATIONS",
        1,
        query("query A { ...f } fragment f on Query { __typename }"),
        query("query A { __typename } mutation B { __typename } query C { __typename }"),
        3,
        "The query has 3 operations; at most 1 are allowed",
    ),
    Limit(
        "depth",
        "GATEWAY_DEPTH",
        4,
        query("{ project(id: 1) { jobs { nodes { name } } } }"),
        query(FRAGMENTS),
        5,
        "The query nests fields 5 levels deep; at most 4 are allowed",
    ),
    Limit(
        "root fields",
        "GATEWAY_ROOT_FIELDS",
        2,
        query("{ __typename ...f } fragment f on Query { __typename b: __typename }"),
        query("{ __typename ...f } fragment f on Query { a: __typename b: __typename }"),
        3,
        "The query has 3 root fields, aliases included; at most 2 are allowed",
    ),
    Limit(
        "fields",
        "GATEWAY_FIELDS",
        10,
        query(TWICE.replace("id sha", "id")),
        query(TWICE),
        11,
        "The query selects 11 fields, counted wherever a fragment is spread; "
        "at most 10 are allowed",
    ),
    Limit(
        "aliases",
        "GATEWAY_ALIASES",
        2,
        query("{ a: __typename ...f } fragment f on Query { b: __typename }"),
        query("{ a: __typename ...f } fragment f on Query { b: __typename c: __typename }"),
        3,
        "The query has 3 aliases; at most 2 are allowed",
    ),
    Limit(
        "directives",
        "GATEWAY_DIRECTIVES",
        2,
        query(f"{{ __typename {KEPT} ...f {KEPT} }} fragment f on Query {{ a: __typename }}"),
        query(
            f"{{ __typename {KEPT} ...f {KEPT} }} fragment f on Query {{ a: __typename {KEPT} }}"
        ),
        3,
        "The query has 3 directives; at most 2 are allowed",
    ),
    Limit(
        "directives at once",
        "GATEWAY_DIRECTIVES_AT_ONCE",
        2,
        query(f"{{ __typename {KEPT} @skip(if: false) }}"),
        query(f"{{ __typename {KEPT} @skip(if: false) @nonsense }}"),
        3,
        "A field, fragment or operation of the query has 3 directives; "
        "at most 2 are allowed at one place",
    ),
    Limit(
        "fragment spreads",
        "GATEWAY_FRAGMENT_SPREADS",
        2,
        query("{ ...f ...f } fragment f on Query { __typename }"),
        query("{ ...f ...f ...f } fragment f on Query { __typename }"),
        3,
        "The query spreads fragments at 3 places; at most 2 are allowed",
    ),
    Limit(
        "variables",
        "GATEWAY_VARIABLES",
        1,
        query("query ($a: ID = 1) { project(id: 1) { job(id: $a) { name } } }"),
        query("query ($a: ID = 1, $b: ID) { project(id: 1) { job(id: $a) { name } } }"),
        2,
        "An operation of the query declares 2 variables; at most 1 are allowed",
    ),
    Limit(
        "field comparisons",
        "GATEWAY_FIELD_COMPARISONS",
        3,
        query("{ project(id: 1) { id id id } }"),
        query("{ project(id: 1) { id id id id } }"),
        4,
        "To see whether fields of the same name can be merged takes more than 3 comparisons: "
        "name fewer fields or fragments twice at one place",
        at_least=True,
    ),
    Limit(
        "introspection depth",
        "GATEWAY_INTROSPECTION_DEPTH",
        1,
        query('{ __type(name: "Job") { fields { type { ofType { name } } } } }'),
        query(
            '{ __type(name: "Job") { ...t } } fragment t on __Type { fields { type { interfaces '
            "{ name } } } }"
        ),
        2,
        "The query asks for the parts of types (fields, inputFields, interfaces, possibleTypes) "
        "2 levels deep; at most 1 are allowed",
    ),
    Limit(
        "introspection values",
        "GATEWAY_INTROSPECTION_VALUES",
        5,
        query("{ __schema { description a: description queryType { name } } }"),
        query("{ __schema { description a: description queryType { name kind } } }"),
        6,
        "The query asks for about 6 values of the schema; at most 5 are allowed",
    ),
    Limit(
        "variable bytes",
        "GATEWAY_VARIABLE_BYTES",
        200,
        inputs({"a": "x" * 180}),
        inputs({"a": "x" * 190}),
        204,
        "The variables take 204 bytes as JSON; at most 200 are allowed",
    ),
    Limit(
        "variable values",
        "GATEWAY_VARIABLE_VALUES",
        4,
        inputs({"a": {"b": [1]}}),
        inputs({"a": {"b": [1, 2, 3]}}),
        6,
        "The variables hold 6 values or more; at most 4 are allowed",
        at_least=True,
    ),
)


DOCS = (Path(__file__).parents[3] / "docs" / "limits.md").read_text()


def limit_of(error: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = error["extensions"]["limit"]
    return found


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.name)
async def test_a_limit_lets_pass_what_is_within_it_and_refuses_the_rest(limit: Limit) -> None:
    async with gateway(**{limit.setting: str(limit.allowed)}) as client:
        assert "LIMIT_EXCEEDED" not in codes(await post(client, limit.within))
        answer = await post(client, limit.beyond)
        again = await post(client, limit.beyond, accept=JSON)
    assert (answer.status_code, again.status_code) == (400, 200)
    assert answer.json() == again.json()
    (error,) = answer.json()["errors"]
    assert error == {
        "message": f"{limit.message} ({limit.setting}).",
        "extensions": {
            "code": "LIMIT_EXCEEDED",
            "retryable": False,
            "limit": {
                "name": limit.name,
                "found": limit.found,
                "allowed": limit.allowed,
                "setting": limit.setting,
                **({"atLeast": True} if limit.at_least else {}),
            },
        },
    }


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.name)
async def test_a_limit_can_be_switched_off(limit: Limit) -> None:
    async with gateway(**{limit.setting: "0"}) as client:
        assert "LIMIT_EXCEEDED" not in codes(await post(client, limit.beyond))


async def test_variables_that_nest_too_deeply_are_refused() -> None:
    async with gateway(GATEWAY_VARIABLE_DEPTH="3") as client:
        assert codes(await post(client, inputs({"a": [1]}))) != {"LIMIT_EXCEEDED"}
        answer = await post(client, inputs({"a": [[1]]}))
    (error,) = answer.json()["errors"]
    assert error["message"] == (
        "The variables nest more than 3 levels deep (GATEWAY_VARIABLE_DEPTH)."
    )
    assert limit_of(error)["name"] == "variable depth"


async def test_everything_that_is_too_much_is_told_at_once() -> None:
    async with gateway(GATEWAY_DEPTH="1", GATEWAY_ALIASES="1", GATEWAY_FIELDS="1") as client:
        answer = await post(client, query("{ a: project(id: 1) { b: id } }"))
    errors = answer.json()["errors"]
    assert [limit_of(error)["name"] for error in errors] == ["depth", "fields", "aliases"]


async def test_limits_come_before_validation() -> None:
    async with gateway(GATEWAY_ALIASES="1") as client:
        answer = await post(client, query("{ a: nonsense b: nonsense }"))
    assert codes(answer) == {"LIMIT_EXCEEDED"}


async def test_a_query_by_get_has_the_same_limits() -> None:
    async with gateway(GATEWAY_ALIASES="1", GATEWAY_VARIABLE_VALUES="2") as client:
        params = {"query": "{ a: __typename b: __typename }"}
        by_query = await client.get("/graphql", params=params, headers={"accept": GRAPHQL})
        params = {"query": "query ($v: ID) { __typename }", "variables": '{"v":[1,2,3]}'}
        by_variables = await client.get("/graphql", params=params, headers={"accept": GRAPHQL})
    assert (by_query.status_code, codes(by_query)) == (400, {"LIMIT_EXCEEDED"})
    assert codes(by_variables) == {"GRAPHQL_VALIDATION_FAILED"}  # an unused variable comes first


async def test_a_body_over_its_limit_names_it() -> None:
    async with gateway(GATEWAY_BODY_BYTES="1024") as client:
        answer = await post(client, query("{ __typename }" + " " * 2000))
    (error,) = answer.json()["errors"]
    assert answer.status_code == 413
    assert error["message"] == "The request's body is larger than 1024 bytes (GATEWAY_BODY_BYTES)."
    assert error["extensions"]["code"] == "REQUEST_TOO_LARGE"
    assert limit_of(error) == {
        "name": "body bytes",
        "found": len(answer.request.content),
        "allowed": 1024,
        "setting": "GATEWAY_BODY_BYTES",
    }


ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \| `([A-Z_]+)` \| ([^|]+) \|$", re.MULTILINE)


def test_the_docs_tell_each_limit_as_it_is() -> None:
    documented = {
        name: (default, setting, text) for name, default, setting, text in ROW.findall(DOCS)
    }
    variables = {variable.name: variable for variable in LIMIT_VARIABLES}
    assert {setting for _, setting, _ in documented.values()} == set(variables)
    for default, setting, _ in documented.values():
        variable = variables[setting]
        assert default == f"{variable.default_text} {variable.unit}".strip()
    for limit in LIMITS:
        assert documented[limit.name][1:] == (limit.setting, re.sub(r"\d+", "N", limit.message))


def test_every_setting_of_a_limit_is_tried_somewhere() -> None:
    elsewhere = {
        "GATEWAY_VARIABLE_DEPTH",  # above, with no way to switch it off
        "GATEWAY_BODY_BYTES",  # likewise
        "GATEWAY_BATCH",  # test_batch.py
        "GATEWAY_HEAD_BYTES",  # test_protocol.py, like those that follow
        "GATEWAY_HEAD_LINES",
        "GATEWAY_HEAD_TIMEOUT",
        "GATEWAY_BODY_TIMEOUT",
    }
    tried = {limit.setting for limit in LIMITS} | elsewhere
    assert tried == {variable.name for variable in LIMIT_VARIABLES}
