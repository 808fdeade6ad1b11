#!/usr/bin/env python3
"""Why did a pipeline fail? Prints its failed jobs, each with the end of its log.

usage: failed_jobs.py PROJECT [PIPELINE]     without PIPELINE: the latest one that failed
"""

import os
import sys
from typing import Any

import httpx

GRAPHQL_URL = os.environ.get("GRAPHQL_URL", "http://127.0.0.1:8000/graphql")
PRIVATE_TOKEN = os.environ.get("PRIVATE_TOKEN", "demo-maintainer")

LATEST_FAILED = """
query LatestFailed($project: ID!) {
  project(id: $project) { pipelines(status: FAILED, first: 1) { nodes { databaseId } } }
}
"""

FAILED_JOBS = """
query FailedJobs($project: ID!, $pipeline: ID!) {
  pipeline(projectId: $project, id: $pipeline) {
    databaseId
    ref
    commit { title }
    jobs(scope: [FAILED], first: 100) {
      nodes { name stage failureReason webUrl log { text(tail: 5) } }
    }
  }
}
"""


def ask(query: str, **variables: Any) -> Any:
    answer = httpx.post(
        GRAPHQL_URL,
        headers={"PRIVATE-TOKEN": PRIVATE_TOKEN},
        json={"query": query, "variables": variables},
    ).json()
    for error in answer.get("errors", []):
        code = error["extensions"]["code"]
        where = ".".join(str(step) for step in error.get("path", []))
        print(f"{code} {where}: {error['message']}", file=sys.stderr)
    if answer.get("data") is None:
        sys.exit(1)
    return answer["data"]


def latest_failed(project: str) -> int:
    pipelines = ask(LATEST_FAILED, project=project)["project"]["pipelines"]
    if not (pipelines and pipelines["nodes"]):
        sys.exit(f"no failed pipeline in {project}")
    number: int = pipelines["nodes"][0]["databaseId"]
    return number


def main(project: str, pipeline: str | None = None) -> None:
    found = ask(FAILED_JOBS, project=project, pipeline=pipeline or latest_failed(project))
    shown = found["pipeline"]
    if shown is None:
        sys.exit(1)
    # Commit, jobs and logs may each be null: what GitLab did not give is missing alone.
    title = (shown["commit"] or {}).get("title", "(unknown commit)")
    print(f"pipeline {shown['databaseId']} on {shown['ref']}: {title}")
    for job in (shown["jobs"] or {"nodes": []})["nodes"]:
        print(f"\n{job['stage']}/{job['name']}: {job['failureReason']}\n{job['webUrl']}")
        for line in job["log"]["text"].splitlines() if job["log"] else ["(no log)"]:
            print(f"  | {line}")


if __name__ == "__main__":
    match sys.argv[1:]:
        case [project]:
            main(project)
        case [project, pipeline]:
            main(project, pipeline)
        case _:
            sys.exit(__doc__)
