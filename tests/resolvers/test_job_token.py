"""What a job token leads to: its job, and the agents that the job may use."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.conftest import Graphql
from tests.resolvers.gateways import data, problems
from upstream.demo import DemoGitLab, examples

CURRENT_JOB = """{ currentJob {
  databaseId name project { id } pipeline { databaseId duration } runner { description } } }"""
AGENTS = """{ allowedAgents {
  allowedAgents { databaseId configProject { databaseId pathWithNamespace } configuration }
  job { databaseId name } pipeline { databaseId status } project { databaseId groups }
  user { username rolesInProject } environment { tier slug } } }"""


async def as_job(url: str, query: str, **headers: str) -> Any:
    async with httpx.AsyncClient(base_url=url, headers=headers) as client:
        return (await client.post("/graphql", json={"query": query})).json()


@pytest.mark.parametrize("header", ["JOB-TOKEN: {}", "Authorization: Bearer {}"])
async def test_a_job_token_leads_to_its_job(
    demo: DemoGitLab, gateway_url: str, header: str
) -> None:
    name, value = header.format(demo.job_token(examples.RUNNING_JOB)).split(": ")
    answer = await as_job(gateway_url, CURRENT_JOB, **{name: value})
    assert data(answer)["currentJob"] == {
        "databaseId": examples.RUNNING_JOB,
        "name": "soak",
        "project": {"id": "1"},
        "pipeline": {"databaseId": examples.RUNNING_PIPELINE, "duration": None},
        "runner": {"description": "docker-1"},
    }


async def test_a_job_token_leads_to_the_agents_of_its_job(
    demo: DemoGitLab, gateway_url: str
) -> None:
    job = demo.new_job(1, status="running")
    answer = await as_job(gateway_url, AGENTS, **{"JOB-TOKEN": demo.job_token(job)})
    project = {"databaseId": 1, "pathWithNamespace": "demo/shop"}
    assert data(answer)["allowedAgents"] == {
        "allowedAgents": [
            {"databaseId": 51, "configProject": project, "configuration": None},
            {
                "databaseId": 52,
                "configProject": project,
                "configuration": {"default_namespace": "review"},
            },
        ],
        "job": {"databaseId": job, "name": None},
        "pipeline": {"databaseId": demo.job(1, job).pipeline.id, "status": None},
        "project": {"databaseId": 1, "groups": [{"id": 60}]},
        "user": {"username": "devon", "rolesInProject": ["guest", "reporter", "developer"]},
        "environment": None,
    }


@pytest.mark.parametrize("field", ["currentJob { name }", "allowedAgents { user { username } }"])
async def test_other_credentials_belong_to_no_job(graphql: Graphql, field: str) -> None:
    name = field.split(maxsplit=1)[0]
    user, nobody = await graphql(f"{{ {field} }}"), await graphql(f"{{ {field} }}", None, None)
    assert (user["data"], problems(user)) == ({name: None}, {name: "NOT_FOUND"})
    assert (nobody["data"], problems(nobody)) == ({name: None}, {name: "UNAUTHENTICATED"})


async def test_the_token_of_a_finished_job_is_dead(demo: DemoGitLab, gateway_url: str) -> None:
    token = demo.job_token(examples.FINISHED_JOB)
    answer = await as_job(gateway_url, CURRENT_JOB, **{"JOB-TOKEN": token})
    assert problems(answer) == {"currentJob": "UNAUTHENTICATED"}
