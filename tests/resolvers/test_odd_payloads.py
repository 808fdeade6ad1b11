"""A GitLab that is older or newer: nothing crashes, and neighbours survive."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.responses import Response

from tests.resolvers.gateways import BOTH_ENGINES, CannedGitLab, data, gateway_over, problems
from tests.resolvers.oddities import FINE, JOB, PIPELINE, ask, checked

pytestmark = BOTH_ENGINES


async def test_unknown_keys_are_passed_over(engine: str) -> None:
    answer = await ask({**JOB, "next_year": {"x": [1]}, "pipeline": {**PIPELINE, "y": 1}}, engine)
    checked(answer)
    assert data(answer)["odd"]["name"] == "rspec"


async def test_an_unknown_status_is_unknown(engine: str) -> None:
    odd = {**JOB, "status": "hibernating", "pipeline": {**PIPELINE, "status": "dreaming"}}
    answer = await ask(
        odd, engine, '{ job(projectId: "1", id: "7") { status pipeline { status } } }'
    )
    assert data(answer)["job"] == {"status": "UNKNOWN", "pipeline": {"status": "UNKNOWN"}}


@pytest.mark.parametrize("number", [2**31, 2**53 - 1, 2**53 + 1, 2**63 - 1])
async def test_an_id_keeps_all_its_digits(engine: str, number: int) -> None:
    canned = CannedGitLab(
        {f"GET /projects/1/jobs/{number}": {**JOB, "id": number, "user": {"id": number}}}
    )
    query = (
        f"""{{ job(projectId: "1", id: "{number}") {{ id databaseId user {{ databaseId }} }} }}"""
    )
    async with gateway_over(canned, GATEWAY_COMPILED=engine) as graphql:
        job = data(await graphql(query))["job"]
        again = data(
            await graphql(
                "query ($id: ID!) { node(id: $id) { ... on Job { databaseId } } }",
                {"id": job["id"]},
            )
        )
    assert job["databaseId"] == job["user"]["databaseId"] == number
    assert again["node"]["databaseId"] == number


OPTIONAL = {
    "coverage": "coverage",
    "erased_at": "erasedAt",
    "queued_duration": "queuedDuration",
    "user": "user { name }",
    "commit": "commit { title }",
    "runner": "runner { name }",
    "runner_manager": "runnerManager { version }",
    "artifacts_file": "artifactsFile { filename }",
    "failure_reason": "failureReason",
    "archived": "archived",
    "ref": "ref",
}


async def test_what_may_be_missing_is_null(engine: str) -> None:
    canned = CannedGitLab({})
    fields: list[str] = []
    for number, (key, field) in enumerate(OPTIONAL.items(), 1):
        without = {name: value for name, value in JOB.items() if name != key}
        for offset, odd in ((100, without), (200, {**JOB, key: None})):
            canned.answers[f"GET /projects/1/jobs/{offset + number}"] = odd
            fields.append(f'{key}{offset}: job(id: "{offset + number}") {{ name {field} }}')
    async with gateway_over(canned, GATEWAY_COMPILED=engine) as graphql:
        jobs = data(await graphql(f'{{ project(id: "1") {{ {" ".join(fields)} }} }}'))["project"]
    assert jobs == {
        f"{key}{offset}": {"name": "rspec", field.split()[0]: None}
        for key, field in OPTIONAL.items()
        for offset in (100, 200)
    }


@pytest.mark.parametrize("key", ["artifacts", "tag_list"])
async def test_a_list_that_is_missing_or_null_is_empty(engine: str, key: str) -> None:
    field = {"artifacts": "artifacts { size }", "tag_list": "tagList"}[key]
    query = f'{{ job(projectId: "1", id: "7") {{ {field} }} }}'
    for odd in ({**JOB, key: None}, {name: JOB[name] for name in JOB if name != key}):
        assert data(await ask(odd, engine, query))["job"] == {field.split()[0]: []}


@pytest.mark.parametrize("key", ["name", "status", "stage", "tag", "created_at", "web_url"])
@pytest.mark.parametrize("missing", [True, False], ids=["missing", "null"])
async def test_what_must_be_there_fails_for_its_own_job(
    engine: str, key: str, *, missing: bool
) -> None:
    odd = {name: value for name, value in JOB.items() if name != key or not missing}
    if not missing:
        odd[key] = None
    answer = await ask(odd, engine)
    checked(answer)
    assert answer["data"]["odd"] is None
    head, *tail = key.split("_")
    assert problems(answer) == {
        f"odd.{head}{''.join(part.title() for part in tail)}": "UPSTREAM_INVALID"
    }


async def test_nulls_everywhere(engine: str) -> None:
    answer = await ask(dict.fromkeys(JOB), engine)
    checked(answer)
    assert answer["data"]["odd"] is None
    assert answer["errors"]


async def test_nothing_at_all(engine: str) -> None:
    answer = await ask({}, engine)
    checked(answer)
    assert answer["data"]["odd"] is None
    assert answer["errors"]


@pytest.mark.parametrize("odd", [[], "text", 7, None, True, [JOB]])
async def test_an_answer_that_is_no_object(engine: str, odd: Any) -> None:
    answer = await ask(Response(json.dumps(odd), media_type="application/json"), engine)
    checked(answer)
    assert problems(answer) == {"odd": "UPSTREAM_INVALID"}


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from([*JOB, *PIPELINE, "file_type"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(odd=st.dictionaries(st.sampled_from(sorted(JOB)), ANYTHING, max_size=4))
def test_nothing_that_gitlab_may_send_is_a_fault_of_the_gateway(
    engine: str, odd: dict[str, Any]
) -> None:
    body = json.dumps({**JOB, **odd}).encode()
    answer = asyncio.run(ask(Response(body, media_type="application/json"), engine))
    assert {key: answer["data"]["fine"][key] for key in FINE} == FINE
    assert set(problems(answer).values()) <= {"UPSTREAM_INVALID", "NOT_FOUND"}
