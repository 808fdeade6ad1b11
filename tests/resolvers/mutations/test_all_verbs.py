"""What holds for every mutation: named once, sent once, answered fresh."""

from __future__ import annotations

import pytest

from resolvers.ids import GlobalId
from tests.conftest import Graphql
from tests.resolvers.gateways import BOTH_ENGINES, data, problems
from tests.resolvers.mutations.asking import codes, mutate, outcome
from upstream.demo import DemoGitLab, Fault, examples
from upstream.demo.effects import Cut, Respond, bad_gateway, rate_limited

pytestmark = BOTH_ENGINES

JOBS = {
    "cancel": examples.RUNNING_JOB,
    "retry": examples.FAILED_JOB,
    "erase": examples.FINISHED_JOB,
    "play": examples.MANUAL_JOB,
}
VERBS = pytest.mark.parametrize("verb", JOBS)


def sent(demo: DemoGitLab) -> int:
    return demo.calls.count(method="POST")


@VERBS
async def test_a_job_is_named_by_a_global_id_alone(graphql: Graphql, verb: str) -> None:
    job = str(GlobalId("Job", "1", str(JOBS[verb])))
    payload = data(await mutate(graphql, verb, {"id": job}))[f"{verb}Job"]
    assert payload["job"] is not None
    assert payload["errors"] == []


@VERBS
async def test_the_clients_own_id_is_handed_back(graphql: Graphql, verb: str) -> None:
    payload = await outcome(graphql, verb, JOBS[verb], clientMutationId="m-1 ü")
    assert payload["clientMutationId"] == "m-1 ü"
    assert (await outcome(graphql, verb, JOBS["erase"]))["clientMutationId"] is None


@VERBS
async def test_the_clients_own_id_is_handed_back_with_a_refusal(
    demo: DemoGitLab, graphql: Graphql, verb: str
) -> None:
    demo.faults.add(Fault(Respond(409, b'{"message":"409 Conflict"}'), method="POST"))
    payload = await outcome(graphql, verb, JOBS[verb], clientMutationId="m-2")
    assert payload["clientMutationId"] == "m-2"


@VERBS
async def test_a_conflict_is_the_users_business(
    demo: DemoGitLab, graphql: Graphql, verb: str
) -> None:
    body = b'{"message":"409 Conflict: Project stats are being refreshed"}'
    demo.faults.add(Fault(Respond(409, body), method="POST"))
    payload = await outcome(graphql, verb, JOBS[verb])
    assert payload["job"] is None
    assert payload["errors"] == [
        {
            "code": "CONFLICT",
            "message": "409 Conflict: Project stats are being refreshed",
            "path": ["input", "id"],
        }
    ]
    assert sent(demo) == 1


@VERBS
@pytest.mark.parametrize(
    ("effect", "code"),
    [
        (bad_gateway(), "UPSTREAM_UNAVAILABLE"),
        (Cut("after"), "UPSTREAM_UNAVAILABLE"),
        (rate_limited(7), "RATE_LIMITED"),
        (Respond(200, b"[]"), "UPSTREAM_INVALID"),
    ],
    ids=["bad gateway", "cut", "rate limited", "odd answer"],
)
async def test_a_fault_is_an_error_and_the_mutation_is_not_sent_again(
    demo: DemoGitLab, graphql: Graphql, verb: str, effect: object, code: str
) -> None:
    demo.faults.add(Fault(effect, method="POST", times=None))  # type: ignore[arg-type]  # effects
    answer = await mutate(graphql, verb, {"projectId": "1", "id": str(JOBS[verb])})
    assert answer["data"] is None
    assert problems(answer) == {f"{verb}Job": code}
    assert answer["errors"][0]["extensions"]["retryable"] is (code == "RATE_LIMITED")
    assert sent(demo) == 1


@VERBS
@pytest.mark.parametrize(
    ("input", "code"),
    [
        ({"id": "7"}, "BAD_USER_INPUT"),
        ({"projectId": "1", "id": "seven"}, "BAD_USER_INPUT"),
        ({"projectId": "..", "id": "7"}, "BAD_USER_INPUT"),
        ({"projectId": "1", "id": str(GlobalId("Job", "1", "7"))}, "BAD_USER_INPUT"),
        ({"id": str(GlobalId("Pipeline", "1", "7"))}, "BAD_USER_INPUT"),
        ({"projectId": "1", "id": "4000000"}, "NOT_FOUND"),
        ({"projectId": "no/such", "id": "7"}, "NOT_FOUND"),
    ],
)
async def test_a_job_that_is_not_there_is_an_error(
    demo: DemoGitLab, graphql: Graphql, verb: str, input: dict[str, str], code: str
) -> None:
    answer = await mutate(graphql, verb, input)
    assert problems(answer) == {f"{verb}Job": code}
    assert code == "NOT_FOUND" or demo.calls.routes() == []


async def test_fields_after_a_mutation_are_read_fresh(demo: DemoGitLab, graphql: Graphql) -> None:
    """Two mutations in one operation: what the first loaded is stale for the second."""
    selection = "job { status pipeline { status duration finishedAt } }"
    job = f'projectId: "1", id: "{examples.RUNNING_JOB}"'
    answer = data(
        await graphql(
            f"""mutation {{
              first: cancelJob(input: {{ {job} }}) {{ {selection} }}
              second: cancelJob(input: {{ {job}, force: true }}) {{ {selection} }}
            }}"""
        )
    )
    assert answer["first"]["job"]["pipeline"]["status"] == "CANCELING"
    assert answer["first"]["job"]["pipeline"]["finishedAt"] is None
    assert answer["second"]["job"]["pipeline"]["status"] == "CANCELED"
    assert answer["second"]["job"]["pipeline"]["finishedAt"] is not None
    assert demo.calls.count("GET /projects/:id/pipelines/:pipeline_id") == 2


async def test_mutations_go_one_after_the_other(demo: DemoGitLab, graphql: Graphql) -> None:
    job = f'projectId: "1", id: "{examples.FAILED_JOB}"'
    answer = data(
        await graphql(
            f"""mutation {{
              first: retryJob(input: {{ {job} }}) {{ job {{ databaseId }} errors {{ code }} }}
              second: retryJob(input: {{ {job} }}) {{ job {{ databaseId }} errors {{ code }} }}
            }}"""
        )
    )
    assert codes(answer["first"]) == []
    assert codes(answer["second"]) == ["NOT_RETRYABLE"]
    assert sent(demo) == 2


async def test_a_refused_mutation_leaves_its_neighbours(graphql: Graphql) -> None:
    def job(number: int) -> str:
        return f'projectId: "1", id: "{number}"'

    answer = await graphql(
        f"""mutation {{
          erased: eraseJob(input: {{ {job(examples.RUNNING_JOB)} }}) {{ errors {{ code }} }}
          played: playJob(input: {{ {job(examples.MANUAL_JOB)} }}) {{ job {{ status }} }}
        }}"""
    )
    assert codes(data(answer)["erased"]) == ["NOT_ERASABLE"]
    assert answer["data"]["played"]["job"]["status"] == "PENDING"
