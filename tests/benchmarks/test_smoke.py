"""The whole way with the gateway alone: started, checked, put under a little load, measured."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import cast

import pytest

from benchmarks.compare import check, compare
from benchmarks.contestants import CONTESTANTS, Contestant, Unavailable
from benchmarks.held import held
from benchmarks.load import Generator, Load, Request
from benchmarks.measure import Conditions, WrongAnswer, measure
from benchmarks.payloads import make_payloads
from benchmarks.questions import QUESTIONS, Question, by_name
from benchmarks.results import Results, new_results
from benchmarks.servers import GitLab, Server, exchange
from tests.benchmarks.stand_in import StandIn, serving

PAYLOADS = make_payloads(200)
GATEWAY = next(one for one in CONTESTANTS if one.name == "gateway")
REST_CALLS = {"Q1": 1, "Q2": 6, "Q3": 1, "Q4": 1, "M1": 1}


@pytest.fixture(scope="module")
def gitlab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    with serving(PAYLOADS, tmp_path_factory.mktemp("gitlab")) as stand_in:
        yield stand_in


@pytest.fixture(scope="module")
def gateway(gitlab: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("gateway")
    with Server(GATEWAY, gitlab.url, PAYLOADS, folder=folder) as server:
        yield server


def a_few(port: int, requests: Sequence[Request], *, connections: int, seconds: int) -> Load:
    """So many requests for each connection; `seconds` is not waited for."""

    def timed(request: Request) -> tuple[int, int, float]:
        started = time.perf_counter()
        status, body = exchange(port, request)
        return status, len(body), (time.perf_counter() - started) * 1e3

    started = time.perf_counter()
    with ThreadPoolExecutor(connections) as pool:
        turns = range(connections * seconds)
        done = list(pool.map(timed, (requests[turn % len(requests)] for turn in turns)))
    return Load(
        requests=len(done),
        seconds=time.perf_counter() - started,
        bytes=sum(size for _, size, _ in done),
        p50=statistics.median(taken for *_, taken in done),
        p99=max(taken for *_, taken in done),
        failed=sum(status != 200 for status, *_ in done),
        unfinished=0,
    )


def test_the_gateway_answers_every_question_with_the_payloads_data(gateway: Server) -> None:
    check([gateway], QUESTIONS)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_a_measurement_counts_what_reaches_gitlab(
    gateway: Server, gitlab: StandIn, question: Question
) -> None:
    found = measure(gateway, question, gitlab, a_few, Conditions(4, 3, tokens=3, warm_up=1))
    assert found.rest_calls == REST_CALLS[question.name]
    assert found.server == "gateway"
    assert found.memory_mb > 1
    assert found.p50 <= found.p99


def growing(port: int, requests: Sequence[Request], *, connections: int, seconds: int) -> Load:
    """Made up: the longer it lasts, the larger the answers."""
    assert port
    assert requests
    return Load(connections * seconds, 1.0, 100 * seconds**2, 1.0, 1.0, 0, 0)


def test_answers_that_change_under_load_stop_the_measurement(
    gateway: Server, gitlab: StandIn
) -> None:
    with pytest.raises(WrongAnswer, match="bytes each"):
        measure(gateway, QUESTIONS[0], gitlab, growing, Conditions(4, 3, tokens=1, warm_up=1))


def test_requests_bear_tokens_and_jobs_in_turn(gateway: Server) -> None:
    one_job, every = by_name(["Q3", "Q1"])
    assert {one.token for one in gateway.requests(every, 5)} == {f"glpat-{n}" for n in range(5)}
    asked = gateway.requests(one_job, 5)
    assert len({one.body for one in asked}) == len(PAYLOADS.jobs)


def test_a_wrong_answer_is_told(gateway: Server) -> None:
    other = make_payloads(200, seed=1)
    right, gateway.payloads = gateway.payloads, other
    try:
        with pytest.raises(WrongAnswer, match="gateway, Q1: "):
            check([gateway], QUESTIONS[:1])
    finally:
        gateway.payloads = right


def test_a_server_that_ends_at_once_is_said_to_be_unavailable(tmp_path: Path) -> None:
    broken = Contestant("gateway", "", GATEWAY.dialect, env={"GATEWAY_NO_SUCH": "1"})
    with pytest.raises(Unavailable, match="GATEWAY_NO_SUCH"):
        Server(broken, "http://127.0.0.1:1", PAYLOADS, folder=tmp_path)


def test_a_comparison_keeps_what_was_measured_and_names_what_was_not(gitlab: StandIn) -> None:
    def compared(generate: Generator) -> Results:
        made = new_results()
        compare(
            cast("GitLab", gitlab),
            [GATEWAY, Contestant("yoga", "", GATEWAY.dialect, env={"GATEWAY_NO_SUCH": "1"})],
            QUESTIONS[:1],
            [Conditions(2, 3, tokens=1, warm_up=1)],
            rounds=1,
            generate=generate,
            results=made,
            say=lambda _: None,
        )
        return made

    usual = compared(a_few)
    assert [one.server for one in usual.measurements] == ["gateway"]
    assert list(usual.left_out) == ["yoga"]
    broken = compared(growing)
    assert broken.measurements == []
    assert list(broken.left_out) == ["yoga", "gateway, Q1, 2 connections"]


def test_holds_of_the_event_loop_are_told(gitlab: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.held.ROUNDS", 1)
    (question,) = by_name(["Q3"])
    assert GATEWAY.dialect is not None
    job = list(PAYLOADS.jobs)[-1]
    request = Request("POST", "/graphql", "glpat-0", GATEWAY.dialect.body(question, job))
    found = held(GATEWAY, gitlab.url, request, 2)
    assert found["at_once"] == 2
    assert 0 < found["cpu_ms"] <= found["most_cpu_ms"]
    assert 0 < found["wall_ms"] <= found["most_wall_ms"]
