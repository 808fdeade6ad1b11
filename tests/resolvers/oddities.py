"""Two jobs of one GitLab: an odd one, and a neighbour that must not suffer from it."""

from __future__ import annotations

from typing import Any

from tests.resolvers.gateways import CannedGitLab, gateway_over

Payload = dict[str, Any]

PIPELINE: Payload = {
    "id": 6,
    "iid": 2,
    "project_id": 1,
    "sha": "a" * 40,
    "ref": "main",
    "status": "success",
    "source": "push",
    "created_at": "2026-01-01T00:00:00Z",
    "updated_at": None,
    "web_url": "https://gitlab.example.com/g/p/-/pipelines/6",
}
JOB: Payload = {
    "id": 7,
    "status": "failed",
    "stage": "test",
    "name": "rspec",
    "ref": "main",
    "tag": False,
    "coverage": None,
    "allow_failure": False,
    "created_at": "2026-01-01T00:00:00Z",
    "started_at": None,
    "finished_at": None,
    "duration": 1.5,
    "user": {"id": 1, "username": "root"},
    "commit": {"id": "a" * 40, "short_id": "aaaaaaaa", "title": "t", "created_at": "2026"},
    "pipeline": PIPELINE,
    "web_url": "https://gitlab.example.com/g/p/-/jobs/7",
    "project": {"ci_job_token_scope_enabled": True},
    "artifacts": [],
    "runner": None,
    "artifacts_expire_at": None,
    "tag_list": [],
}

EVERYTHING = """
  id databaseId name status stage ref tag coverage allowFailure createdAt startedAt finishedAt
  erasedAt duration queuedDuration failureReason webUrl archived tagList artifactsExpireAt
  user { databaseId username name bot followers } runner { databaseId active }
  runnerManager { databaseId version } artifacts { fileType size } artifactsFile { filename size }
  commit { id sha shortId title createdAt parentIds trailers stats { total } lastPipeline { id } }
  pipeline { id databaseId iid sha ref status coverage duration user { username }
    detailedStatus { text } commit { sha title } jobs { nodes { name } } }
  project { id ciJobTokenScopeEnabled }
"""
TWO_JOBS = f"""{{
  odd: job(projectId: "1", id: "7") {{ {EVERYTHING} }}
  fine: job(projectId: "1", id: "8") {{ id name status user {{ username }} }}
}}"""
FINE = {"name": "rspec", "status": "FAILED", "user": {"username": "root"}}


def gitlab(odd: Any) -> CannedGitLab:
    """Job 7 is odd, job 8 as it should be."""
    return CannedGitLab(
        {
            "GET /projects/1/jobs/7": odd,
            "GET /projects/1/jobs/8": {**JOB, "id": 8},
            "GET /projects/1/pipelines/6": PIPELINE,
            "GET /projects/1/pipelines/6/jobs": [JOB],
            "GET /projects/1/jobs": [],
            f"GET /projects/1/repository/commits/{'a' * 40}": JOB["commit"],
            "GET /projects/1/repository/commits/x": JOB["commit"],
        }
    )


async def ask(odd: Any, engine: str, query: str = TWO_JOBS) -> Any:
    async with gateway_over(gitlab(odd), GATEWAY_COMPILED=engine) as graphql:
        return await graphql(query)


def checked(answer: Any) -> None:
    """The neighbour is whole, and each error tells that GitLab's answer is to blame."""
    assert {key: answer["data"]["fine"][key] for key in FINE} == FINE
    for error in answer.get("errors", ()):
        assert error["path"][0] == "odd"
        assert error["extensions"]["code"] == "UPSTREAM_INVALID"
