"""All servers up at once, one under load at a time, each question to each in turn, over and over.

What drifts on the machine from minute to minute then meets all of them alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from itertools import product

from benchmarks.contestants import Contestant, Unavailable, rest_calls
from benchmarks.load import Generator, Request
from benchmarks.measure import Conditions, Measurement, WrongAnswer, measure
from benchmarks.questions import Question
from benchmarks.results import BARE, Results
from benchmarks.servers import GitLab, Server
from benchmarks.site_files import single_jobs

Say = Callable[[str], None]


def compare(
    gitlab: GitLab,
    contestants: Sequence[Contestant],
    questions: Sequence[Question],
    conditions: Sequence[Conditions],
    *,
    rounds: int,
    generate: Generator,
    results: Results,
    say: Say,
) -> None:
    """Adds to `results`; raises WrongAnswer when the servers do not all give the same data.

    One that answers wrongly only under load has no figures there, and is named in the results.
    """
    latency = conditions[0].latency_ms
    port = gitlab.ports.slow if latency else gitlab.ports.fast
    with ExitStack() as stack:
        servers = []
        for contestant in contestants:
            say(f"starting {contestant.name}")
            try:
                server = Server(contestant, f"http://127.0.0.1:{port}", gitlab.payloads)
            except Unavailable as problem:
                results.left_out[contestant.name] = str(problem)
                say(f"left out: {problem}")
                continue
            servers.append(stack.enter_context(server))
        check(servers, questions)
        say(f"{len(servers)} servers give the same data")
        for turn, question, condition in product(range(rounds), questions, conditions):
            if latency:
                _keep(results, bare(gitlab, question, generate, condition, turn), say)
            for server in _rotated(servers, turn):
                try:
                    found = measure(server, question, gitlab, generate, condition, turn=turn)
                except WrongAnswer as problem:
                    name = f"{server.contestant.name}, {question.name}"
                    results.left_out[f"{name}, {condition.connections} connections"] = str(problem)
                    say(f"left out: {problem}")
                else:
                    _keep(results, found, say)


def check(servers: Sequence[Server], questions: Sequence[Question]) -> None:
    problems = [
        f"{server.contestant.name}, {question.name}: {problem}"
        for server in servers
        for question in questions
        if (problem := server.problem(question))
    ]
    if problems:
        raise WrongAnswer("not the same data:\n" + "\n".join(problems))


def bare(
    gitlab: GitLab, question: Question, generate: Generator, conditions: Conditions, turn: int
) -> Measurement:
    """The REST call that a question starts with, put to GitLab's stand-in itself."""
    port = gitlab.ports.slow if conditions.latency_ms else gitlab.ports.fast
    jobs = single_jobs(gitlab.payloads)[-conditions.connections :]
    calls = [
        Request(*rest_calls(question, gitlab.payloads, job)[0], f"glpat-{number}")
        for number, job in enumerate(jobs)
    ]
    load = generate(
        port or 0, calls, connections=conditions.connections, seconds=conditions.seconds
    )
    return Measurement(
        plan=conditions.plan,
        server=BARE,
        question=question.name,
        latency_ms=conditions.latency_ms,
        connections=conditions.connections,
        tokens=conditions.tokens,
        round=turn,
        queries_per_second=round(load.requests / load.seconds, 1),
        cpu_ms=0.0,
        p50=load.p50,
        p99=load.p99,
        rest_calls=1.0,
        memory_mb=0.0,
        foreign=0.0,
    )


def _rotated(servers: Sequence[Server], turn: int) -> Sequence[Server]:
    """Another one goes first in each round."""
    start = turn % len(servers) if servers else 0
    return [*servers[start:], *servers[:start]]


def _keep(results: Results, found: Measurement, say: Say) -> None:
    results.measurements.append(found)
    say(
        f"{found.round + 1}  {found.question}  {found.server:19}{found.connections:4} connections"
        f"  {found.queries_per_second:9,.1f} queries/s  CPU {found.cpu_ms:7.3f} ms"
        f"  p50 {found.p50:8.2f}  p99 {found.p99:8.2f} ms  REST calls {found.rest_calls:5.2f}"
        f"  {found.memory_mb:5.0f} MB  others {found.foreign:.0%}"
    )
