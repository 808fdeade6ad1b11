"""`jobs-gateway compare`, as it is called: both sides are asked, and what differs is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from gateway.cli import main
from tests.gateway.migrate.agreement import Sides, both_sides
from upstream.demo import MAINTAINER_TOKEN, Fault, effects
from upstream.demo.examples import RUNNING_JOB
from upstream.demo.exchange import Exchange
from upstream.demo.tokens import job_token

Capture = pytest.CaptureFixture[str]
HEADER = f"-H 'PRIVATE-TOKEN: {MAINTAINER_TOKEN}'"
JOB_ROUTE = "GET /projects/:id/jobs/:job_id"


@pytest.fixture(scope="module")
def running() -> Iterator[Sides]:
    with both_sides() as sides:
        yield sides


@pytest.fixture
def sides(running: Sides, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sides]:
    for name in ("GITLAB_URL", "PRIVATE_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    running.calls()
    yield running
    running.demo.faults.clear()


def call(sides: Sides, path: str, header: str = HEADER, *, options: str = "") -> str:
    return f"curl {options} {header} '{sides.gitlab}/api/v4/{path}'"


def test_nothing_differs_and_that_is_said(sides: Sides, capsys: Capture) -> None:
    assert main(["compare", call(sides, "projects/1/jobs?scope[]=failed&per_page=3")]) == 0
    first, left_out = capsys.readouterr().out.splitlines()
    assert first.startswith("GET /projects/:id/jobs: ")
    assert first.endswith(" values compared, no difference")
    assert left_out == (
        "  left out by the schema (docs/migration.md): Runner.created_by, User.is_followed"
    )
    # Once by REST, once by the gateway of its own.
    assert sides.calls() == ["GET /projects/:id/jobs"] * 2


@pytest.mark.parametrize(
    "path",
    [
        "projects/1/pipelines/1001/jobs?page=2&per_page=2",
        "projects/1/jobs?page=2&per_page=2",
        "projects/1/jobs/20001/trace",
        "projects/1/jobs/20009/trace",
        "projects/1/pipelines/1001",
    ],
)
def test_every_kind_of_answer_can_be_compared(sides: Sides, path: str) -> None:
    assert main(["compare", call(sides, path), "--gateway", sides.gateway]) == 0


def test_a_call_that_both_refuse_does_not_differ(sides: Sides, capsys: Capture) -> None:
    assert main(["compare", call(sides, "projects/1/jobs/77777")]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{JOB_ROUTE}: 1 value compared, no difference",
        "  both refuse: 404, NOT_FOUND: 404 Not found",
    ]


@dataclass
class InTurn:
    """The effects one after another, again and again; None leaves the answer alone."""

    effects: Sequence[effects.Effect | None]
    played: int = 0

    async def play(self, exchange: Exchange) -> None:
        effect = self.effects[self.played % len(self.effects)]
        self.played += 1
        await (exchange.proceed() if effect is None else effect.play(exchange))


def test_each_difference_is_told_and_the_status_is_1(sides: Sides, capsys: Capture) -> None:
    def other(job: Any) -> Any:
        return {**job, "name": "other", "pipeline": {**job["pipeline"], "iid": 7}, "new_key": 1}

    # REST is asked, then the gateway asks, and where something differs REST is asked again.
    altered = effects.rewrite(other)
    sides.demo.faults.add(Fault(InTurn((altered, None, altered)), times=None))
    assert main(["compare", call(sides, "projects/1/jobs/20001")]) == 1
    told = capsys.readouterr().out.splitlines()
    assert told[0].endswith("values compared, 3 differ")
    assert '  name: REST "other", GraphQL "compile"' in told
    assert "  new_key: REST 1, GraphQL nothing" in told
    assert any(line.startswith("  pipeline.iid: REST 7, GraphQL ") for line in told)


def test_a_value_that_gitlab_changes_meanwhile_does_not_count(
    sides: Sides, capsys: Capture
) -> None:
    sides.demo.faults.add(Fault(effects.rewrite(lambda job: {**job, "duration": 1.5})))
    assert main(["compare", call(sides, "projects/1/jobs/20001")]) == 0
    told = capsys.readouterr().out.splitlines()
    assert "  changed in GitLab meanwhile, not counted: duration" in told


def test_a_list_that_moves_is_compared_again(sides: Sides, capsys: Capture) -> None:
    shifted = effects.rewrite(lambda jobs: jobs[1:])
    sides.demo.faults.add(Fault(InTurn((shifted, None, None)), times=3))
    assert main(["compare", call(sides, "projects/1/jobs?per_page=3")]) == 0, capsys.readouterr()


def test_an_answer_of_one_side_alone_differs(sides: Sides, capsys: Capture) -> None:
    for one, other, told in (
        (effects.server_error(503), None, "the status: REST 503, GraphQL nothing"),
        (None, effects.server_error(500), 'the status: REST 200, GraphQL "UPSTREAM_ERROR: 500'),
    ):
        sides.demo.faults.clear()
        sides.demo.faults.add(Fault(InTurn((one, other)), times=None))
        assert main(["compare", call(sides, "projects/1/jobs/20001")]) == 1
        assert told in capsys.readouterr().out


@pytest.mark.parametrize("verb", ["cancel", "retry", "erase", "play"])
def test_what_changes_something_is_refused(sides: Sides, verb: str, capsys: Capture) -> None:
    assert main(["compare", call(sides, f"projects/1/jobs/20001/{verb}", options="-X POST")]) == 2
    assert "must not be done twice" in capsys.readouterr().err
    assert sides.calls() == []


@pytest.mark.parametrize(
    ("verb", "number"),
    [
        ("retry", 20017),
        ("cancel", 20104),
        ("erase", 20003),
        ("play", 20212),
        ("play", 20214),  # a bridge
        ("retry", 20210),  # likewise
    ],
)
def test_what_changes_something_is_done_once_where_that_is_allowed(
    sides: Sides, verb: str, number: int, capsys: Capture
) -> None:
    text = call(sides, f"projects/1/jobs/{number}/{verb}", options="--request POST")
    assert main(["compare", "--allow-mutations", text]) == 0, capsys.readouterr()
    assert capsys.readouterr().out.startswith(f"POST /projects/:id/jobs/:job_id/{verb}: ")
    acted = [each for each in sides.calls() if each.startswith("POST")]
    assert acted == [f"POST /projects/:id/jobs/:job_id/{verb}"]


def test_an_action_that_is_refused_leaves_nothing_to_compare(sides: Sides, capsys: Capture) -> None:
    text = call(sides, "projects/1/jobs/20009/retry", options="-X POST")
    assert main(["compare", "--allow-mutations", text]) == 2
    told = capsys.readouterr().err
    assert "the action was refused: NOT_RETRYABLE: 403 Forbidden - Job is not retryable" in told


def test_variables_of_the_call_are_those_of_the_environment(
    sides: Sides, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    text = 'curl -H "JOB-TOKEN: $CI_JOB_TOKEN" "$CI_API_V4_URL/job"'
    assert main(["compare", text]) == 2
    assert "the variable CI_API_V4_URL, which is not set" in capsys.readouterr().err
    monkeypatch.setenv("CI_API_V4_URL", f"{sides.gitlab}/api/v4")
    assert main(["compare", text]) == 2
    assert "a placeholder stands where the call's token belongs" in capsys.readouterr().err
    monkeypatch.setenv("CI_JOB_TOKEN", job_token(RUNNING_JOB))
    assert main(["compare", text]) == 0


def test_the_token_of_the_environment_goes_only_to_the_gitlab_that_the_user_names(
    sides: Sides, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("PRIVATE_TOKEN", MAINTAINER_TOKEN)
    for header in ("-H 'PRIVATE-TOKEN: <your_access_token>'", '-H "PRIVATE-TOKEN: $UNSET"'):
        text = call(sides, "projects/1/jobs/20001", header)
        assert main(["compare", text]) == 2
        assert sides.calls() == []
        assert main(["compare", "--gitlab", sides.gitlab, text]) == 0
        sides.calls()
    anonymous = call(sides, "projects/1/jobs/20001", "")
    assert main(["compare", anonymous]) == 0
    assert "both refuse: 401, UNAUTHENTICATED" in capsys.readouterr().out
    monkeypatch.setenv("GITLAB_URL", sides.gitlab)
    assert main(["compare", anonymous]) == 0
    assert "both refuse" not in capsys.readouterr().out
    assert main(["compare", "/projects/1/jobs/20001"]) == 0


def test_who_comes_without_a_token_is_nobody_on_both_sides(
    sides: Sides, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("GITLAB_TOKEN", MAINTAINER_TOKEN)
    assert main(["compare", call(sides, "projects/1/jobs/20001", "")]) == 0
    assert "both refuse: 401, UNAUTHENTICATED" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["https://g.test/api/v4/nothing"], "is no part of the Jobs API"),
        (["/projects/1/jobs"], "which GitLab to ask; name it by --gitlab or GITLAB_URL"),
        (["--gitlab", "nowhere", "/projects/1/jobs"], "GITLAB_URL=nowhere: must be the root"),
        (["http://127.0.0.1:9/api/v4/projects/1/jobs"], "could not be asked: Connection refused"),
        (["http://no.such.host.invalid/api/v4/job"], "could not be asked"),
        (
            ["--allow-mutations", "curl -d @nowhere http://127.0.0.1:9/api/v4/projects/1/jobs/1/play"],
            "reads a file that cannot be read",
        ),
        (["curl -H 'PRIVATE-TOKEN: a b' http://127.0.0.1:9/api/v4/job"], "holds a blank"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_told_by_status_2(
    sides: Sides, arguments: list[str], reason: str, capsys: Capture
) -> None:
    del sides
    assert main(["compare", *arguments]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert reason in told.err


def test_the_token_is_told_nowhere(sides: Sides, capsys: Capture) -> None:
    for path in ("projects/1/jobs", "projects/1/jobs/77777", "nothing", "projects/1/jobs?a=b"):
        main(["compare", call(sides, path)])
    told = capsys.readouterr()
    assert MAINTAINER_TOKEN not in told.out + told.err


def test_a_redirect_is_not_followed_with_the_token(sides: Sides, capsys: Capture) -> None:
    assert main(["compare", call(sides, "projects/demo%2Fold-shop/jobs")]) == 0
    assert "both refuse: 301, NOT_FOUND" in capsys.readouterr().out


def test_a_gateway_that_is_none_is_told(sides: Sides, capsys: Capture) -> None:
    text = call(sides, "projects/1/jobs/20001")
    assert (
        main(["compare", "--gateway", f"{sides.gitlab}/api/v4/projects/1/jobs/1/trace", text]) != 0
    )
    assert capsys.readouterr()
