"""What is printed can be used as it is: the curl by a shell, the JSON by whoever posts it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from graphql import parse, print_ast

from gateway.migrate.reading import read_call
from gateway.migrate.translation import translate
from gateway.migrate.writing import as_curl, as_text, graphql_url, request_of
from tests.gateway.migrate.agreement import Sides, both_sides
from tests.gateway.migrate.spellings import SPELLINGS, Spelling
from upstream.demo import MAINTAINER_TOKEN
from upstream.demo.examples import RUNNING_JOB
from upstream.demo.tokens import job_token

READING = [spelling for spelling in SPELLINGS if "input" not in spelling.variables]
# The first spelling of each, which has a token.
OF_EACH_KIND = {spelling.operation: spelling for spelling in reversed(READING)}.values()


@pytest.fixture(scope="module")
def sides() -> Iterator[Sides]:
    with both_sides() as sides:
        yield sides


def run(command: str, **environ: str) -> Any:
    shell = subprocess.run(
        ["/usr/bin/env", "sh"], input=f"{command} --silent", text=True, capture_output=True,
        check=True, timeout=20, env={"PATH": os.environ["PATH"], "no_proxy": "*", **environ},
    )  # fmt: skip
    return json.loads(shell.stdout)


@pytest.mark.parametrize("spelling", OF_EACH_KIND, ids=lambda spelling: spelling.operation)
def test_the_curl_gets_the_answer_of_the_operation(sides: Sides, spelling: Spelling) -> None:
    translation = translate(read_call(spelling.text))
    tokens = {"PRIVATE_TOKEN": MAINTAINER_TOKEN, "CI_JOB_TOKEN": job_token(RUNNING_JOB)}
    answer = run(as_curl(translation, sides.gateway), **tokens)
    of_a_job = spelling.operation in ("CurrentJob", "AllowedAgents")
    asked = sides.graphql(translation, job_token(RUNNING_JOB) if of_a_job else MAINTAINER_TOKEN)
    assert answer == asked
    assert answer["data"]


def test_the_shell_fills_in_its_own_variables_and_no_others() -> None:
    text = (
        'curl -H "PRIVATE-TOKEN: $T" "$CI_API_V4_URL/projects/$CI_PROJECT_ID/pipelines"'
        " --get --data-urlencode 'ref=${NOT_ME} it'\"'\"'s' --data-urlencode \"username=$WHO\""
    )
    translation = translate(read_call(text))
    curl = as_curl(translation, "http://gateway.test").replace("curl ", "echo ", 1)
    script = f"{curl} | sed -n 's/.*--data //p'"
    shell = subprocess.run(
        ["/usr/bin/env", "sh"], input=script, text=True, capture_output=True, check=True,
        timeout=20, env={"PATH": os.environ["PATH"], "CI_PROJECT_ID": "1", "WHO": "m  *"},
    )  # fmt: skip
    assert json.loads(shell.stdout)["variables"] == {
        "projectId": "1",
        "ref": "${NOT_ME} it's",
        "username": "m  *",
    }


@pytest.mark.parametrize("spelling", OF_EACH_KIND, ids=lambda spelling: spelling.operation)
def test_the_json_can_be_posted_as_it_is(sides: Sides, spelling: Spelling) -> None:
    request = request_of(translate(read_call(spelling.text)))
    assert request["operationName"] == spelling.operation
    of_a_job = spelling.operation in ("CurrentJob", "AllowedAgents")
    credential = (
        {"JOB-TOKEN": job_token(RUNNING_JOB)} if of_a_job else {"PRIVATE-TOKEN": MAINTAINER_TOKEN}
    )
    answer = httpx.post(f"{sides.gateway}/graphql", json=request, headers=credential, timeout=20)
    assert "errors" not in answer.json()
    found = answer.json()["data"]
    for step in request["extensions"]["translation"]["answer"].removeprefix(".data.").split("."):
        found = found[step]
    assert found


LATER_PAGE = (
    "this asks for the pages before, too; to walk through the list, take the first page, and go "
    "on with after: pageInfo.endCursor"
)


def test_the_text_shows_operation_variables_and_curl() -> None:
    translation = translate(read_call("curl '/api/v4/projects/1/jobs?page=2&private_token=abcdef'"))
    head, operation, variables, curl = as_text(translation).split("\n\n")
    assert head.splitlines() == [
        "# GET /projects/:id/jobs, see docs/migration.md#list-project-jobs",
        "# REST's answer stands in .data.project.jobs.nodes[20:40]",
        "# note: private_token became a header: addresses end up in logs",
        f"# note: {LATER_PAGE}",
    ]
    assert print_ast(parse(operation)).split() == operation.split()
    assert json.loads(variables.removeprefix("# variables\n")) == {"projectId": "1", "first": 40}
    assert curl.startswith("# curl\ncurl http://127.0.0.1:8000/graphql \\\n")


@pytest.mark.parametrize(
    "address",
    ["http://g.test", "http://g.test/", "http://g.test/graphql", "http://g.test/graphql/"],
)
def test_the_gateway_may_be_named_by_its_root_or_its_path(address: str) -> None:
    assert graphql_url(address) == "http://g.test/graphql"
