from __future__ import annotations

import copy
import json
from typing import Any

import graphql
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.contestants import CONTESTANTS, Contestant
from benchmarks.payloads import make_payloads, newest
from benchmarks.places import SOURCES
from benchmarks.questions import (
    QUESTIONS,
    Question,
    by_name,
    camel,
    difference,
    expected,
    parse,
    snake,
)
from schema import build_schema

PAYLOADS = make_payloads(400)
SCHEMAS = {
    "gateway": lambda: graphql.build_schema(build_schema().as_str()),
    "yoga": lambda: graphql.build_schema((SOURCES / "yoga/schema.graphql").read_text()),
}
Q1, Q2, Q3, Q4, M1 = QUESTIONS


def named(name: str) -> Contestant:
    return next(one for one in CONTESTANTS if one.name == name)


def leaves(value: Any) -> int:
    if isinstance(value, dict):
        return sum(leaves(item) for item in value.values())
    return 1


def test_selections_are_read_with_what_is_nested() -> None:
    assert parse("id user { name } stage") == {"id": None, "user": {"name": None}, "stage": None}


def test_first_question_has_as_many_leaves_as_its_title_says() -> None:
    assert f"{leaves(parse(Q1.selection))} leaves" in Q1.title


def test_questions_are_found_by_name_in_the_order_asked_for() -> None:
    assert by_name(["M1", "Q1"]) == (M1, Q1)


@given(st.from_regex(r"[a-z]{2,8}(_[a-z]{2,8}){0,3}", fullmatch=True))
def test_names_survive_the_way_there_and_back(name: str) -> None:
    assert snake(camel(name)) == name


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
@pytest.mark.parametrize("server", SCHEMAS)
def test_texts_are_valid_for_the_schemas_they_are_put_to(server: str, question: Question) -> None:
    dialect = named(server).dialect
    assert dialect is not None
    document = graphql.parse(dialect.text(question))
    assert graphql.validate(SCHEMAS[server](), document) == []


@pytest.mark.parametrize("contestant", CONTESTANTS, ids=lambda one: one.name)
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_every_server_is_asked_for_every_field(contestant: Contestant, question: Question) -> None:
    dialect = contestant.dialect
    if dialect is None:
        assert contestant.name == "nginx"  # speaks REST
        return
    text = dialect.text(question)
    graphql.parse(text)
    for name in set(question.selection.split()) - {"{", "}", "id", "pipeline_detail"}:
        assert f"{name} " in text or f"{camel(name)} " in text


def test_ids_go_into_variables() -> None:
    dialect = named("yoga").dialect
    assert dialect is not None
    assert json.loads(dialect.body(M1, 7))["variables"] == {"id": 7}
    assert "variables" not in json.loads(dialect.body(Q1, 7))


def test_lists_are_answered_by_the_newest_jobs() -> None:
    right = expected(Q1, PAYLOADS, 0)
    assert [job["id"] for job in right] == [job["id"] for job in newest(PAYLOADS, 20)]
    assert right[0]["user"] == {"username": newest(PAYLOADS, 1)[0]["user"]["username"]}


def test_whole_pipelines_come_from_their_own_payload() -> None:
    right = expected(Q2, PAYLOADS, 0)
    found = {job["pipeline_detail"]["id"]: job["pipeline_detail"] for job in right}
    assert len(found) == 5
    assert all(
        detail["duration"] == PAYLOADS.pipelines[identity]["duration"]
        for identity, detail in found.items()
    )


def test_keys_that_gitlab_leaves_out_are_null() -> None:
    job = next(one for one in PAYLOADS.jobs.values() if one["status"] == "success")
    all_fields = Question("", "", "job", "failure_reason artifacts_file { filename }")
    right = expected(all_fields, PAYLOADS, job["id"])
    assert right == {"failure_reason": None, "artifacts_file": None}


def test_a_retry_is_answered_by_the_new_job() -> None:
    job = next(iter(PAYLOADS.jobs))
    assert expected(M1, PAYLOADS, job)["id"] == PAYLOADS.retried[job]["id"]


def test_answers_are_read_back_into_rests_names() -> None:
    dialect = named("gateway").dialect
    assert dialect is not None
    data = {"project": {"jobs": {"nodes": [{"webUrl": "x", "commit": {"shortId": "y"}}]}}}
    assert dialect.answer(Q1, data) == [{"web_url": "x", "commit": {"short_id": "y"}}]


def test_the_right_answer_differs_in_nothing() -> None:
    for question in QUESTIONS:
        right = expected(question, PAYLOADS, next(iter(PAYLOADS.jobs)))
        assert difference(right, copy.deepcopy(right)) is None


@pytest.mark.parametrize(
    ("right", "given_instead", "place"),
    [
        ({"id": 1}, {"id": 2}, ".id: 2, not 1"),
        ({"id": 1, "name": None}, {"id": 1}, "['name']"),
        ([1, 2], [1], "1 items, not 2"),
        ([{"tag": False}], [{"tag": 0}], "[0].tag"),
        ({"duration": 1.5}, {"duration": "1.5"}, ".duration"),
        ({"user": {"name": "a"}}, {"user": None}, ".user"),
        ({"status": "failed"}, {"status": "SUCCESS"}, ".status"),
        ({"coverage": "71.50"}, {"coverage": 71.4}, ".coverage"),
    ],
)
def test_wrong_answers_are_told_by_their_place(right: Any, given_instead: Any, place: str) -> None:
    told = difference(right, given_instead)
    assert told is not None
    assert place in told


@pytest.mark.parametrize(
    ("right", "as_well"),
    [
        ({"duration": 3}, {"duration": 3.0}),
        ({"coverage": "71.50"}, {"coverage": 71.5}),
        ({"status": "failed"}, {"status": "FAILED"}),
    ],
)
def test_what_schemas_may_say_otherwise_is_right_as_well(right: Any, as_well: Any) -> None:
    assert difference(right, as_well) is None
