"""Several jobs of one known pipeline come by its list, wherever that takes fewer REST calls."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pytest

from resolvers.ids import GlobalId
from tests.conftest import Graphql
from tests.resolvers.gateways import BOTH_ENGINES, data, gateway_to, problems
from upstream.demo import DEVELOPER_TOKEN, MAINTAINER_TOKEN, DemoGitLab, Fault, examples
from upstream.demo.effects import Respond, rate_limited, server_error

pytestmark = BOTH_ENGINES

JOB = "GET /projects/:id/jobs/:job_id"
LIST = "GET /projects/:id/pipelines/:pipeline_id/jobs"
NODES = "query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Job { databaseId name } } }"
MISSING = 4_000_000


def job_id(demo: DemoGitLab, number: int) -> str:
    return str(GlobalId("Job", "1", str(number), str(demo.job(1, number).pipeline.id)))


def seeded(demo: DemoGitLab, count: int) -> list[str]:
    """The ids of so many jobs of one new pipeline, oldest first."""
    return [job_id(demo, number) for number in demo.seed_jobs(1, count, per_pipeline=count)]


async def nodes(graphql: Graphql, ids: Sequence[str]) -> list[Any]:
    found: list[Any] = data(await graphql(NODES, {"ids": ids}))["nodes"]
    return found


def shown(found: Iterable[Any]) -> list[str]:
    return [node["id"] for node in found]


async def test_twenty_jobs_of_one_pipeline_cost_one_call(
    demo: DemoGitLab, graphql: Graphql
) -> None:
    ids = seeded(demo, 20)
    assert shown(await nodes(graphql, ids)) == ids
    (call,) = demo.calls
    assert call.route == LIST
    assert call.query == "include_retried=true&page=1&per_page=100"


async def test_aliases_count_as_well(demo: DemoGitLab, graphql: Graphql) -> None:
    ids = seeded(demo, 5)
    fields = [
        *(f'a{index}: node(id: "{each}") {{ id }}' for index, each in enumerate(ids[:3])),
        *(f'b{index}: job(id: "{each}") {{ id }}' for index, each in enumerate(ids[3:])),
    ]
    answer = data(await graphql(f"{{ {' '.join(fields)} }}"))
    assert shown(answer.values()) == ids
    assert demo.calls.routes() == [LIST]


@pytest.mark.parametrize(("count", "routes"), [(1, [JOB]), (2, [JOB] * 2), (3, [LIST])])
async def test_a_list_is_worth_three_jobs(
    demo: DemoGitLab, graphql: Graphql, count: int, routes: list[str]
) -> None:
    ids = seeded(demo, count)
    assert shown(await nodes(graphql, ids)) == ids
    assert demo.calls.routes() == routes


async def test_the_same_job_counts_once(demo: DemoGitLab, graphql: Graphql) -> None:
    one, other = seeded(demo, 2)
    assert shown(await nodes(graphql, [one, other, one, other])) == [one, other, one, other]
    assert demo.calls.routes() == [JOB] * 2


async def test_each_pipeline_is_decided_by_itself(demo: DemoGitLab, graphql: Graphql) -> None:
    four, two, three = (seeded(demo, count) for count in (4, 2, 3))
    nobody_knows = str(GlobalId("Job", "1", str(examples.FINISHED_JOB)))
    mixed = [*four[:2], two[0], *three, nobody_knows, two[1], *four[2:]]
    found = await nodes(graphql, mixed)
    mixed[mixed.index(nobody_knows)] = job_id(demo, examples.FINISHED_JOB)
    assert shown(found) == mixed
    assert sorted(demo.calls.routes()) == sorted([LIST] * 2 + [JOB] * 3)


async def test_without_a_known_pipeline_each_job_is_read_by_itself(
    demo: DemoGitLab, graphql: Graphql
) -> None:
    numbers = demo.seed_jobs(1, 4, per_pipeline=4)
    ids = [str(GlobalId("Job", "1", str(number))) for number in numbers]
    assert shown(await nodes(graphql, ids)) == [job_id(demo, number) for number in numbers]
    assert demo.calls.routes() == [JOB] * 4


async def test_what_the_list_does_not_hold_is_read_by_itself(
    demo: DemoGitLab, graphql: Graphql
) -> None:
    pipeline = str(examples.FAILED_PIPELINE)
    elsewhere = str(GlobalId("Job", "1", str(examples.RUNNING_JOB), pipeline))
    nowhere = str(GlobalId("Job", "1", str(MISSING), pipeline))
    here = [job_id(demo, number) for number in (examples.FINISHED_JOB, examples.FAILED_JOB)]
    answer = await graphql(NODES, {"ids": [nowhere, elsewhere, *here]})
    first, *others = answer["data"]["nodes"]
    assert first is None
    assert shown(others) == [job_id(demo, examples.RUNNING_JOB), *here]
    assert problems(answer) == {"nodes.0": "NOT_FOUND"}
    assert demo.calls.routes() == [LIST, JOB, JOB]


async def test_a_job_has_the_same_fields_either_way(
    demo: DemoGitLab, demo_url: str, engine: str
) -> None:
    fields = """
      id databaseId name status stage ref tag coverage allowFailure createdAt startedAt finishedAt
      erasedAt duration queuedDuration failureReason webUrl archived tagList artifactsExpireAt
      user { username } commit { id stats { total } } pipeline { id duration coverage }
      runner { databaseId } runnerManager { systemId } artifactsFile { filename size }
      artifacts { fileType size filename fileFormat } project { id ciJobTokenScopeEnabled }
    """
    numbers = [examples.FINISHED_JOB, examples.RETRIED_JOB, examples.FAILED_JOB]
    query = f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on Job {{ {fields} }} }} }}"
    known = [job_id(demo, number) for number in numbers]
    unknown = [str(GlobalId("Job", "1", str(number))) for number in numbers]
    async with gateway_to(demo_url, GATEWAY_COMPILED=engine, GATEWAY_CACHE_BYTES="0") as graphql:
        together = data(await graphql(query, {"ids": known}))
        assert demo.calls.count(LIST) == 1
        assert demo.calls.count(JOB) == 0
        assert data(await graphql(query, {"ids": unknown})) == together
    assert demo.calls.count(JOB) == 3


async def test_a_job_that_is_also_named_by_its_number_is_asked_for_once(
    demo: DemoGitLab, graphql: Graphql
) -> None:
    numbers = demo.seed_jobs(1, 3, per_pipeline=3)
    ids = [job_id(demo, number) for number in numbers]
    answer = data(
        await graphql(
            f"""query ($ids: [ID!]!) {{
              job(projectId: "1", id: "{numbers[2]}") {{ id }}
              nodes(ids: $ids) {{ id }}
            }}""",
            {"ids": ids},
        )
    )
    assert shown(answer["nodes"]) == ids
    assert answer["job"]["id"] == ids[2]
    # Whether both ask in the same turn is the engine's affair; if not, two are left for a list.
    assert demo.calls.routes() in ([LIST], [JOB] * 3)


@pytest.mark.parametrize("count", [101, 250])
async def test_further_pages_are_read_while_they_hold_what_is_wanted(
    demo: DemoGitLab, graphql: Graphql, count: int
) -> None:
    ids = seeded(demo, count)
    assert shown(await nodes(graphql, ids)) == ids
    # Of 101 jobs one lies on the second page, which takes a call as the job does.
    expected = {101: [LIST, JOB], 250: [LIST] * 3}
    assert demo.calls.routes() == expected[count]


async def test_pages_behind_the_last_wanted_job_are_not_read(
    demo: DemoGitLab, graphql: Graphql
) -> None:
    ids = seeded(demo, 250)
    assert shown(await nodes(graphql, ids[-100:])) == ids[-100:]
    assert demo.calls.routes() == [LIST]


async def test_few_jobs_far_down_a_long_list_are_read_by_themselves(
    demo: DemoGitLab, graphql: Graphql
) -> None:
    ids = seeded(demo, 450)[:4]  # the oldest, on the last of five pages
    assert shown(await nodes(graphql, ids)) == ids
    assert demo.calls.routes() == [LIST, *[JOB] * 4]


@pytest.mark.parametrize("status", [403, 404])
async def test_a_list_that_may_not_be_seen_is_done_without(
    demo: DemoGitLab, graphql: Graphql, status: int
) -> None:
    demo.faults.add(Fault(Respond(status, b'{"message":"no"}'), route=LIST))
    ids = seeded(demo, 3)
    assert shown(await nodes(graphql, ids)) == ids
    assert demo.calls.routes() == [LIST, *[JOB] * 3]


@pytest.mark.parametrize(
    ("effect", "code"),
    [
        (server_error(), "UPSTREAM_ERROR"),
        (rate_limited(), "RATE_LIMITED"),
        (Respond(200, b'{"no":"list"}'), "UPSTREAM_INVALID"),
        (Respond(401, b'{"message":"401 Unauthorized"}'), "UNAUTHENTICATED"),
    ],
)
async def test_any_other_failure_of_the_list_is_each_jobs_own(
    demo: DemoGitLab, graphql: Graphql, effect: Any, code: str
) -> None:
    demo.faults.add(Fault(effect, route=LIST))
    answer = await graphql(NODES, {"ids": seeded(demo, 3)})
    assert answer["data"]["nodes"] == [None] * 3
    assert problems(answer) == {f"nodes.{index}": code for index in range(3)}
    assert demo.calls.routes() == [LIST]


async def test_jobs_that_came_before_a_list_failed_are_there(
    demo: DemoGitLab, graphql: Graphql
) -> None:
    demo.faults.add(Fault(server_error(), route=LIST, skip=1))
    ids = seeded(demo, 150)
    answer = await graphql(NODES, {"ids": ids})
    found = answer["data"]["nodes"]
    assert found[:50] == [None] * 50
    assert shown(found[50:]) == ids[50:]
    assert set(problems(answer).values()) == {"UPSTREAM_ERROR"}


async def test_one_with_a_right_to_the_pipeline_only_is_refused_as_by_the_single_call(
    demo: DemoGitLab, graphql: Graphql
) -> None:
    # GitLab shows an empty list to whom it does not show the jobs.
    demo.faults.add(Fault(Respond(200, b"[]"), route=LIST))
    demo.faults.add(Fault(Respond(403, b'{"message":"403 Forbidden"}'), route=JOB, times=None))
    answer = await graphql(NODES, {"ids": seeded(demo, 3)}, DEVELOPER_TOKEN)
    assert problems(answer) == {f"nodes.{index}": "FORBIDDEN" for index in range(3)}


async def test_a_list_without_usable_numbers_holds_nothing(
    demo: DemoGitLab, graphql: Graphql
) -> None:
    body = b'[{"id":null},{"id":"7"},{"id":true},{"name":"x"}]'
    demo.faults.add(Fault(Respond(200, body), route=LIST))
    ids = seeded(demo, 3)
    assert shown(await nodes(graphql, ids)) == ids
    assert demo.calls.routes() == [LIST, *[JOB] * 3]


async def test_jobs_that_are_kept_need_no_list(demo: DemoGitLab, graphql: Graphql) -> None:
    ids = seeded(demo, 5)
    for each in ids[:3]:
        await nodes(graphql, [each])
    demo.calls.clear()
    assert shown(await nodes(graphql, ids)) == ids
    assert demo.calls.routes() == [JOB] * 2


async def test_with_one_call_at_a_time_a_list_still_gets_its_turn(
    demo: DemoGitLab, demo_url: str, engine: str
) -> None:
    ids = [*seeded(demo, 5), *seeded(demo, 5)]
    async with gateway_to(demo_url, GATEWAY_COMPILED=engine, GATEWAY_FAN_OUT="1") as graphql:
        assert shown(await nodes(graphql, ids)) == ids
    assert demo.calls.routes() == [LIST] * 2
    assert demo.calls.peak == 1


async def test_many_aliases_with_one_token_cost_one_call_for_each_pipeline(
    demo: DemoGitLab, graphql: Graphql
) -> None:
    ids = [each for _ in range(4) for each in seeded(demo, 10)]
    found = data(await graphql(NODES, {"ids": ids}, MAINTAINER_TOKEN))["nodes"]
    assert shown(found) == ids
    assert demo.calls.routes() == [LIST] * 4
