#!/usr/bin/env python3
"""Where does a project's time go? Walks its jobs by cursor and adds up run times by name.

usage: slowest_jobs.py PROJECT [JOBS]        JOBS: how many to look at, 500 unless told otherwise
"""

import os
import sys
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import httpx

GRAPHQL_URL = os.environ.get("GRAPHQL_URL", "http://127.0.0.1:8000/graphql")
PRIVATE_TOKEN = os.environ.get("PRIVATE_TOKEN", "demo-maintainer")
PAGE = 100  # one REST call

JOBS = """
query Jobs($project: ID!, $first: Int!, $after: String) {
  project(id: $project) {
    jobs(scope: [SUCCESS, FAILED], first: $first, after: $after) {
      nodes { name duration }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""


def jobs(project: str, limit: int) -> Iterator[dict[str, Any]]:
    """New jobs may appear while we walk: a cursor still leads to each old one exactly once."""
    after = None
    with httpx.Client(headers={"PRIVATE-TOKEN": PRIVATE_TOKEN}) as client:
        while limit > 0:
            variables = {"project": project, "first": min(limit, PAGE), "after": after}
            answer = client.post(GRAPHQL_URL, json={"query": JOBS, "variables": variables}).json()
            if errors := answer.get("errors"):
                sys.exit("\n".join(error["message"] for error in errors))
            page = answer["data"]["project"]["jobs"]
            yield from page["nodes"]
            if not page["pageInfo"]["hasNextPage"]:
                return
            limit -= len(page["nodes"])
            after = page["pageInfo"]["endCursor"]


def main(project: str, limit: str = "500") -> None:
    durations: dict[str, list[float]] = defaultdict(list)
    for job in jobs(project, int(limit)):
        durations[job["name"]].append(job["duration"] or 0.0)
    for name, seconds in sorted(durations.items(), key=lambda item: -sum(item[1])):
        total, count = sum(seconds), len(seconds)
        print(f"{total:10.1f} s  {count:5d} x {total / count:8.1f} s  {name}")


if __name__ == "__main__":
    match sys.argv[1:]:
        case [project]:
            main(project)
        case [project, limit]:
            main(project, limit)
        case _:
            sys.exit(__doc__)
