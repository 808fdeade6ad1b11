from __future__ import annotations

import pytest

from tests.conftest import Graphql
from tests.resolvers.gateways import problems
from tests.resolvers.mutations.asking import codes, mutate, outcome
from upstream.demo import REPORTER_TOKEN, DemoGitLab, Fault, examples
from upstream.demo.effects import Respond

RETRY = "POST /projects/:id/jobs/:job_id/retry"


async def test_the_new_attempt_comes_back_with_a_new_id(demo: DemoGitLab, graphql: Graphql) -> None:
    payload = await outcome(graphql, "retry", examples.FAILED_JOB)
    job = payload["job"]
    assert job["databaseId"] > examples.FAILED_JOB
    assert (job["__typename"], job["name"], job["status"]) == ("Job", "e2e", "PENDING")
    assert job["user"]["username"] == "mia"
    assert payload["errors"] == []
    assert demo.calls.routes() == [RETRY]


@pytest.mark.parametrize(
    "job", [examples.RETRIED_JOB, examples.RUNNING_JOB, examples.MANUAL_JOB, examples.SKIPPED_JOB]
)
async def test_a_job_that_cannot_be_retried_is_the_users_business(
    graphql: Graphql, job: int
) -> None:
    payload = await outcome(graphql, "retry", job)
    assert payload["job"] is None
    assert payload["errors"] == [
        {
            "code": "NOT_RETRYABLE",
            "message": "403 Forbidden - Job is not retryable",
            "path": ["input", "id"],
        }
    ]


async def test_a_job_is_retried_once(graphql: Graphql) -> None:
    assert codes(await outcome(graphql, "retry", examples.FAILED_JOB)) == []
    assert codes(await outcome(graphql, "retry", examples.FAILED_JOB)) == ["NOT_RETRYABLE"]


async def test_who_may_not_retry_gets_an_error(graphql: Graphql) -> None:
    given = {"projectId": "1", "id": str(examples.FAILED_JOB)}
    answer = await mutate(graphql, "retry", given, token=REPORTER_TOKEN)
    assert problems(answer) == {"retryJob": "FORBIDDEN"}


async def test_a_retried_bridge_comes_back_in_the_shape_of_a_job(graphql: Graphql) -> None:
    payload = await outcome(graphql, "retry", examples.CHILD_BRIDGE)
    assert payload["job"]["name"] == "docs"
    assert payload["job"]["databaseId"] != examples.CHILD_BRIDGE
    assert payload["errors"] == []


async def test_inputs_that_this_gitlab_does_not_offer_are_named(graphql: Graphql) -> None:
    payload = await outcome(graphql, "retry", examples.FAILED_JOB, inputs={"speed": "fast"})
    assert payload["job"] is None
    assert payload["errors"][0]["code"] == "INVALID_INPUT"
    assert payload["errors"][0]["path"] == ["input", "inputs"]
    assert "not available" in payload["errors"][0]["message"]


async def test_inputs_that_gitlab_does_not_accept_are_named(
    demo: DemoGitLab, graphql: Graphql
) -> None:
    body = b'{"message":{"base":["speed: unknown input"]}}'
    demo.faults.add(Fault(Respond(400, body), route=RETRY))
    payload = await outcome(graphql, "retry", examples.FAILED_JOB, inputs={"speed": 1})
    assert (payload["job"], codes(payload)) == (None, ["INVALID_INPUT"])
    assert "speed: unknown input" in payload["errors"][0]["message"]


async def test_inputs_must_be_an_object(demo: DemoGitLab, graphql: Graphql) -> None:
    given = {"projectId": "1", "id": str(examples.FAILED_JOB), "inputs": ["fast"]}
    answer = await mutate(graphql, "retry", given)
    assert problems(answer) == {"retryJob": "BAD_USER_INPUT"}
    assert demo.calls.routes() == []
