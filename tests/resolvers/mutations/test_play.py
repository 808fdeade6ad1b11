from __future__ import annotations

from typing import Any

import pytest

from resolvers.ids import GlobalId
from tests.conftest import Graphql
from tests.resolvers.gateways import data, problems
from tests.resolvers.mutations.asking import codes, mutate, outcome
from upstream.demo import DEVELOPER_TOKEN, DemoGitLab, Fault, ManualClock, examples
from upstream.demo.effects import Respond

PLAY = "POST /projects/:id/jobs/:job_id/play"
VARIABLES = [{"key": "TARGET", "value": "blue"}, {"key": "EMPTY", "value": ""}]


async def test_a_manual_job_starts(demo: DemoGitLab, graphql: Graphql) -> None:
    payload = await outcome(graphql, "play", examples.MANUAL_JOB)
    assert payload["job"]["databaseId"] == examples.MANUAL_JOB
    assert (payload["job"]["status"], payload["errors"]) == ("PENDING", [])
    assert demo.calls.routes() == [PLAY]


async def test_a_delayed_job_starts_now(graphql: Graphql) -> None:
    payload = await outcome(graphql, "play", examples.SCHEDULED_JOB)
    assert (payload["job"]["status"], payload["errors"]) == ("PENDING", [])


async def test_variables_reach_the_job(demo: DemoGitLab, graphql: Graphql) -> None:
    payload = await outcome(graphql, "play", examples.MANUAL_JOB, variables=VARIABLES)
    assert payload["errors"] == []
    assert demo.job(1, examples.MANUAL_JOB).variables == {"TARGET": "blue", "EMPTY": ""}


@pytest.mark.parametrize("job", [examples.RUNNING_JOB, examples.FINISHED_JOB, examples.CREATED_JOB])
async def test_a_job_that_cannot_be_played_is_the_users_business(
    graphql: Graphql, job: int
) -> None:
    payload = await outcome(graphql, "play", job)
    assert payload["job"] is None
    assert payload["errors"] == [
        {
            "code": "NOT_PLAYABLE",
            "message": "400 Bad request - Unplayable Job",
            "path": ["input", "id"],
        }
    ]


@pytest.mark.parametrize(
    ("input", "path"),
    [
        ({"variables": VARIABLES}, ["input", "variables"]),
        ({"inputs": {"speed": "fast"}}, ["input", "inputs"]),
        ({"variables": VARIABLES, "inputs": {"a": 1}}, ["input", "variables"]),
    ],
)
async def test_what_gitlab_drops_when_it_plays_a_finished_job_is_said(
    demo: DemoGitLab, graphql: Graphql, input: dict[str, Any], path: list[str]
) -> None:
    job = demo.new_job(1, status="manual")
    demo.job(1, job).status = "success"
    payload = await outcome(graphql, "play", job, **input)
    assert payload["job"]["databaseId"] > job
    assert codes(payload) == ["NO_EFFECT"]
    assert payload["errors"][0]["path"] == path


async def test_a_finished_manual_job_is_simply_played_again(
    demo: DemoGitLab, graphql: Graphql
) -> None:
    job = demo.new_job(1, status="manual")
    demo.job(1, job).status = "success"
    payload = await outcome(graphql, "play", job)
    assert payload["job"]["databaseId"] > job
    assert payload["errors"] == []


async def test_a_bridge_comes_back_as_a_bridge(clock: ManualClock, graphql: Graphql) -> None:
    selection = """job { __typename id databaseId status
      ... on Bridge { downstreamPipeline { id status } } } errors { code }"""
    given = {"projectId": "1", "id": str(examples.MANUAL_BRIDGE)}
    payload = data(await mutate(graphql, "play", given, selection=selection))["playJob"]
    assert payload["errors"] == []
    bridge = payload["job"]
    assert bridge["__typename"] == "Bridge"
    assert bridge["downstreamPipeline"] is None  # it is pending
    clock.advance(30)
    found = data(
        await graphql(
            "query ($id: ID!) { node(id: $id)"
            " { ... on Bridge { downstreamPipeline { projectId jobs { totalCount } } } } }",
            {"id": bridge["id"]},
        )
    )
    downstream = found["node"]["downstreamPipeline"]
    assert downstream["projectId"] == 3
    assert downstream["jobs"]["totalCount"] > 0


async def test_a_bridge_may_be_named_by_its_global_id(graphql: Graphql) -> None:
    pipeline = str(examples.MANUAL_PIPELINE)
    bridge = GlobalId("Bridge", "1", str(examples.MANUAL_BRIDGE), pipeline)
    answer = await mutate(graphql, "play", {"id": str(bridge)})
    assert data(answer)["playJob"]["job"]["id"] == str(bridge)


async def test_variables_without_the_right_to_set_them_are_forbidden(
    demo: DemoGitLab, graphql: Graphql
) -> None:
    job = demo.new_job(3, status="manual")
    given = {"projectId": "3", "id": str(job), "variables": VARIABLES}
    answer = await mutate(graphql, "play", given, token=DEVELOPER_TOKEN)
    assert problems(answer) == {"playJob": "FORBIDDEN"}


@pytest.mark.parametrize(
    "variables", [[{"key": "A"}], [{"value": "b"}], [{"key": "A", "value": None}], ["A=b"], 7]
)
async def test_a_variable_has_a_key_and_a_value(
    demo: DemoGitLab, graphql: Graphql, variables: Any
) -> None:
    given = {"projectId": "1", "id": str(examples.MANUAL_JOB), "variables": variables}
    answer = await mutate(graphql, "play", given)
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"BAD_USER_INPUT"}
    assert demo.calls.routes() == []


async def test_what_gitlab_does_not_accept_is_said_in_its_words(
    demo: DemoGitLab, graphql: Graphql
) -> None:
    body = b'{"error":"job_variables_attributes[0][key] is invalid"}'
    demo.faults.add(Fault(Respond(400, body), route=PLAY))
    payload = await outcome(graphql, "play", examples.MANUAL_JOB, variables=VARIABLES)
    assert (payload["job"], codes(payload)) == (None, ["INVALID_INPUT"])
    message = payload["errors"][0]["message"]
    assert message == "job_variables_attributes[0][key] is invalid"
