"""Plans are kept with their document: few of them, and never one in the place of another."""

from __future__ import annotations

import itertools

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.execution.compiled.engine import CHARACTERS_PER_FIELD, FIELDS_AT_LEAST
from gateway.execution.documents import Document
from gateway.limits.config import DocumentLimits
from schema import build_schema
from tests.gateway.execution.compiled.agreement import assert_agreement
from tests.gateway.execution.compiled.engines import Engines, ask, gitlab_of, running
from tests.gateway.execution.compiled.gitlab import Behaviour

SCHEMA = build_schema()
PLAIN = Behaviour(seed=1)

FIVE_CONDITIONS = """
query ($a: Boolean!, $b: Boolean!, $c: Boolean!, $d: Boolean!, $e: Boolean!) {
  job(projectId: "1", id: "7") {
    id @include(if: $a) name @skip(if: $b)
    ... on Job @include(if: $c) { stage }
    ...Rest @skip(if: $d)
  }
}
fragment Rest on CiJob { ref status @include(if: $e) }
"""


SEVEN_CONDITIONS = """
query ($a: Boolean!, $b: Boolean!, $c: Boolean!, $d: Boolean!, $e: Boolean!, $f: Boolean!,
       $g: Boolean!) {
  job(projectId: "1", id: "7") {
    id @include(if: $a) name @skip(if: $b) stage @skip(if: $c) ref @skip(if: $d)
    status @include(if: $e) webUrl @include(if: $f) duration @include(if: $g)
  }
}
"""


def plans_of(document: Document) -> int:
    return sum(len(prepared.plans) for prepared in document.plans.values())


def fields_kept(document: Document) -> int:
    """Fields of all the plans that are kept with a document."""
    plans = [plan for prepared in document.plans.values() for plan in prepared.plans.values()]
    return sum(plan.size for plan in plans if plan is not None)


def fields_allowed(document: Document) -> int:
    return FIELDS_AT_LEAST + len(document.text) // CHARACTERS_PER_FIELD


def test_each_combination_of_conditions_has_its_own_answer() -> None:
    engines = Engines(SCHEMA)
    combinations = [
        dict(zip("abcde", values, strict=True))
        for values in itertools.product((True, False), repeat=5)
    ]

    async def ask_for_each() -> None:
        for variables in [*combinations, *reversed(combinations)]:
            operation = engines.operation(FIVE_CONDITIONS, variables)
            await assert_agreement(engines, operation, PLAIN, 0)
            shown = orjson.loads(
                (await ask(engines.compiled, operation, gitlab_of(PLAIN, 0))).body
            )["data"]["job"]
            assert ("id" in shown) is variables["a"]
            assert ("name" in shown) is not variables["b"]
            assert ("stage" in shown) is variables["c"]
            assert ("ref" in shown) is not variables["d"]
            assert ("status" in shown) is (variables["e"] and not variables["d"])

    running(ask_for_each)


def test_no_more_fields_are_kept_than_the_length_of_the_text_allows() -> None:
    engines = Engines(SCHEMA)

    async def ask_for_each() -> None:
        for values in itertools.product((True, False), repeat=7):
            variables = dict(zip("abcdefg", values, strict=True))
            await ask(
                engines.compiled,
                engines.operation(SEVEN_CONDITIONS, variables),
                gitlab_of(PLAIN, 0),
            )

    running(ask_for_each)
    document = engines.documents.get(SEVEN_CONDITIONS)
    assert 0 < fields_kept(document) <= fields_allowed(document) < 2**7 * 8


def test_fragments_that_double_again_and_again_are_left_to_the_stock_engine() -> None:
    doubling = "\n".join(
        f"fragment P{level} on Pipeline {{"
        f" a: commit {{ lastPipeline {{ ...P{level + 1} }} }}"
        f" b: commit {{ lastPipeline {{ ...P{level + 1} }} }} }}"
        for level in range(16)
    )
    text = f'{{ pipeline(projectId: "1", id: "0") {{ ...P0 }} }} {doubling}'
    text += " fragment P16 on Pipeline { id }"
    engines = Engines(SCHEMA, DocumentLimits(depth=0, fields=0))

    async def ask_once() -> None:
        await assert_agreement(engines, engines.operation(text, {}), PLAIN, 0)

    running(ask_once)
    assert fields_kept(engines.documents.get(text)) == 0


@settings(max_examples=20)
@given(st.permutations([(kept, number) for kept in (True, False) for number in ("1", "2", "7")]))
def test_variables_of_arguments_need_no_plan_of_their_own(order: list[tuple[bool, str]]) -> None:
    engines = Engines(SCHEMA)
    text = """query ($kept: Boolean!, $id: ID!) {
        project(id: "1") { job(id: $id) { id databaseId @include(if: $kept) } }
    }"""

    async def ask_in_order() -> None:
        for kept, number in order:
            operation = engines.operation(text, {"kept": kept, "id": number})
            answer = await ask(engines.compiled, operation, gitlab_of(PLAIN, 0))
            shown = orjson.loads(answer.body)["data"]["project"]["job"]
            assert shown.get("databaseId") == (int(number) if kept else None)

    running(ask_in_order)
    assert plans_of(engines.documents.get(text)) == 2


def test_a_condition_by_default_is_the_same_as_one_given() -> None:
    engines = Engines(SCHEMA)
    text = 'query ($v: Boolean = true) { project(id: "1") { id __typename @include(if: $v) } }'

    async def ask_for_each() -> None:
        for variables in ({}, {"v": False}, {"v": True}, {"v": None}, {}):
            await assert_agreement(engines, engines.operation(text, variables), PLAIN, 0)

    running(ask_for_each)


def test_operations_of_one_document_have_plans_of_their_own() -> None:
    engines = Engines(SCHEMA)
    text = """
        query A { project(id: "1") { ...P } } query B { project(id: "2") { ...P __typename } }
        fragment P on Project { id }
    """

    async def ask_both_twice() -> None:
        for name, shown in (("A", {"id": "1"}), ("B", {"id": "2", "__typename": "Project"})) * 2:
            operation = engines.operation(text, name=name)
            answer = await ask(engines.compiled, operation, gitlab_of(PLAIN, 0))
            assert orjson.loads(answer.body) == {"data": {"project": shown}, "errors": []}

    running(ask_both_twice)
    assert plans_of(engines.documents.get(text)) == 2


def test_variables_of_mutations_are_not_kept() -> None:
    engines = Engines(SCHEMA)
    text = """mutation ($id: ID!, $key: String!, $inputs: JSON) { playJob(input: {
        projectId: "1", id: $id, variables: [{key: $key, value: "v"}], inputs: $inputs
    }) { job { databaseId } } }"""

    async def play() -> None:
        for number, key, inputs in (("1", "a", {"x": 1}), ("2", "b", None), ("1", "a", {"x": 1})):
            variables = {"id": number, "key": key, "inputs": inputs}
            operation = engines.operation(text, variables)
            answer = await ask(engines.compiled, operation, gitlab_of(PLAIN, 0))
            (call,) = answer.calls
            target, _, body = call.partition(" {")
            assert target == f"POST /api/v4/projects/1/jobs/{number}/play"
            sent = orjson.loads("{" + body)
            assert sent["job_variables_attributes"] == [{"key": key, "value": "v"}]
            assert sent.get("job_inputs") == inputs

    running(play)


@pytest.mark.parametrize(
    ("text", "repeats"),
    [
        ('{ project(id: "1") { jobs { nodes { name pipeline { duration } } } } }', False),
        ('{ project(id: "1") { jobs { nodes { name } } pipelines { nodes { sha } } } }', False),
        ('{ project(id: "1") { a: jobs { nodes { name } } b: jobs { nodes { ref } } } }', True),
        ('{ a: project(id: "1") { id } b: project(id: "2") { id } }', True),
        ('{ project(id: "1") { jobs { nodes { pipeline { jobs { nodes { name } } } } } } }', True),
        ('mutation { retryJob(input: {projectId: "1", id: "7"}) { job { name } } }', True),
    ],
)
def test_a_plan_knows_whether_anything_may_be_asked_for_twice(text: str, *, repeats: bool) -> None:
    engines = Engines(SCHEMA)
    operation = engines.operation(text)

    async def plan() -> None:
        await ask(engines.compiled, operation, gitlab_of(PLAIN, 0))

    running(plan)
    (prepared,) = operation.document.plans.values()
    (made,) = prepared.plans.values()
    assert made.repeats is repeats
