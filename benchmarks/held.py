"""For how long a large query holds the gateway's event loop: see watched.py."""

from __future__ import annotations

import json
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from benchmarks.contestants import Contestant
from benchmarks.load import Request
from benchmarks.places import ROOT, WORK
from benchmarks.processes import Process, cpus, free_port
from benchmarks.servers import exchange, wait_until
from benchmarks.watched import HELD_PATH

ROUNDS = 5
_LOOK = Request("GET", HELD_PATH, "")
_AFTERWARDS_SECONDS = 0.3  # in which what is left of a query is let go


def held(contestant: Contestant, upstream: str, large: Request, at_once: int) -> dict[str, float]:
    """The longest hold in each of some rounds, in which so many clients send the query."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.watched", str(port), upstream]
    log = WORK / "logs" / "watched.log"
    process = Process(command, cpu=cpus()[0], cwd=ROOT, env=contestant.env, log=log)
    try:
        wait_until(lambda: None if _longest(port) else "", process, "the watched gateway")
        _round(port, large, at_once)  # in the first one the query is parsed and planned, too
        holds = [_round(port, large, at_once) for _ in range(ROUNDS)]
    finally:
        process.stop()
    cpu, wall = ([one[unit] for one in holds] for unit in ("cpu_ms", "wall_ms"))
    return {
        "at_once": at_once,
        "cpu_ms": statistics.median(cpu),
        "most_cpu_ms": max(cpu),
        "wall_ms": statistics.median(wall),
        "most_wall_ms": max(wall),
    }


def _round(port: int, large: Request, at_once: int) -> dict[str, float]:
    _longest(port)
    with ThreadPoolExecutor(at_once) as pool:
        answers = list(pool.map(exchange, [port] * at_once, [large] * at_once))
    if wrong := [body[:300] for _, body in answers if b'"errors":' in body[-1000:]]:
        raise RuntimeError(f"a large query failed: {wrong[0]!r}")
    time.sleep(_AFTERWARDS_SECONDS)
    return _longest(port)


def _longest(port: int) -> dict[str, float]:
    """The longest hold since the last look."""
    found: dict[str, float] = json.loads(exchange(port, _LOOK)[1])
    return found
