"""Where the two engines once differed, or easily could: one answer of GitLab at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import orjson
import pytest

from schema import build_schema
from tests.gateway.execution.compiled import payloads
from tests.gateway.execution.compiled.engines import Answer, Engines, ask, running
from tests.gateway.execution.compiled.gitlab import Behaviour, CannedGitLab
from upstream.transports.base import Request

ENGINES = Engines(build_schema())

SHORT = payloads.pipeline(Random(2), 2) | {"project_id": 1, "sha": "a" * 40}
WHOLE = payloads.pipeline(Random(1), 2, whole=True) | {"sha": "a" * 40}
COMMIT = payloads.commit(Random(1), "a" * 40)
JOB = payloads.job(Random(1), 7) | {"pipeline": SHORT, "commit": COMMIT}

Answers = dict[str, Any]

USUAL: Answers = {
    "GET /projects/1/jobs": [JOB],
    "GET /projects/1/jobs/7": JOB,
    "GET /projects/1/pipelines/2": WHOLE,
    f"GET /projects/1/repository/commits/{'a' * 40}": COMMIT | {"stats": None, "status": None},
    "POST /projects/1/jobs/7/cancel": JOB,
    "POST /projects/1/jobs/7/retry": JOB | {"id": 8},
}


def without(payload: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in payload.items() if key not in keys}


def job_with(**values: Any) -> Answers:
    return {"GET /projects/1/jobs/7": JOB | values, "GET /projects/1/jobs": [JOB | values]}


def at_once(_: Request) -> int:
    return 1


def ask_both(
    text: str,
    variables: Mapping[str, Any],
    answers: Answers,
    turns: Callable[[Request], int] = at_once,
) -> tuple[Answer, Answer]:
    """What both engines say; `turns` is how long each of GitLab's answers takes."""
    operation = ENGINES.operation(text, variables)
    told: list[Answer] = []

    async def ask_each() -> None:
        for engine in (ENGINES.stock, ENGINES.compiled):
            gitlab = CannedGitLab(Behaviour(), turns, answers={**USUAL, **answers})
            told.append(await ask(engine, operation, gitlab))

    running(ask_each)
    stock, compiled = told
    return stock, compiled


CASES: Mapping[str, tuple[str, Answers]] = {
    "the first of several failing siblings is told": (
        '{ job(projectId: "1", id: "7") { pipeline { archived sha } id } }',
        job_with(id=None, pipeline=without(SHORT, "archived") | {"sha": None}),
    ),
    "what fails without a call takes none": (
        '{ job(projectId: "1", id: "7") { pipeline { sha yamlErrors } } }',
        job_with(pipeline=SHORT | {"sha": {}}),
    ),
    "siblings that wait for the same call": (
        '{ job(projectId: "1", id: "7") { pipeline { commit { title webUrl message } } } }',
        {f"GET /projects/1/repository/commits/{'a' * 40}": (404, {"message": "404 Not found"})},
    ),
    "a record that is null, asked for its type alone": (
        '{ job(projectId: "1", id: "7") { name pipeline { __typename } } }',
        job_with(pipeline=None),
    ),
    "records that are none, asked for their types alone": (
        '{ job(projectId: "1", id: "7") { pipeline { __typename } commit { __typename } } }',
        job_with(pipeline="text", commit=[]),
    ),
    "objects that are none, asked for their types alone": (
        '{ job(projectId: "1", id: "7") { user { __typename } runner { t: __typename } } }',
        job_with(user="text", runner=7),
    ),
    "lists of objects that are none, asked for their types alone": (
        '{ project(id: "1") { jobs { nodes { artifacts { __typename } tagList } } } }',
        job_with(artifacts=[{}, None], tag_list=None),
    ),
    "a completed pipeline keeps the project that it was found under": (
        '{ job(projectId: "1", id: "7") { pipeline { id tag } } }',
        job_with(pipeline=without(SHORT, "project_id"))
        | {"GET /projects/1/pipelines/2": WHOLE | {"project_id": 99}},
    ),
    "a completed commit keeps the project that it was found under": (
        '{ job(projectId: "1", id: "7") { commit { stats { total } id } } }',
        {
            f"GET /projects/1/repository/commits/{'a' * 40}": COMMIT
            | {"project_id": 99, "stats": {"total": 1}}
        },
    ),
    "a value that its own form has beats that of the complete one": (
        '{ job(projectId: "1", id: "7") { pipeline { ref iid tag status beforeSha } } }',
        job_with(pipeline=SHORT | {"ref": "short", "iid": None})
        | {"GET /projects/1/pipelines/2": WHOLE | {"ref": "whole", "iid": 3}},
    ),
    "a completion that fails leaves what is there": (
        '{ job(projectId: "1", id: "7") { pipeline { status tag coverage iid } } }',
        {"GET /projects/1/pipelines/2": (500, {"message": "500"})},
    ),
    "a record without the number that completing needs": (
        '{ job(projectId: "1", id: "7") { pipeline { status tag } } }',
        job_with(pipeline=without(SHORT, "id")),
    ),
    "numbers at the edges of their types": (
        '{ job(projectId: "1", id: "7") { databaseId coverage duration pipeline { iid } } }',
        job_with(id=2**63 - 1, coverage=1e308, duration=True, pipeline=SHORT | {"iid": 2**31}),
    ),
    "text where numbers belong": (
        '{ pipeline(projectId: "1", id: "2") { coverage duration iid databaseId tag } }',
        {
            "GET /projects/1/pipelines/2": WHOLE
            | {"coverage": "nan", "duration": "1.5", "iid": "12", "id": "2", "tag": "true"}
        },
    ),
    "coverage that is no number": (
        '{ pipeline(projectId: "1", id: "2") { coverage duration } }',
        {"GET /projects/1/pipelines/2": WHOLE | {"coverage": "most", "duration": [1]}},
    ),
    "statuses of tomorrow, and none": (
        '{ job(projectId: "1", id: "7") { status pipeline { status } } }',
        job_with(status="dreaming", pipeline=SHORT | {"status": None}),
    ),
    "one field asked for twice with other selections": (
        """{ project(id: "1") {
            jobs { nodes { a: pipeline { id } } }
            jobs { edges { node { a: pipeline { status } } } nodes { a: pipeline { yamlErrors } } }
        } }""",
        {},
    ),
    "a null is accounted for by what made it, not by what stands first": (
        """fragment Status on Commit { status } query {
            pipeline(projectId: "1", id: "2") { commit { shortId ...Status } }
        }""",
        {f"GET /projects/1/repository/commits/{'a' * 40}": (429, "Retry later")},
    ),
    "what GitLab leaves out where it is null stays null when the rest is completed": (
        '{ project(id: "1") { jobs { nodes { coverage failureReason tagList } } } }',
        {"GET /projects/1/jobs": [without(JOB, "coverage", "failure_reason", "tag_list")]}
        | {"GET /projects/1/jobs/7": JOB | {"coverage": 100, "failure_reason": "unknown_failure"}},
    ),
    "fields are looked at in the order of the document, whatever they take": (
        """{ job(projectId: "1", id: "7") {
            pipeline { bridges { totalCount } id } commit { stats { additions } }
        } }""",
        job_with(pipeline=SHORT | {"id": None}),
    ),
    "records are not alike for being equal in Python": (
        '{ project(id: "1") { jobs { nodes { commit { trailers stats { total } } } } } }',
        {
            "GET /projects/1/jobs": [
                JOB | {"id": number, "commit": COMMIT | {"trailers": {"n": value}}}
                for number, value in enumerate((1, True, 1.0, 0, False, -0.0), start=1)
            ]
        },
    ),
    "commits are not alike when they were found in two projects": (
        '{ project(id: "1") { jobs { nodes { commit { id stats { total } } } } } }',
        {
            "GET /projects/1/jobs": [
                JOB | {"id": number, "pipeline": SHORT | {"project_id": number}}
                for number in (1, 2)
            ]
        },
    ),
    "records that wait for one call, alike and not": (
        """{ project(id: "1") {
            jobs { nodes { pipeline { id ref duration status } p: pipeline { tag } } }
        } }""",
        {
            "GET /projects/1/jobs": [
                JOB | {"id": number, "pipeline": pipeline}
                for number, pipeline in enumerate(
                    (SHORT, SHORT, SHORT | {"ref": "x"}, without(SHORT, "status"), SHORT), start=1
                )
            ]
        },
    ),
    "records that wait for one call, and one of them is odd": (
        '{ project(id: "1") { jobs { edges { node { pipeline { status duration sha } } } } } }',
        {
            "GET /projects/1/jobs": [
                JOB | {"id": number, "pipeline": SHORT | {"source": number % 2, "sha": sha}}
                for number, sha in enumerate(("b" * 40, None, "b" * 40, "b" * 40), start=1)
            ]
        },
    ),
    "a bridge has no other form that would complete it": (
        '{ pipeline(projectId: "1", id: "2") { bridges { nodes { name stage user { name } } } } }',
        {"GET /projects/1/pipelines/2/bridges": [without(JOB, "user", "artifacts")]},
    ),
    "a bridge that lacks what is required": (
        '{ pipeline(projectId: "1", id: "2") { bridges { nodes { id stage } totalCount } } }',
        {"GET /projects/1/pipelines/2/bridges": [JOB, without(JOB, "stage")]},
    ),
    "the job of a job token, when it does not say where it belongs": (
        "{ currentJob { name tagList runner { name } id } }",
        {"GET /job": without(JOB, "pipeline", "runner")},
    ),
    "a listed job that lacks its pipeline": (
        '{ project(id: "1") { jobs { nodes { pipeline { id } commit { title } } } } }',
        {"GET /projects/1/jobs": [without(JOB, "pipeline", "commit")]},
    ),
}


@pytest.mark.parametrize(("text", "answers"), CASES.values(), ids=CASES.keys())
def test_both_engines_say_the_same_by_the_same_calls(text: str, answers: Answers) -> None:
    stock, compiled = ask_both(text, {}, answers)
    assert compiled.body == stock.body
    assert compiled.calls <= stock.calls


@pytest.mark.parametrize(("late", "told"), [(3, 0), (2, 1)])
def test_of_two_that_fail_below_one_null_the_first_to_fail_is_told(late: int, told: int) -> None:
    answers = {
        "GET /projects/1/jobs": [
            JOB | {"id": number, "pipeline": without(SHORT, "sha") | {"id": number}}
            for number in (2, 3)
        ],
        "GET /projects/1/pipelines/2": (404, {"message": "404 Not found"}),
        "GET /projects/1/pipelines/3": (404, {"message": "404 Not found"}),
    }
    text = '{ project(id: "1") { jobs { nodes { name pipeline { sha } } } } }'
    stock, compiled = ask_both(
        text, {}, answers, lambda request: 5 if request.target.endswith(f"/{late}") else 1
    )
    assert compiled == stock
    (error,) = orjson.loads(compiled.body)["errors"]
    assert error["path"] == ["project", "jobs", "nodes", told, "pipeline", "sha"]


@pytest.mark.parametrize(
    "first",
    [
        'playJob(input: {id: "0", projectId: "1"}) { __typename }',
        'retryJob(input: {id: "9", projectId: "1"}) { __typename }',
    ],
    ids=["refused here", "refused by GitLab"],
)
def test_a_mutation_that_fails_for_good_keeps_the_next_from_acting(first: str) -> None:
    second = 'cancelJob(input: {id: "7", projectId: "1"}) { job { name } }'
    answers = {"POST /projects/1/jobs/9/retry": (403, {"message": "403 Forbidden"})}
    stock, compiled = ask_both(f"mutation {{ {first} {second} }}", {}, answers)
    assert compiled == stock
    assert orjson.loads(compiled.body)["data"] is None
    assert "POST /api/v4/projects/1/jobs/7/cancel " not in compiled.calls


def test_mutations_run_one_after_the_other() -> None:
    text = """mutation {
        retryJob(input: {id: "7", projectId: "1"}) { job { databaseId pipeline { duration } } }
        cancelJob(input: {id: "7", projectId: "1"}) { errors { code } job { pipeline { tag } } }
    }"""
    stock, compiled = ask_both(text, {}, {})
    assert compiled == stock
    assert [call.split("/")[-1].strip() for call in compiled.calls] == ["retry", "2", "7", "cancel"]


@pytest.mark.parametrize("given", [{"id": None}, {"id": "1"}, {}])
def test_a_required_root_field_that_fails_ends_the_operation(given: dict[str, Any]) -> None:
    text = """query ($id: ID = "") { project(id: $id) { id } node(id: "Sm9iOjE6Nw") { id } }"""
    stock, compiled = ask_both(text, given, {})
    assert compiled == stock
    assert compiled.calls.total() == (1 if given.get("id") else 0)
