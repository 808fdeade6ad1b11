from __future__ import annotations

import pytest

from tests.conftest import Graphql
from tests.resolvers.gateways import data, problems
from tests.resolvers.mutations.asking import codes, mutate, outcome
from upstream.demo import DEVELOPER_TOKEN, DemoGitLab, examples

ERASE = "POST /projects/:id/jobs/:job_id/erase"


async def test_artifacts_and_log_are_gone_and_the_job_stays(
    demo: DemoGitLab, graphql: Graphql
) -> None:
    given = {"projectId": "1", "id": str(examples.FINISHED_JOB)}
    selection = "job { ... on Job { name erasedAt artifacts { filename } } } errors { code }"
    answer = await mutate(graphql, "erase", given, selection=selection)
    payload = data(answer)["eraseJob"]
    assert payload["job"]["name"] == "compile"
    assert payload["job"]["erasedAt"] is not None
    assert payload["job"]["artifacts"] == []
    assert payload["errors"] == []
    assert demo.calls.routes() == [ERASE]


async def test_a_second_time_there_is_nothing_left_to_erase(graphql: Graphql) -> None:
    await outcome(graphql, "erase", examples.FINISHED_JOB)
    payload = await outcome(graphql, "erase", examples.FINISHED_JOB)
    assert payload["job"] is None
    assert payload["errors"] == [
        {
            "code": "NOT_ERASABLE",
            "message": "403 Forbidden - Job is not erasable!",
            "path": ["input", "id"],
        }
    ]


@pytest.mark.parametrize("job", [examples.RUNNING_JOB, examples.MANUAL_JOB, examples.SKIPPED_JOB])
async def test_only_finished_jobs_are_erased(graphql: Graphql, job: int) -> None:
    assert codes(await outcome(graphql, "erase", job)) == ["NOT_ERASABLE"]


async def test_who_may_not_erase_gets_an_error(graphql: Graphql) -> None:
    given = {"projectId": "1", "id": str(examples.FINISHED_JOB)}
    answer = await mutate(graphql, "erase", given, token=DEVELOPER_TOKEN)
    assert answer["data"] is None
    assert problems(answer) == {"eraseJob": "FORBIDDEN"}
