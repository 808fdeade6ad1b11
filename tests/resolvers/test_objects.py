"""Objects by every way that leads to them, against the demo's own REST answers."""

from __future__ import annotations

from typing import Any

import pytest

from resolvers.ids import GlobalId, parse_global_id
from tests.conftest import Graphql
from tests.resolvers.gateways import data, problems
from upstream.demo import DemoGitLab, examples

PIPELINE = examples.MANUAL_PIPELINE


async def ask(graphql: Graphql, query: str, **variables: Any) -> Any:
    return data(await graphql(query, variables))


async def test_a_jobs_ids_lead_back_to_it(graphql: Graphql) -> None:
    answer = await ask(
        graphql,
        f"""{{ job(projectId: "demo/shop", id: "{examples.FINISHED_JOB}") {{
          id databaseId pipeline {{ id }} commit {{ id }} }} }}""",
    )
    job = answer["job"]
    found = await ask(
        graphql,
        """query ($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }""",
        ids=[job["id"], job["pipeline"]["id"], job["commit"]["id"]],
    )
    assert found["nodes"] == [
        {"id": job["id"], "__typename": "Job"},
        {"id": job["pipeline"]["id"], "__typename": "Pipeline"},
        {"id": job["commit"]["id"], "__typename": "Commit"},
    ]


async def test_a_job_has_one_id_however_it_was_reached(graphql: Graphql) -> None:
    number = examples.FINISHED_JOB
    answer = await ask(
        graphql,
        f"""{{
          byNumber: job(projectId: "1", id: "{number}") {{ id }}
          byPath: job(projectId: "demo/shop", id: "{number}") {{ id }}
          encoded: job(projectId: "demo%2Fshop", id: "{number}") {{ id }}
          project(id: "demo/shop") {{ pipeline(id: "{examples.FAILED_PIPELINE}") {{
            jobs(first: 100) {{ nodes {{ id databaseId }} }} }} }}
        }}""",
    )
    listed = {
        node["databaseId"]: node["id"] for node in answer["project"]["pipeline"]["jobs"]["nodes"]
    }
    ids = {answer[key]["id"] for key in ("byNumber", "byPath", "encoded")} | {listed[number]}
    assert len(ids) == 1
    parsed = parse_global_id(ids.pop())
    assert parsed is not None
    assert parsed == GlobalId("Job", "1", str(number), str(examples.FAILED_PIPELINE))


async def test_a_nested_project_is_named_by_its_path(graphql: Graphql) -> None:
    answer = await ask(
        graphql, '{ project(id: "demo/shop/api") { jobs(first: 1) { nodes { webUrl } } } }'
    )
    [job] = answer["project"]["jobs"]["nodes"]
    assert job["webUrl"].startswith("https://gitlab.example.com/demo/shop/api/-/jobs/")


async def test_a_job_id_beyond_int_is_a_number(demo: DemoGitLab, graphql: Graphql) -> None:
    number = demo.new_job(3)
    answer = await ask(graphql, f'{{ job(projectId: "3", id: "{number}") {{ databaseId }} }}')
    assert answer["job"]["databaseId"] == number > 2**31


async def test_bridges_are_listed_with_their_downstream(graphql: Graphql) -> None:
    answer = await ask(
        graphql,
        f"""{{ pipeline(projectId: "1", id: "{PIPELINE}") {{ bridges {{ totalCount
          pageInfo {{ hasNextPage }}
          edges {{ node {{ id name status downstreamPipeline {{
            databaseId projectId duration jobs {{ totalCount }} }} }} }} }} }} }}""",
    )
    bridges = answer["pipeline"]["bridges"]
    nodes = {edge["node"]["name"]: edge["node"] for edge in bridges["edges"]}
    assert bridges["totalCount"] == len(nodes) == 3
    downstream = nodes["trigger-api"]["downstreamPipeline"]
    assert downstream["databaseId"] == examples.DOWNSTREAM_PIPELINE
    assert downstream["projectId"] == 2
    assert downstream["duration"] > 0  # asked of project 2, where the pipeline lies
    assert downstream["jobs"]["totalCount"] == 3
    assert nodes["trigger-website"]["downstreamPipeline"] is None


async def test_a_bridge_is_found_again_by_its_id(graphql: Graphql) -> None:
    listed = await ask(
        graphql,
        f"""{{ pipeline(projectId: "demo/shop", id: "{PIPELINE}") {{
          bridges(scope: [MANUAL]) {{ nodes {{ id databaseId }} }} }} }}""",
    )
    [bridge] = listed["pipeline"]["bridges"]["nodes"]
    found = await ask(
        graphql,
        "query ($id: ID!) { node(id: $id) { id ... on Bridge { databaseId } } }",
        id=bridge["id"],
    )
    assert found["node"] == bridge
    assert bridge["databaseId"] == examples.MANUAL_BRIDGE


@pytest.mark.parametrize("number", [examples.BRIDGE, examples.MANUAL_BRIDGE])
async def test_the_number_of_a_bridge_is_no_job(graphql: Graphql, number: int) -> None:
    answer = await graphql(f'{{ job(projectId: "1", id: "{number}") {{ name }} }}')
    assert (answer["data"], problems(answer)) == ({"job": None}, {"job": "NOT_FOUND"})


async def test_a_commit_is_found_by_branch_and_by_sha(graphql: Graphql) -> None:
    by_branch = await ask(
        graphql,
        """{ project(id: "1") { commit(sha: "fix/time-zones") { id sha } main: commit(sha: "main") {
          id sha shortId stats { additions deletions total } projectId status
          lastPipeline { databaseId } } } }""",
    )
    main = by_branch["project"]["main"]
    assert main["stats"]["total"] == main["stats"]["additions"] + main["stats"]["deletions"]
    assert main["projectId"] == 1
    by_sha = await ask(
        graphql,
        "query ($sha: String!, $id: ID!) { node(id: $id) { ... on Commit { shortId } }"
        ' project(id: "1") { commit(sha: $sha) { id } } }',
        sha=main["sha"],
        id=main["id"],
    )
    assert by_sha == {
        "node": {"shortId": main["shortId"]},
        "project": {"commit": {"id": main["id"]}},
    }


@pytest.mark.parametrize(
    ("sha", "code"),
    [
        ("no-such-branch", "NOT_FOUND"),
        ("", "BAD_USER_INPUT"),
        ("..", "BAD_USER_INPUT"),
        ("a\\r\\nb", "BAD_USER_INPUT"),
    ],
)
async def test_a_commit_that_is_not_there(graphql: Graphql, sha: str, code: str) -> None:
    answer = await graphql(f'{{ project(id: "1") {{ id commit(sha: "{sha}") {{ id }} }} }}')
    assert answer["data"] == {"project": {"id": "1", "commit": None}}
    assert problems(answer) == {"project.commit": code}


async def test_what_a_handle_tells_of_its_project(graphql: Graphql) -> None:
    answer = await ask(
        graphql,
        f"""{{ project(id: "1") {{ ciJobTokenScopeEnabled }}
          job(projectId: "demo/shop", id: "{examples.FINISHED_JOB}") {{
            project {{ id ciJobTokenScopeEnabled job(id: "{examples.FAILED_JOB}") {{ name }} }} }}
        }}""",
    )
    assert answer == {
        "project": {"ciJobTokenScopeEnabled": False},
        "job": {
            "project": {
                "id": "demo/shop",
                "ciJobTokenScopeEnabled": False,
                "job": {"name": "e2e"},
            }
        },
    }


async def test_an_empty_log_is_null(demo: DemoGitLab, graphql: Graphql) -> None:
    demo.set_log(1, examples.FINISHED_JOB, b"")
    answer = await ask(
        graphql,
        f'{{ job(projectId: "1", id: "{examples.FINISHED_JOB}") {{ log {{ size text }} }} }}',
    )
    assert answer == {"job": {"log": None}}


async def test_a_log_belongs_to_its_job(demo: DemoGitLab, graphql: Graphql) -> None:
    demo.set_log(1, examples.FINISHED_JOB, b"one\ntwo\n")
    demo.set_log(1, examples.FAILED_JOB, b"three\n")
    answer = await ask(
        graphql,
        f"""{{ a: job(projectId: "1", id: "{examples.FINISHED_JOB}") {{ log {{ size text }} }}
          b: job(projectId: "1", id: "{examples.FAILED_JOB}") {{
            log {{ lines {{ totalCount nodes {{ number text }} }} }} }} }}""",
    )
    assert answer["a"]["log"] == {"size": 8, "text": "one\ntwo\n"}
    assert answer["b"]["log"]["lines"] == {
        "totalCount": 1,
        "nodes": [{"number": 1, "text": "three"}],
    }
