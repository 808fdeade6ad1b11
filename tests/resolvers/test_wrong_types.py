"""A GitLab that sends other kinds of values: each spoils its own place, and is named there."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.responses import Response

from tests.resolvers.gateways import BOTH_ENGINES, data, gateway_over, problems
from tests.resolvers.oddities import EVERYTHING, JOB, PIPELINE, ask, checked, gitlab

pytestmark = BOTH_ENGINES

WRONG: dict[str, Any] = {
    "text": "text",
    "number": 12.5,
    "truth": True,
    "list": [{"id": 1}],
    "list of text": ["text"],
    "object": {"id": "x"},
    "empty object": {},
    "deep": {"id": {"id": {"id": []}}},
}


@pytest.mark.parametrize("value", WRONG.values(), ids=WRONG)
async def test_wrong_types_in_every_place(engine: str, value: Any) -> None:
    answer = await ask(dict.fromkeys(JOB, value), engine)
    checked(answer)
    assert answer["errors"]


@pytest.mark.parametrize("key", ["user", "commit", "pipeline", "artifacts", "status", "project"])
async def test_one_wrong_type_spoils_one_field(engine: str, key: str) -> None:
    canned = gitlab(JOB)
    fields: list[str] = []
    for number, value in enumerate(WRONG.values(), 100):
        canned.answers[f"GET /projects/1/jobs/{number}"] = {**JOB, "id": number, key: value}
        fields.append(f'odd{number}: job(id: "{number}") {{ {EVERYTHING} }}')
    async with gateway_over(canned, GATEWAY_COMPILED=engine) as graphql:
        answer = await graphql(f'{{ project(id: "1") {{ {" ".join(fields)} }} }}')
    assert set(problems(answer).values()) <= {"UPSTREAM_INVALID"}
    # An id is made of the pipeline's project, and a pipeline must be there.
    spoiled = {key, "id"} if key == "pipeline" else {key}
    assert {path.split(".")[2] for path in problems(answer)} <= spoiled
    assert key in ("project", "pipeline") or all(
        job is None or job["name"] == "rspec" for job in answer["data"]["project"].values()
    )


@pytest.mark.parametrize("value", WRONG.values(), ids=WRONG)
async def test_wrong_types_in_a_pipeline(engine: str, value: Any) -> None:
    canned = gitlab(JOB)
    canned.answers["GET /projects/1/pipelines/6"] = {
        **PIPELINE,
        **dict.fromkeys(("coverage", "duration", "user", "detailed_status", "tag"), value),
    }
    async with gateway_over(canned, GATEWAY_COMPILED=engine) as graphql:
        answer = await graphql(
            """{ odd: pipeline(projectId: "1", id: "6") { status coverage duration tag
            user { username } detailedStatus { text } }
            fine: job(projectId: "1", id: "8") { name status user { username } } }"""
        )
    checked(answer)
    assert answer["data"]["odd"]["status"] == "SUCCESS"


@pytest.mark.parametrize("item", [None, 7, "text", [JOB]])
async def test_a_list_of_something_else(engine: str, item: Any) -> None:
    canned = gitlab(JOB)
    canned.answers["GET /projects/1/jobs"] = [JOB, item]
    async with gateway_over(canned, GATEWAY_COMPILED=engine) as graphql:
        answer = await graphql(
            """{ project(id: "1") { jobs { nodes { name } } job(id: "8") { name } } }"""
        )
    assert answer["data"]["project"] == {"jobs": None, "job": {"name": "rspec"}}
    assert problems(answer) == {"project.jobs": "UPSTREAM_INVALID"}


@pytest.mark.parametrize("key", ["jobs", "pipelines/6/jobs", "pipelines/6/bridges", "pipelines"])
@pytest.mark.parametrize("number", [None, [1], {"id": 1}, "7", -1])
async def test_an_item_of_a_list_without_a_usable_id_is_shown_where_no_id_is_asked_for(
    engine: str, key: str, number: Any
) -> None:
    canned = gitlab(JOB)
    canned.answers[f"GET /projects/1/{key}"] = [JOB, {**JOB, "id": number}, {**JOB, "id": number}]
    field = key.rpartition("/")[2]
    inner = f"{field} {{ nodes {{ ref }} }}"
    query = f"pipeline(id: 6) {{ {inner} }}" if "/" in key else inner
    async with gateway_over(canned, GATEWAY_COMPILED=engine) as graphql:
        shown = data(await graphql(f'{{ project(id: "1") {{ {query} }} }}'))["project"]
        failing = await graphql(f'{{ project(id: "1") {{ id {query.replace("ref", "id")} }} }}')
    connection = shown["pipeline"][field] if "/" in key else shown[field]
    assert len(connection["nodes"]) >= 2
    assert {node["ref"] for node in connection["nodes"]} == {"main"}
    assert failing["data"]["project"]["id"] == "1"
    assert set(problems(failing).values()) == {"UPSTREAM_INVALID"}


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"<html>", b"\xff\xfe", b'{"id": 7', b"NaN", b'{"id": 7}' * 2],
)
async def test_an_answer_that_is_no_json(engine: str, body: bytes) -> None:
    answer = await ask(Response(body, media_type="application/json"), engine)
    checked(answer)
    assert problems(answer) == {"odd": "UPSTREAM_INVALID"}
