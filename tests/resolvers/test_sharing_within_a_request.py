"""Whatever reads alike is read once in a request, and one request cannot take every connection."""

from __future__ import annotations

import pytest

from tests.conftest import Graphql
from tests.resolvers.gateways import BOTH_ENGINES, data, gateway_to, problems
from upstream.demo import DemoGitLab, Fault, examples
from upstream.demo.effects import Delay
from upstream.demo.tokens import MAINTAINER_TOKEN

PIPELINE = "GET /projects/:id/pipelines/:pipeline_id"
PIPELINE_JOBS = "GET /projects/:id/pipelines/:pipeline_id/jobs"


@BOTH_ENGINES
async def test_the_same_list_by_two_names_is_read_once(demo: DemoGitLab, graphql: Graphql) -> None:
    answer = data(
        await graphql(
            '{ project(id: "1") { a: jobs(first: 3) { nodes { name } }'
            " b: jobs(first: 3) { nodes { name } } } }"
        )
    )
    assert answer["project"]["a"] == answer["project"]["b"]
    assert len(demo.calls) == 1


@BOTH_ENGINES
async def test_lists_of_different_windows_are_read_apart(
    demo: DemoGitLab, graphql: Graphql
) -> None:
    data(
        await graphql(
            '{ project(id: "1") { a: jobs(first: 3) { nodes { name } }'
            " b: jobs(first: 4) { nodes { name } } } }"
        )
    )
    assert len(demo.calls) == 2


@BOTH_ENGINES
async def test_going_round_in_circles_costs_no_more_than_going_once(
    demo: DemoGitLab, graphql: Graphql
) -> None:
    inner = "name"
    for _ in range(4):
        inner = f"pipeline {{ jobs(first: 5) {{ nodes {{ {inner} }} }} }}"
    first = f'pipeline(projectId: "1", id: "{examples.FAILED_PIPELINE}")'
    answer = await graphql(f"{{ {first} {{ jobs(first: 5) {{ nodes {{ {inner} }} }} }} }}")
    data(answer)
    assert demo.calls.routes() == [PIPELINE, PIPELINE_JOBS]


async def test_lists_and_logs_keep_to_the_fan_out(demo: DemoGitLab, demo_url: str) -> None:
    numbers = demo.seed_jobs(1, 12, per_pipeline=1)
    pipelines = {demo.job(1, number).pipeline.id for number in numbers}
    demo.faults.add(Fault(Delay(0.02), times=None))
    lists = "\n".join(
        f'p{each}: pipeline(projectId: "1", id: "{each}")'
        " { jobs { nodes { log { size } } } }"
        for each in sorted(pipelines)
    )
    async with gateway_to(demo_url, GATEWAY_FAN_OUT="3") as ask:
        answer = await ask(f"{{ {lists} }}", token=MAINTAINER_TOKEN)
    assert problems(answer) == {}
    assert demo.calls.peak == 3


@pytest.mark.parametrize("verb", ["retryJob", "playJob"])
async def test_inputs_nested_too_deep_are_refused(graphql: Graphql, verb: str) -> None:
    deep: dict[str, object] = {}
    for _ in range(400):
        deep = {"a": deep}
    query = (
        f"mutation ($inputs: JSON) {{ {verb}(input: {{"
        ' projectId: "1", id: "1", inputs: $inputs }) { errors { code } } }'
    )
    answer = await graphql(query, {"inputs": deep})
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "LIMIT_EXCEEDED"
    assert "GATEWAY_VARIABLE_DEPTH" in error["message"]
