"""One measurement: a question put to a server under load, and what it cost there."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.load import Generator
from benchmarks.processes import busy_seconds, cpus
from benchmarks.questions import Question
from benchmarks.servers import Counted, Server

TOLERATED = 0.1  # by which the mean size of answers under load may differ from one alone


class WrongAnswer(Exception):
    """A server answered something else than the others, or failed under load."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """`cpu_ms`: of the server's whole process tree for one query; `p50` and `p99` in ms.

    `rest_calls`: requests that reached GitLab's stand-in for one query. `foreign`: the share of the
    server's CPU that others used meanwhile, a sign of how quiet the machine was.
    """

    plan: str
    server: str
    question: str
    latency_ms: int
    connections: int
    tokens: int
    round: int
    queries_per_second: float
    cpu_ms: float
    p50: float
    p99: float
    rest_calls: float
    memory_mb: float
    foreign: float


@dataclass(frozen=True, slots=True)
class Conditions:
    connections: int
    seconds: int
    tokens: int
    latency_ms: int = 0
    warm_up: int = 3  # seconds
    plan: str = "cost"


def measure(
    server: Server,
    question: Question,
    gitlab: Counted,
    generate: Generator,
    conditions: Conditions,
    *,
    turn: int = 0,
) -> Measurement:
    """Raises WrongAnswer where what came under load cannot be what was asked for."""
    requests = server.requests(question, conditions.tokens)
    connections, process = conditions.connections, server.process
    warm = generate(server.port, requests, connections=connections, seconds=conditions.warm_up)
    process.settle()
    cpu = cpus()[0]
    cpu_before, busy_before, served_before = (
        process.cpu_seconds(),
        busy_seconds(cpu),
        gitlab.served(),
    )
    load = generate(server.port, requests, connections=connections, seconds=conditions.seconds)
    busy, used = busy_seconds(cpu) - busy_before, process.cpu_seconds() - cpu_before
    process.settle()
    served = gitlab.served() - served_before - 1  # the second look counts itself
    size, usual = load.bytes / max(load.requests, 1), warm.bytes / max(warm.requests, 1)
    changed = warm.requests > 0 and abs(size - usual) > TOLERATED * usual
    if load.failed or not load.requests or changed:
        raise WrongAnswer(
            f"{server.contestant.name}, {question.name}: {load.failed} of {load.requests} answers"
            f" failed; {size:.0f} bytes each, {usual:.0f} before"
        )
    calls = len(server.calls(question, 0, ""))
    queries = (load.requests + load.unfinished) / calls
    return Measurement(
        plan=conditions.plan,
        server=server.contestant.name,
        question=question.name,
        latency_ms=conditions.latency_ms,
        connections=connections,
        tokens=conditions.tokens,
        round=turn,
        queries_per_second=round(load.requests / calls / load.seconds, 1),
        cpu_ms=round((process.cpu_seconds() - cpu_before) / queries * 1000, 4),
        p50=load.p50,
        p99=load.p99,
        rest_calls=round(served / queries, 3),
        memory_mb=round(process.memory_mb(), 1),
        foreign=round(max(0.0, busy - used) / load.seconds, 3),
    )
