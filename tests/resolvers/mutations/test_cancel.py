from __future__ import annotations

import pytest

from tests.conftest import Graphql
from tests.resolvers.gateways import problems
from tests.resolvers.mutations.asking import codes, mutate, outcome
from upstream.demo import DEVELOPER_TOKEN, REPORTER_TOKEN, DemoGitLab, ManualClock, examples
from upstream.demo.lifecycle import CANCELING_SECONDS

CANCEL = "POST /projects/:id/jobs/:job_id/cancel"


async def test_a_running_job_is_canceled(demo: DemoGitLab, graphql: Graphql) -> None:
    payload = await outcome(graphql, "cancel", examples.RUNNING_JOB)
    assert payload["job"]["status"] == "CANCELING"
    assert payload["errors"] == []
    assert demo.calls.count(CANCEL) == 1


async def test_on_an_old_runner_it_is_canceled_at_once(demo: DemoGitLab, graphql: Graphql) -> None:
    job = demo.new_job(3, status="running")
    payload = await outcome(graphql, "cancel", job, project="3")
    assert (payload["job"]["status"], payload["errors"]) == ("CANCELED", [])


@pytest.mark.parametrize("status", ["created", "pending", "manual", "scheduled"])
async def test_a_job_that_has_not_begun_is_canceled(
    demo: DemoGitLab, graphql: Graphql, status: str
) -> None:
    payload = await outcome(graphql, "cancel", demo.new_job(1, status=status))
    assert (payload["job"]["status"], payload["errors"]) == ("CANCELED", [])


@pytest.mark.parametrize("status", ["success", "failed", "canceled", "skipped"])
async def test_gitlab_says_yes_to_canceling_a_finished_job_and_the_gateway_says_no_effect(
    demo: DemoGitLab, graphql: Graphql, status: str
) -> None:
    payload = await outcome(graphql, "cancel", demo.new_job(1, status=status))
    assert payload["job"]["status"] == status.upper()
    assert payload["errors"] == [
        {
            "code": "NO_EFFECT",
            "message": f"The job is {status}; GitLab cancels only jobs that have not finished.",
            "path": ["input", "id"],
        }
    ]


async def test_canceling_twice_says_how_to_force_it(graphql: Graphql) -> None:
    await outcome(graphql, "cancel", examples.RUNNING_JOB)
    payload = await outcome(graphql, "cancel", examples.RUNNING_JOB)
    assert payload["job"]["status"] == "CANCELING"
    assert codes(payload) == ["NO_EFFECT"]
    assert "`force: true`" in payload["errors"][0]["message"]


async def test_a_maintainer_ends_a_job_that_hangs_in_canceling(graphql: Graphql) -> None:
    await outcome(graphql, "cancel", examples.RUNNING_JOB)
    payload = await outcome(graphql, "cancel", examples.RUNNING_JOB, force=True)
    assert (payload["job"]["status"], payload["errors"]) == ("CANCELED", [])


async def test_force_does_nothing_to_a_running_job(graphql: Graphql) -> None:
    payload = await outcome(graphql, "cancel", examples.RUNNING_JOB, force=True)
    assert payload["job"]["status"] == "RUNNING"
    assert codes(payload) == ["NO_EFFECT"]
    assert "force" in payload["errors"][0]["message"]


async def test_once_canceled_by_itself_a_second_cancel_has_no_effect(
    clock: ManualClock, graphql: Graphql
) -> None:
    await outcome(graphql, "cancel", examples.RUNNING_JOB)
    clock.advance(CANCELING_SECONDS + 1)
    payload = await outcome(graphql, "cancel", examples.RUNNING_JOB)
    assert (payload["job"]["status"], codes(payload)) == ("CANCELED", ["NO_EFFECT"])


@pytest.mark.parametrize(
    ("token", "force"), [(REPORTER_TOKEN, None), (REPORTER_TOKEN, True), (DEVELOPER_TOKEN, True)]
)
async def test_who_may_not_cancel_gets_an_error_and_no_payload(
    demo: DemoGitLab, graphql: Graphql, *, token: str, force: bool | None
) -> None:
    job = examples.RUNNING_JOB
    answer = await mutate(
        graphql, "cancel", {"projectId": "1", "id": str(job), "force": force}, token=token
    )
    assert answer["data"] is None
    assert problems(answer) == {"cancelJob": "FORBIDDEN"}
    assert answer["errors"][0]["extensions"]["http"] == {"status": 403}
    assert demo.job(1, job).status == "running"


async def test_a_bridge_cannot_be_canceled_by_its_number(graphql: Graphql) -> None:
    answer = await mutate(graphql, "cancel", {"projectId": "1", "id": str(examples.BRIDGE)})
    assert problems(answer) == {"cancelJob": "NOT_FOUND"}
