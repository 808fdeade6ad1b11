"""How many REST calls a query takes follows from the selected fields alone.

Each test is a row of the design's table, counted at the demo's door.
"""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qs

import pytest

from resolvers.ids import GlobalId
from tests.conftest import Graphql
from tests.resolvers.gateways import BOTH_ENGINES, data
from upstream.demo import DemoGitLab, Fault, examples
from upstream.demo.effects import Hold
from upstream.demo.repository import push

pytestmark = BOTH_ENGINES

JOBS = "GET /projects/:id/jobs"
JOB = "GET /projects/:id/jobs/:job_id"
TRACE = "GET /projects/:id/jobs/:job_id/trace"
PIPELINES = "GET /projects/:id/pipelines"
PIPELINE = "GET /projects/:id/pipelines/:pipeline_id"
PIPELINE_JOBS = "GET /projects/:id/pipelines/:pipeline_id/jobs"
BRIDGES = "GET /projects/:id/pipelines/:pipeline_id/bridges"
COMMIT = "GET /projects/:id/repository/commits/:sha"

EMBEDDED = """
  databaseId name status stage ref tag coverage allowFailure createdAt startedAt finishedAt erasedAt
  duration queuedDuration failureReason webUrl archived tagList artifactsExpireAt
  user { username name jobTitle localTime }
  commit { id sha shortId title message authorName trailers extendedTrailers webUrl }
  runner { databaseId description status } runnerManager { systemId version contactedAt }
  artifacts { fileType size filename fileFormat } artifactsFile { filename size }
  project { id ciJobTokenScopeEnabled }
  pipeline { id databaseId iid projectId ref sha status source webUrl createdAt updatedAt }
"""


async def test_what_lies_in_a_list_of_jobs_costs_its_one_call(
    demo: DemoGitLab, graphql: Graphql
) -> None:
    demo.seed_jobs(1, 20)
    answer = data(
        await graphql(f'{{ project(id: "1") {{ jobs(first: 20) {{ nodes {{ {EMBEDDED} }} }} }} }}')
    )
    assert len(answer["project"]["jobs"]["nodes"]) == 20
    assert demo.calls.routes() == [JOBS]


async def test_what_only_a_pipeline_itself_tells_costs_one_call_for_each_pipeline(
    demo: DemoGitLab, graphql: Graphql
) -> None:
    demo.seed_jobs(1, 20, per_pipeline=4)
    answer = data(
        await graphql(
            '{ project(id: "1") { jobs(first: 20) { nodes { name'
            " pipeline { databaseId duration coverage } } } } }"
        )
    )
    nodes = answer["project"]["jobs"]["nodes"]
    assert len({node["pipeline"]["databaseId"] for node in nodes}) == 5
    assert all(node["pipeline"]["duration"] is not None for node in nodes)
    assert demo.calls.routes() == [JOBS, *[PIPELINE] * 5]


async def test_what_only_a_commit_itself_tells_costs_one_call_for_each_commit(
    demo: DemoGitLab, graphql: Graphql
) -> None:
    project = demo.project(1)
    numbers = demo.seed_jobs(1, 20, per_pipeline=4)
    commits = [push(demo.world, project, "main", demo.world.users[3]) for _ in range(3)]
    for number in numbers:  # five pipelines over three commits
        pipeline = demo.job(1, number).pipeline
        pipeline.commit = commits[pipeline.id % 3]
    answer = data(
        await graphql(
            '{ project(id: "1") { jobs(first: 20) { nodes {'
            " commit { sha stats { total } status lastPipeline { status } } } } } }"
        )
    )
    shown = [node["commit"] for node in answer["project"]["jobs"]["nodes"]]
    assert {each["sha"] for each in shown} == {commit.sha for commit in commits}
    assert all(each["stats"]["total"] > 0 for each in shown)
    assert demo.calls.routes() == [JOBS, *[COMMIT] * 3]


async def test_one_job_named_in_every_way_costs_one_call(
    demo: DemoGitLab, graphql: Graphql
) -> None:
    number = examples.FINISHED_JOB
    node_id = str(GlobalId("Job", "1", str(number)))
    aliases = "\n".join(
        f'a{index}: job(projectId: "1", id: "{number}") {{ ...Name ...Times }}'
        for index in range(10)
    )
    answer = data(
        await graphql(
            f"""query ($id: ID!) {{
              {aliases}
              byGlobalId: job(id: $id) {{ ...Name }}
              gid: job(projectId: "1", id: "gid://gitlab/Ci::Build/{number}") {{ ...Name }}
              project(id: "1") {{ job(id: "{number}") {{ ...Name }} }}
              node(id: $id) {{ ...Name ...Times }}
              nodes(ids: [$id, $id]) {{ ...Name }}
            }}
            fragment Name on Job {{ name artifacts {{ size }} }}
            fragment Times on Job {{ startedAt duration tagList }}""",
            {"id": node_id},
        )
    )
    assert {answer[f"a{index}"]["name"] for index in range(10)} == {"compile"}
    assert answer["node"] == answer["a0"]
    assert demo.calls.routes() == [JOB]


async def test_a_long_list_of_jobs_costs_a_call_for_each_hundred(
    demo: DemoGitLab, graphql: Graphql
) -> None:
    newest = demo.seed_jobs(1, 300)[::-1]
    answer = data(
        await graphql('{ project(id: "1") { jobs(first: 250) { nodes { databaseId } } } }')
    )
    assert [node["databaseId"] for node in answer["project"]["jobs"]["nodes"]] == newest[:250]
    assert demo.calls.routes() == [JOBS] * 3
    sizes = [parse_qs(call.query)["per_page"] for call in demo.calls]
    assert sizes == [["100"], ["100"], ["50"]]


async def test_pages_that_have_numbers_come_in_parallel_after_the_first(
    demo: DemoGitLab, graphql: Graphql
) -> None:
    job = demo.seed_jobs(1, 300, per_pipeline=300)[0]
    pipeline = demo.job(1, job).pipeline.id
    second, third = Hold(), Hold()
    for hold in (second, third):
        demo.faults.add(Fault(hold, route=PIPELINE_JOBS, skip=1))
    query = (
        f'{{ pipeline(projectId: "1", id: "{pipeline}")'
        " { jobs(first: 250) { totalCount nodes { name } } } }"
    )
    answering = asyncio.create_task(graphql(query))
    await asyncio.wait_for(asyncio.gather(second.arrived.wait(), third.arrived.wait()), 10)
    second.release.set()
    third.release.set()
    jobs = data(await answering)["pipeline"]["jobs"]
    assert (len(jobs["nodes"]), jobs["totalCount"]) == (250, 300)
    assert demo.calls.routes() == [PIPELINE, *[PIPELINE_JOBS] * 3]


async def test_a_childs_pipeline_is_the_parents_own_record(
    demo: DemoGitLab, graphql: Graphql
) -> None:
    number = examples.FAILED_PIPELINE
    answer = data(
        await graphql(
            f'{{ project(id: "demo/shop") {{ pipeline(id: "{number}")'
            " { id duration jobs(first: 50) { nodes { pipeline { id duration } } } } } }"
        )
    )
    pipeline = answer["project"]["pipeline"]
    expected = {"id": pipeline["id"], "duration": pipeline["duration"]}
    assert len(pipeline["jobs"]["nodes"]) > 5
    assert all(node["pipeline"] == expected for node in pipeline["jobs"]["nodes"])
    assert demo.calls.routes() == [PIPELINE, PIPELINE_JOBS]


async def test_naming_a_project_is_free(demo: DemoGitLab, graphql: Graphql) -> None:
    answer = data(
        await graphql(
            f'{{ project(id: "demo/shop") {{ id job(id: "{examples.FINISHED_JOB}") {{ name }}'
            f' pipeline(id: "{examples.FAILED_PIPELINE}") {{ status }} }} }}'
        )
    )
    assert answer["project"]["id"] == "demo/shop"
    assert sorted(demo.calls.routes()) == sorted([JOB, PIPELINE])


async def test_a_projects_name_alone_costs_nothing(demo: DemoGitLab, graphql: Graphql) -> None:
    assert data(await graphql('{ project(id: "no/such") { id } }')) == {
        "project": {"id": "no/such"}
    }
    assert demo.calls.routes() == []


def in_pipeline(fields: str) -> str:
    return f'pipeline(id: "{examples.MANUAL_PIPELINE}") {{ {fields} }}'


@pytest.mark.parametrize(
    ("fields", "routes"),
    [
        ("ciJobTokenScopeEnabled", [JOBS]),
        ("jobs { totalCount pageInfo { hasNextPage } }", [JOBS]),
        ("pipelines { totalCount nodes { name status } }", [PIPELINES]),
        ('commit(sha: "main") { stats { total } lastPipeline { status } }', [COMMIT]),
        (f'job(id: "{examples.FINISHED_JOB}") {{ log {{ size }} }}', [JOB, TRACE]),
        (
            in_pipeline("bridges { nodes { name downstreamPipeline { status } } }"),
            [PIPELINE, BRIDGES],
        ),
        (in_pipeline("commit { sha }"), [PIPELINE]),
        (in_pipeline("commit { sha title }"), [PIPELINE, COMMIT]),
    ],
)
async def test_each_further_route_is_called_only_for_what_it_alone_knows(
    demo: DemoGitLab, graphql: Graphql, fields: str, routes: list[str]
) -> None:
    data(await graphql(f'{{ project(id: "1") {{ {fields} }} }}'))
    assert demo.calls.routes() == routes


async def test_a_pipeline_of_a_list_is_completed_once_for_all_its_fields(
    demo: DemoGitLab, graphql: Graphql
) -> None:
    answer = data(
        await graphql(
            '{ project(id: "1") { pipelines(first: 2) { nodes { name duration coverage tag'
            " user { username } detailedStatus { text } } } } }"
        )
    )
    assert len(answer["project"]["pipelines"]["nodes"]) == 2
    assert demo.calls.routes() == [PIPELINES, PIPELINE, PIPELINE]


async def test_the_bridges_of_one_pipeline_are_read_once_for_all_their_nodes(
    demo: DemoGitLab, graphql: Graphql
) -> None:
    pipeline = str(examples.MANUAL_PIPELINE)
    ids = [
        str(GlobalId("Bridge", "1", str(number), pipeline))
        for number in (examples.BRIDGE, examples.MANUAL_BRIDGE)
    ]
    answer = data(
        await graphql(
            "query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Bridge { name status } } }",
            {"ids": ids},
        )
    )
    assert [node["id"] for node in answer["nodes"]] == ids
    assert demo.calls.routes() == [BRIDGES]
