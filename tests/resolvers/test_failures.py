"""One failing item nulls its own field, with its own error and path, never its neighbours."""

from __future__ import annotations

from typing import Any

import pytest

from resolvers.ids import GlobalId
from tests.conftest import Graphql
from tests.resolvers.gateways import BOTH_ENGINES, gateway_to, problems
from upstream.demo import DemoGitLab, Fault, examples
from upstream.demo.effects import (
    Cut,
    HalfBody,
    Hold,
    Respond,
    bad_gateway,
    invalid_json,
    rate_limited,
    server_error,
    wrong_types,
)

pytestmark = BOTH_ENGINES

LIST = """{ project(id: "1") { jobs(first: 12) {
  nodes { name pipeline { databaseId status duration coverage } } } } }"""

EFFECTS: dict[str, tuple[Any, str]] = {
    "server error": (server_error(), "UPSTREAM_ERROR"),
    "bad gateway": (bad_gateway(), "UPSTREAM_UNAVAILABLE"),
    "rate limited": (rate_limited(30), "RATE_LIMITED"),
    "rate limited in text": (rate_limited(30, text=True), "RATE_LIMITED"),
    "forbidden": (Respond(403, b'{"message":"403 Forbidden"}'), "FORBIDDEN"),
    "gone": (Respond(404, b'{"message":"404 Not found"}'), "NOT_FOUND"),
    "cut": (Cut(), "UPSTREAM_UNAVAILABLE"),
    "half a body": (HalfBody(), "UPSTREAM_UNAVAILABLE"),
    "broken JSON": (invalid_json(), "UPSTREAM_INVALID"),
    "a list": (Respond(200, b"[]"), "UPSTREAM_INVALID"),
    "nothing": (Respond(200, b""), "UPSTREAM_INVALID"),
}


@pytest.mark.parametrize(("effect", "code"), EFFECTS.values(), ids=EFFECTS)
async def test_one_pipeline_of_several_fails_alone(
    demo: DemoGitLab, graphql: Graphql, effect: Any, code: str
) -> None:
    numbers = demo.seed_jobs(1, 12, per_pipeline=4)
    failing = demo.job(1, numbers[4]).pipeline.id
    demo.faults.add(Fault(effect, path=f"*/pipelines/{failing}", times=None))
    answer = await graphql(LIST)
    nodes = answer["data"]["project"]["jobs"]["nodes"]
    assert [node["pipeline"]["duration"] is None for node in nodes] == (
        [False] * 4 + [True] * 4 + [False] * 4
    )
    assert all(node["pipeline"]["status"] == "SUCCESS" for node in nodes)
    assert problems(answer) == {
        f"project.jobs.nodes.{index}.pipeline.{field}": code
        for index in range(4, 8)
        for field in ("duration", "coverage")
    }


async def test_what_the_wrong_types_spoil_is_named_value_by_value(
    demo: DemoGitLab, graphql: Graphql
) -> None:
    numbers = demo.seed_jobs(1, 2, per_pipeline=1)
    failing = demo.job(1, numbers[0]).pipeline.id
    demo.faults.add(Fault(wrong_types(), path=f"*/pipelines/{failing}"))
    answer = await graphql(
        """{ project(id: "1") { jobs(first: 2) {
        nodes { pipeline { tag beforeSha user { name } detailedStatus { text } } } } } }"""
    )
    fine, spoiled = (node["pipeline"] for node in answer["data"]["project"]["jobs"]["nodes"])
    assert None not in fine.values()
    # GraphQL's own coercion takes numbers for text, and nothing else for a Boolean or an object.
    assert {key for key, value in spoiled.items() if value is None} >= {
        "tag",
        "user",
        "detailedStatus",
    }
    path = "project.jobs.nodes.1.pipeline"
    assert {problems(answer)[f"{path}.{key}"] for key in ("tag", "user", "detailedStatus")} == {
        "UPSTREAM_INVALID"
    }


async def test_root_fields_fail_alone(demo: DemoGitLab, graphql: Graphql) -> None:
    demo.faults.add(Fault(server_error(), path=f"*/jobs/{examples.FAILED_JOB}"))
    answer = await graphql(
        f"""{{
          fine: job(projectId: "1", id: "{examples.FINISHED_JOB}") {{ name }}
          failing: job(projectId: "1", id: "{examples.FAILED_JOB}") {{ name }}
          missing: job(projectId: "1", id: "4000000") {{ name }}
          misnamed: job(projectId: "1", id: "x") {{ name }}
          pipeline(projectId: "1", id: "{examples.FAILED_PIPELINE}") {{ status }}
        }}"""
    )
    assert answer["data"] == {
        "fine": {"name": "compile"},
        "failing": None,
        "missing": None,
        "misnamed": None,
        "pipeline": {"status": "FAILED"},
    }
    assert problems(answer) == {
        "failing": "UPSTREAM_ERROR",
        "missing": "NOT_FOUND",
        "misnamed": "BAD_USER_INPUT",
    }


async def test_each_of_many_nodes_fails_alone(graphql: Graphql) -> None:
    ids = [
        str(GlobalId("Job", "1", str(examples.FINISHED_JOB))),
        "not an id",
        str(GlobalId("Job", "1", "4000000")),
        str(GlobalId("Bridge", "1", "1", str(examples.MANUAL_PIPELINE))),
        str(GlobalId("Pipeline", "1", str(examples.FAILED_PIPELINE))),
        str(GlobalId("Commit", "1", "f" * 40)),
        str(GlobalId("Job", "no/such", "7")),
    ]
    answer = await graphql(
        "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on Job { name } } }",
        {"ids": ids},
    )
    assert answer["data"]["nodes"] == [
        {"__typename": "Job", "name": "compile"},
        None,
        None,
        None,
        {"__typename": "Pipeline"},
        None,
        None,
    ]
    assert problems(answer) == {
        "nodes.1": "BAD_USER_INPUT",
        "nodes.2": "NOT_FOUND",
        "nodes.3": "NOT_FOUND",
        "nodes.5": "NOT_FOUND",
        "nodes.6": "NOT_FOUND",
    }


async def test_a_list_that_fails_on_its_second_page_is_null_as_a_whole(
    demo: DemoGitLab, graphql: Graphql
) -> None:
    demo.seed_jobs(1, 150)
    demo.faults.add(Fault(server_error(), route="GET /projects/:id/jobs", skip=1))
    answer = await graphql(
        """{ project(id: "1") { jobs(first: 150) { nodes { name } }
        pipelines { totalCount } } }"""
    )
    assert answer["data"]["project"]["jobs"] is None
    assert answer["data"]["project"]["pipelines"]["totalCount"] > 0
    assert problems(answer) == {"project.jobs": "UPSTREAM_ERROR"}


async def test_a_call_that_takes_too_long_is_a_timeout_of_its_field(
    demo: DemoGitLab, demo_url: str, engine: str
) -> None:
    hold = Hold()
    demo.faults.add(Fault(hold, path=f"*/jobs/{examples.FAILED_JOB}"))
    async with gateway_to(demo_url, GATEWAY_COMPILED=engine, GATEWAY_READ_TIMEOUT="0.5") as graphql:
        answer = await graphql(
            f"""{{
              fine: job(projectId: "1", id: "{examples.FINISHED_JOB}") {{ name }}
              slow: job(projectId: "1", id: "{examples.FAILED_JOB}") {{ name }}
            }}"""
        )
    assert answer["data"] == {"fine": {"name": "compile"}, "slow": None}
    assert problems(answer) == {"slow": "UPSTREAM_TIMEOUT"}
    assert answer["errors"][0]["extensions"]["retryable"] is True


async def test_an_error_bears_gitlabs_status_request_id_and_patience(
    demo: DemoGitLab, graphql: Graphql
) -> None:
    headers = (("retry-after", "12"), ("x-request-id", "01HGITLAB"))
    body = b'{"message":{"error":"Too many."}}'
    demo.faults.add(Fault(Respond(429, body, headers=headers)))
    [error] = (await graphql('{ project(id: "1") { jobs { totalCount } } }'))["errors"]
    assert error["path"] == ["project", "jobs"]
    assert error["extensions"] == {
        "code": "RATE_LIMITED",
        "retryable": True,
        "http": {"status": 429},
        "requestId": "01HGITLAB",
        "retryAfter": 12,
    }
