"""Connections as a client sees them: bounds, cursors, walks, counts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Graphql
from tests.resolvers.gateways import data, gateway_to
from upstream.demo import DemoGitLab, examples

JOBS = """query ($first: Int, $after: String, $scope: [JobStatus!]) {
  project(id: "1") { jobs(first: $first, after: $after, scope: $scope) {
    nodes { databaseId } totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges { cursor node { databaseId } } } } }"""

PIPELINE_JOBS = """query ($pipeline: ID!, $first: Int, $after: String, $retried: Boolean) {
  pipeline(projectId: "1", id: $pipeline) {
    jobs(first: $first, after: $after, includeRetried: $retried) {
      nodes { databaseId name } totalCount pageInfo { hasNextPage endCursor } } } }"""


async def project_jobs(graphql: Graphql, **variables: Any) -> Any:
    return data(await graphql(JOBS, variables))["project"]["jobs"]


async def refusal(graphql: Graphql, fields: str) -> str:
    answer = await graphql(f'{{ project(id: "1") {{ {fields} }} }}')
    [error] = answer["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert answer["data"]["project"][error["path"][1]] is None
    message: str = error["message"]
    return message


@pytest.mark.parametrize("first", [-1, 0, 501, 10_000])
@pytest.mark.parametrize("field", ["jobs", "pipelines"])
async def test_first_out_of_bounds_is_refused_before_anything_is_sent(
    demo: DemoGitLab, graphql: Graphql, field: str, first: int
) -> None:
    message = await refusal(graphql, f"{field}(first: {first}) {{ totalCount }}")
    assert message == f"first: {first} is out of range; it may be from 1 to 500"
    assert demo.calls.routes() == []


@pytest.mark.parametrize("field", ["jobs", "bridges"])
async def test_first_is_bound_inside_a_pipeline_too(
    demo: DemoGitLab, graphql: Graphql, field: str
) -> None:
    answer = await graphql(
        f'{{ pipeline(projectId: "1", id: "{examples.FAILED_PIPELINE}")'
        f" {{ status {field}(first: 0) {{ totalCount }} }} }}"
    )
    assert answer["data"]["pipeline"] == {"status": "FAILED", field: None}
    assert answer["errors"][0]["path"] == ["pipeline", field]
    assert demo.calls.routes() == ["GET /projects/:id/pipelines/:pipeline_id"]


async def test_the_bound_of_first_is_a_setting(demo_url: str) -> None:
    async with gateway_to(demo_url, GATEWAY_CONNECTION_ITEMS="5") as graphql:
        message = await refusal(graphql, "jobs(first: 6) { totalCount }")
    assert message == "first: 6 is out of range; it may be from 1 to 5"


async def test_null_as_first_is_the_default(graphql: Graphql) -> None:
    assert len((await project_jobs(graphql, first=None))["nodes"]) == 20
    assert len((await project_jobs(graphql))["nodes"]) == 20


async def test_a_projects_jobs_have_no_count(graphql: Graphql) -> None:
    assert (await project_jobs(graphql, first=1))["totalCount"] is None


async def test_a_pipelines_jobs_have_a_count(graphql: Graphql) -> None:
    variables = {"pipeline": str(examples.FAILED_PIPELINE), "first": 1}
    jobs = data(await graphql(PIPELINE_JOBS, variables))["pipeline"]["jobs"]
    everything = data(await graphql(PIPELINE_JOBS, variables | {"first": 100}))["pipeline"]["jobs"]
    assert jobs["totalCount"] == len(everything["nodes"]) > 5
    assert (jobs["pageInfo"]["hasNextPage"], everything["pageInfo"]["hasNextPage"]) == (True, False)


async def test_retried_attempts_come_only_when_asked_for(graphql: Graphql) -> None:
    variables: dict[str, Any] = {"pipeline": str(examples.FAILED_PIPELINE), "first": 100}
    latest = data(await graphql(PIPELINE_JOBS, variables))["pipeline"]["jobs"]["nodes"]
    every = data(await graphql(PIPELINE_JOBS, variables | {"retried": True}))
    numbers = {node["databaseId"] for node in every["pipeline"]["jobs"]["nodes"]}
    assert numbers - {node["databaseId"] for node in latest} == {examples.RETRIED_JOB}


async def test_pipelines_are_narrowed_down(graphql: Graphql) -> None:
    answer = data(
        await graphql(
            """{ project(id: "1") {
              failed: pipelines(status: FAILED, first: 50) { nodes { status } totalCount }
              web: pipelines(source: "web", username: "mia") { nodes { name source } }
              never: pipelines(updatedBefore: "2001-01-01T00:00:00Z") { totalCount nodes { id } }
            } }"""
        )
    )["project"]
    assert {node["status"] for node in answer["failed"]["nodes"]} == {"FAILED"}
    assert [node["name"] for node in answer["web"]["nodes"]] == ["Release 4.2", "Soak test"]
    assert answer["never"] == {"totalCount": 0, "nodes": []}


async def test_jobs_are_narrowed_down_by_status(graphql: Graphql) -> None:
    answer = data(
        await graphql(
            """{ project(id: "1") { jobs(scope: [MANUAL, SCHEDULED], first: 50)
            { nodes { status } } } }"""
        )
    )
    statuses = {node["status"] for node in answer["project"]["jobs"]["nodes"]}
    assert statuses == {"MANUAL", "SCHEDULED"}


async def test_every_edge_leads_on_from_its_own_place(demo: DemoGitLab, graphql: Graphql) -> None:
    demo.seed_jobs(1, 10)
    page = await project_jobs(graphql, first=10)
    assert [edge["node"] for edge in page["edges"]] == page["nodes"]
    assert page["pageInfo"]["startCursor"] == page["edges"][0]["cursor"]
    assert page["pageInfo"]["endCursor"] == page["edges"][-1]["cursor"]
    for index in (0, 4, 8):
        following = await project_jobs(graphql, first=1, after=page["edges"][index]["cursor"])
        assert following["nodes"] == [page["nodes"][index + 1]]
        assert following["pageInfo"]["hasPreviousPage"]


@pytest.mark.parametrize(
    "other",
    [
        'project(id: "2") { jobs(first: 1) { pageInfo { endCursor } } }',
        'project(id: "1") { jobs(first: 1, scope: [FAILED]) { pageInfo { endCursor } } }',
        'project(id: "1") { jobs: pipelines(first: 1) { pageInfo { endCursor } } }',
    ],
)
async def test_a_cursor_of_another_list_is_refused_before_anything_is_sent(
    demo: DemoGitLab, graphql: Graphql, other: str
) -> None:
    cursor = data(await graphql(f"{{ {other} }}"))["project"]["jobs"]["pageInfo"]["endCursor"]
    demo.calls.clear()
    message = await refusal(graphql, f'jobs(after: "{cursor}") {{ totalCount }}')
    assert "another field, project or filter than this `Project.jobs`" in message
    assert demo.calls.routes() == []


@pytest.mark.parametrize("cursor", ["", "1", "eyJpZCI6IjEiLCJfa2QiOiJuIn0=", "\\u0000", "x" * 999])
@pytest.mark.parametrize("field", ["jobs", "pipelines"])
async def test_what_is_no_cursor_is_refused_before_anything_is_sent(
    demo: DemoGitLab, graphql: Graphql, field: str, cursor: str
) -> None:
    message = await refusal(graphql, f'{field}(after: "{cursor}") {{ totalCount }}')
    assert message.startswith("after: this is not a cursor of this API")
    assert demo.calls.routes() == []


async def test_walking_a_thousand_jobs_while_new_ones_come_gives_each_old_one_once(
    demo: DemoGitLab, graphql: Graphql
) -> None:
    old = set(demo.seed_jobs(3, 1000))
    query = JOBS.replace('"1"', '"3"')
    seen: list[int] = []
    after: str | None = None
    while True:
        jobs = data(await graphql(query, {"first": 90, "after": after}))["project"]["jobs"]
        seen += [node["databaseId"] for node in jobs["nodes"]]
        demo.seed_jobs(3, 7)
        after = jobs["pageInfo"]["endCursor"]
        if not jobs["pageInfo"]["hasNextPage"]:
            break
    assert len(seen) == len(set(seen))
    assert old <= set(seen)
    assert seen == sorted(seen, reverse=True)


async def test_walking_a_pipelines_jobs_gives_each_once(demo: DemoGitLab, graphql: Graphql) -> None:
    numbers = demo.seed_jobs(1, 130, per_pipeline=130)
    pipeline = str(demo.job(1, numbers[0]).pipeline.id)
    demo.calls.clear()
    seen: list[int] = []
    variables: dict[str, Any] = {"pipeline": pipeline, "first": 30, "after": None}
    while True:
        jobs = data(await graphql(PIPELINE_JOBS, variables))["pipeline"]["jobs"]
        seen += [node["databaseId"] for node in jobs["nodes"]]
        variables["after"] = jobs["pageInfo"]["endCursor"]
        if not jobs["pageInfo"]["hasNextPage"]:
            break
    assert seen == numbers[::-1]
    assert demo.calls.count("GET /projects/:id/pipelines/:pipeline_id/jobs") == 5
