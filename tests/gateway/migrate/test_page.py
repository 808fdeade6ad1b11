"""docs/migration.md tells the truth: its tables, its queries, its commands."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.migrate.routes import ROUTES
from tests.gateway.migrate.agreement import Sides, both_sides
from tests.gateway.migrate.page_tables import PAGE, TABLE, TABLES, written
from tests.support.sources import ROOT
from upstream.demo import MAINTAINER_TOKEN, Fault
from upstream.demo.effects import Respond
from upstream.demo.examples import RUNNING_JOB
from upstream.demo.tokens import job_token

TEXT = PAGE.read_text(encoding="utf-8")
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SECTION = re.compile(r"^### ([^\n]+)\n(.*?)(?=^##)", re.MULTILINE | re.DOTALL)
SECONDS = 60

SECTIONS = dict(SECTION.findall(TEXT))
COMMANDS = [body for kind, body in FENCE.findall(TEXT) if kind == "sh"]
QUERIES = [body for kind, body in FENCE.findall(TEXT) if kind == "graphql"]


def test_the_tables_are_those_of_the_code() -> None:
    assert sorted(name for _, name, _, _ in TABLE.findall(TEXT)) == sorted(TABLES)
    assert written(TEXT) == TEXT, "python -m tests.gateway.migrate.page_tables makes them anew"


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.operation)
def test_each_route_has_a_place_where_its_documentation_is_said_to_be(route: Any) -> None:
    page, _, anchor = route.documentation.partition("#")
    assert ROOT / page == PAGE
    assert anchor == re.sub(r"[^\w -]", "", route.title.lower()).replace(" ", "-")
    section = SECTIONS[route.title]
    assert "```graphql\n" in section
    has_parameters = route.parameters or route.missing or route.paging.name != "NONE"
    assert (f"<!-- table: parameters of {route.operation} -->" in section) is bool(has_parameters)


@pytest.fixture(scope="module")
def sides() -> Iterator[Sides]:
    with both_sides() as sides:
        yield sides


def ask(sides: Sides, query: str) -> Any:
    of_a_job = "currentJob" in query or "allowedAgents" in query
    credential = ("JOB-TOKEN", job_token(RUNNING_JOB)) if of_a_job else None
    headers = dict([credential or ("PRIVATE-TOKEN", MAINTAINER_TOKEN)])
    url = f"{sides.gateway}/graphql"
    return httpx.post(url, json={"query": query}, headers=headers, timeout=SECONDS).json()


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: " ".join(query.split())[:60])
def test_each_query_of_the_page_has_an_answer(sides: Sides, query: str) -> None:
    answer = ask(sides, query)
    assert "errors" not in answer
    assert all(answer["data"].values())
    for payload in answer["data"].values():
        assert payload.get("errors", []) == []


def rows(header: str) -> list[list[str]]:
    """The cells of the table below a header."""
    lines = TEXT[TEXT.index(header) :].splitlines()[2:]
    end = next(index for index, line in enumerate(lines) if not line.startswith("| "))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[:end]]


def test_each_status_leads_to_the_code_that_the_page_says(sides: Sides) -> None:
    said = rows("| REST | `extensions.code` | `retryable` |")
    for status, code, retryable in said:
        headers = (("location", "/api/v4/projects/7/jobs/20001"),) if status == "301" else ()
        answered = Respond(int(status), b'{"message": "x"}', headers=headers)
        sides.demo.faults.add(Fault(answered, times=None))  # reads are sent again
        answer = ask(sides, '{ job(projectId: "2", id: 700001) { name } }')
        sides.demo.faults.clear()
        extensions = answer["errors"][0]["extensions"]
        assert extensions["http"]["status"] == int(status)
        assert f"`{extensions['code']}`" == code
        assert extensions["retryable"] is (retryable == "yes")
    assert len(said) > 10


def act(sides: Sides, verb: str, number: int, fault: Respond | None = None) -> list[str]:
    if fault is not None:
        route = f"POST /projects/:id/jobs/:job_id/{verb}"
        sides.demo.faults.add(Fault(fault, route=route))
    query = (
        f'mutation {{ {verb}Job(input: {{ projectId: "1", id: {number} }})'
        " { errors { code message } } }"
    )
    answer = ask(sides, query)
    sides.demo.faults.clear()
    return [each["code"] for each in answer["data"][f"{verb}Job"]["errors"]]


def test_refusals_lead_to_the_codes_that_the_page_says(sides: Sides) -> None:
    said = {row[0]: (row[1], row[2].strip("`")) for row in rows("| REST | says | `errors { code")}
    for verb, number in (("cancel", 20001), ("retry", 20009), ("erase", 20009), ("play", 20001)):
        words, code = said[verb]
        rest = httpx.post(
            f"{sides.gitlab}/api/v4/projects/1/jobs/{number}/{verb}",
            headers={"PRIVATE-TOKEN": MAINTAINER_TOKEN},
            timeout=SECONDS,
        )
        assert words.startswith(str(rest.status_code))
        assert rest.json().get("message", "and the job as it was") in words
        assert act(sides, verb, number) == [code]
    for verb in ("retry", "play"):
        assert act(sides, verb, 20001, Respond(400, b"{}")) == [said["retry, play"][1]]
    for verb in ("cancel", "retry", "erase", "play"):
        assert act(sides, verb, 20001, Respond(409, b"{}")) == [said["each"][1]]


@asynccontextmanager
async def served(command: str, environ: dict[str, str], folder: Path) -> AsyncIterator[None]:
    """A command that serves until it is told to end; it says so when it listens."""
    process = await asyncio.create_subprocess_exec(
        "/usr/bin/env", "sh", "-c", f"exec env {command}", cwd=folder, env=environ,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), SECONDS)
        assert b"http://127.0.0.1:" in line
        yield
    finally:
        process.terminate()
        await asyncio.wait_for(process.communicate(), SECONDS)


def run(command: str, environ: dict[str, str], folder: Path) -> str:
    shell = subprocess.run(  # noqa: S603 - the commands are the page's own
        ["/usr/bin/env", "sh", "-ec", command], cwd=folder, env=environ, text=True,
        capture_output=True, check=False, timeout=SECONDS, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert shell.returncode == 0, f"{command}\n{shell.stdout}\n{shell.stderr}"
    return shell.stdout


def free_ports() -> tuple[int, int]:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("", 0)) as other:
        return one.getsockname()[1], other.getsockname()[1]


@pytest.mark.slow
async def test_each_command_of_the_page_runs(tmp_path: Path) -> None:
    gitlab, gateway = free_ports()

    def placed(text: str) -> str:
        return text.replace(":8080", f":{gitlab}").replace(" 8080", f" {gitlab}").replace(
            ":8000", f":{gateway}"
        ).replace(" 8000", f" {gateway}")  # fmt: skip

    folder = Path(sys.executable).parent
    environ = {"PATH": f"{folder}:{os.environ['PATH']}", "no_proxy": "*", "LANG": "C.UTF-8"}
    demo, serve, export, *others = map(placed, COMMANDS)
    assert export.startswith("export PRIVATE_TOKEN=")
    async with served(demo, environ, tmp_path), served(serve, environ, tmp_path):
        said = {
            command: await asyncio.to_thread(run, export + command, environ, tmp_path)
            for command in others
        }
    assert len(said) == len(COMMANDS) - 3
    (shown,) = (body for kind, body in FENCE.findall(TEXT) if kind == "text")
    assert said[others[0]].rstrip() == shown.rstrip()
    assert all(said[command] or command.startswith("!") for command in others)
    compared = [said[command] for command in others if command.startswith("jobs-gateway compare")]
    assert len(compared) == 2
    assert all("no difference" in text for text in compared)


def test_the_page_is_not_about_another_port() -> None:
    assert set(re.findall(r"127\.0\.0\.1:(\d+)", TEXT)) == {"8000", "8080"}
