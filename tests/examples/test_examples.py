"""Each example is run as a user would run it, and told the truth by the demo behind the gateway."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.sources import ROOT
from upstream.demo import DemoGitLab
from upstream.demo.examples import FAILED_JOB, FAILED_PIPELINE, RUNNING_PIPELINE
from upstream.demo.tokens import MAINTAINER_TOKEN, REPORTER_TOKEN

EXAMPLES = ROOT / "examples"
SECONDS = 60


@dataclass(frozen=True, slots=True)
class Run:
    code: int
    out: str
    err: str


class Example:
    """Runs an example against the gateway, as the user of a token."""

    def __init__(self, gateway_url: str) -> None:
        self._url = f"{gateway_url}/graphql"

    async def __call__(self, *command: str, token: str = MAINTAINER_TOKEN) -> Run:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=EXAMPLES,
            env=os.environ | {"GRAPHQL_URL": self._url, "PRIVATE_TOKEN": token},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await asyncio.wait_for(process.communicate(), SECONDS)
        return Run(process.returncode or 0, out.decode(), err.decode())


@pytest.fixture
def example(gateway_url: str) -> Example:
    return Example(gateway_url)


class Rest:
    """The demo's own answers, asked for past the gateway."""

    def __init__(self, demo_url: str) -> None:
        self._url = f"{demo_url}/api/v4/projects/1"

    async def __call__(self, path: str, **params: Any) -> Any:
        headers = {"PRIVATE-TOKEN": MAINTAINER_TOKEN}
        async with httpx.AsyncClient(headers=headers) as client:
            answer = await client.get(f"{self._url}/{path}", params=params)
        assert answer.status_code == httpx.codes.OK
        is_json = answer.headers["content-type"].startswith("application/json")
        return answer.json() if is_json else answer.text


@pytest.fixture
def rest(demo_url: str) -> Rest:
    return Rest(demo_url)


def test_every_example_is_run_here() -> None:
    tests = "".join(
        path.read_text(encoding="utf-8")
        for path in Path(__file__).parent.iterdir()
        if path.suffix == ".py"
    )
    files = {path.name for path in EXAMPLES.iterdir() if path.suffix != ".md"}
    assert {name for name in files if name not in tests} == set()


async def test_latest_jobs(example: Example, rest: Rest) -> None:
    run = await example("./latest_jobs.sh", "demo/shop")
    assert run.code == 0, run.err
    shown = json.loads(run.out)["data"]["project"]["jobs"]["nodes"]
    true = await rest("jobs", per_page=5)
    assert [(job["databaseId"], job["name"]) for job in shown] == [
        (job["id"], job["name"]) for job in true
    ]


async def test_latest_jobs_with_a_wrong_token(example: Example) -> None:
    run = await example("./latest_jobs.sh", token="not-a-token")
    assert json.loads(run.out)["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_failed_jobs(example: Example, rest: Rest) -> None:
    run = await example(sys.executable, "failed_jobs.py", "demo/shop", str(FAILED_PIPELINE))
    assert (run.code, run.err) == (0, "")
    failed = await rest(f"pipelines/{FAILED_PIPELINE}/jobs", scope="failed")
    assert failed
    for job in failed:
        assert f"{job['stage']}/{job['name']}: {job['failure_reason']}\n{job['web_url']}" in run.out
    log = (await rest(f"jobs/{FAILED_JOB}/trace")).splitlines()
    assert "ERROR: Job failed" in log[-1]
    assert "  | ERROR: Job failed" in run.out


async def test_failed_jobs_of_the_latest_pipeline(example: Example, rest: Rest) -> None:
    run = await example(sys.executable, "failed_jobs.py", "demo/shop")
    assert (run.code, run.err) == (0, "")
    (latest,) = await rest("pipelines", status="failed", per_page=1)
    assert run.out.startswith(f"pipeline {latest['id']} on {latest['ref']}: ")


async def test_failed_jobs_of_no_pipeline(example: Example) -> None:
    run = await example(sys.executable, "failed_jobs.py", "demo/shop", "999999")
    assert run.code == 1
    assert run.err.startswith("NOT_FOUND pipeline: ")


async def test_retry_failed(example: Example, rest: Rest) -> None:
    before = await rest(f"pipelines/{FAILED_PIPELINE}/jobs", scope="failed")
    run = await example(sys.executable, "retry_failed.py", "demo/shop", str(FAILED_PIPELINE))
    assert (run.code, run.err) == (0, "")
    names = [line.partition(":")[0] for line in run.out.splitlines()]
    assert sorted(names) == sorted(job["name"] for job in before)
    assert await rest(f"pipelines/{FAILED_PIPELINE}/jobs", scope="failed") == []


async def test_retry_failed_by_one_who_may_not(example: Example, rest: Rest) -> None:
    command = (sys.executable, "retry_failed.py", "demo/shop", str(FAILED_PIPELINE))
    before = await rest(f"pipelines/{FAILED_PIPELINE}/jobs", scope="failed")
    run = await example(*command, token=REPORTER_TOKEN)
    assert run.code == 1
    assert run.out == ""
    assert len(run.err.splitlines()) == len(before)
    assert await rest(f"pipelines/{FAILED_PIPELINE}/jobs", scope="failed") == before


async def test_slowest_jobs_walks_page_by_page(example: Example, demo: DemoGitLab) -> None:
    demo.calls.clear()
    run = await example(sys.executable, "slowest_jobs.py", "demo/shop", "250")
    assert (run.code, run.err) == (0, "")
    counts = Counter[str]()
    for line in run.out.splitlines():
        _total, _unit, count, _x, _mean, _unit, name = line.split(maxsplit=6)
        counts[name] = int(count)
    pages = [call for call in demo.calls if call.method == "GET"]
    assert sum(counts.values()) == 250
    assert len(pages) == 3


async def test_running(example: Example, rest: Rest) -> None:
    node = shutil.which("node")
    assert node, "Node.js is not installed: scripts/test installs it"
    run = await example(node, "running.mjs")
    assert (run.code, run.err) == (0, "")
    pipelines = await rest("pipelines", status="running", per_page=10)
    assert [line.split()[1] for line in run.out.splitlines() if line.startswith("pipeline")] == [
        str(pipeline["id"]) for pipeline in pipelines
    ]
    assert f"pipeline {RUNNING_PIPELINE} on main\n  test/soak: RUNNING\n" in run.out
