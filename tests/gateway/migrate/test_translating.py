"""`jobs-gateway translate`, as it is called."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from gateway.cli import main
from gateway.migrate.elsewhere import endpoints
from gateway.migrate.problems import NOTHING_FOUND

API = "https://gitlab.example.com/api/v4"
JOB = f"curl -H 'PRIVATE-TOKEN: secret-token' {API}/projects/1/jobs/8"
MERGE_REQUESTS = f"curl {API}/projects/1/merge_requests"

Capture = pytest.CaptureFixture[str]


class Input(io.TextIOWrapper):
    def __init__(self, text: str | bytes, *, terminal: bool = False) -> None:
        content = text.encode() if isinstance(text, str) else text
        super().__init__(io.BytesIO(content))
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


def test_a_call_is_translated(capsys: Capture) -> None:
    assert main(["translate", JOB]) == 0
    told = capsys.readouterr()
    assert told.err == ""
    assert "query Job($projectId: ID, $jobId: ID!) {" in told.out
    assert '"jobId": "8"' in told.out
    assert "curl http://127.0.0.1:8000/graphql" in told.out


def test_the_curl_asks_the_gateway_that_is_named(capsys: Capture) -> None:
    assert main(["translate", "--gateway", "https://jobs.example.com", JOB]) == 0
    assert "curl https://jobs.example.com/graphql" in capsys.readouterr().out


def test_json_is_one_object_a_line(capsys: Capture) -> None:
    assert main(["translate", "--json", JOB, MERGE_REQUESTS, "nothing"]) == 1
    told = capsys.readouterr()
    assert told.err == ""
    request, error, nothing = map(json.loads, told.out.splitlines())
    assert {"query", "variables", "operationName", "extensions"} == set(request)
    assert request["variables"] == {"projectId": "1", "jobId": "8"}
    assert error["error"]["message"].endswith("is no part of the Jobs API")
    assert error["error"]["endpoints"] == endpoints()
    assert nothing["error"]["message"] == NOTHING_FOUND


def test_standard_input_has_as_many_calls_as_it_likes(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", Input(f"#!/bin/sh\n{JOB}\n{MERGE_REQUESTS}\n{JOB}/trace\n"))
    assert main(["translate"]) == 1
    told = capsys.readouterr()
    assert [line for line in told.out.splitlines() if line.startswith("# line")] == [
        "# line 2",
        "# line 4",
    ]
    lines = told.err.splitlines()
    assert lines[0].startswith("jobs-gateway: line 3: cannot be translated: GET /projects/:…/merge")
    assert lines[1] == "These can be translated:"
    assert [line.strip() for line in lines[2:]] == endpoints()


@pytest.mark.parametrize("text", ["", "no call\n", b"\xff\xfe\x00"])
def test_an_input_without_calls_says_so(
    text: str | bytes, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", Input(text))
    assert main(["translate"]) == 1
    assert NOTHING_FOUND in capsys.readouterr().err


def test_a_terminal_is_told_that_it_is_read(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", Input(JOB, terminal=True))
    assert main(["translate", "--json"]) == 0
    told = capsys.readouterr()
    assert "reading calls from the terminal; end with Ctrl-D" in told.err
    assert json.loads(told.out)["operationName"] == "Job"


def test_a_body_is_read_from_the_file_that_the_call_names(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "variables.json").write_text(
        '{"job_variables_attributes": [{"key": "TEST_VAR_1", "value": "test1"}]}'
    )
    monkeypatch.chdir(tmp_path)
    play = f"curl --request POST --data @variables.json {API}/projects/1/jobs/1/play"
    assert main(["translate", "--json", play]) == 0
    variables = json.loads(capsys.readouterr().out)["variables"]
    assert variables["input"]["variables"] == [{"key": "TEST_VAR_1", "value": "test1"}]
    assert main(["translate", "--json", play.replace("variables.json", ".")]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["variables"]["input"]["variables"] == [{"key": "<key>", "value": "<value>"}]
    assert "could not be read here" in told["extensions"]["translation"]["notes"][-1]


def test_a_body_is_read_from_standard_input_beside_a_call(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", Input('{"force": true}'))
    assert main(["translate", "--json", f"curl --json @- {API}/projects/1/jobs/1/cancel"]) == 0
    assert json.loads(capsys.readouterr().out)["variables"]["input"]["force"] is True


def test_what_is_no_unicode_does_not_stop_it(capsys: Capture) -> None:
    argument = b"curl 'https://g.test/api/v4/projects/1/pipelines?ref=\xff'".decode(
        "utf-8", "surrogateescape"
    )
    assert main(["translate", "--json", argument]) == 0
    assert json.loads(capsys.readouterr().out)["variables"]["ref"] == "�"


def test_the_endpoints_can_be_listed(capsys: Capture) -> None:
    assert main(["translate", "--endpoints"]) == 0
    assert capsys.readouterr().out.splitlines() == endpoints()
