"""How the gateway bears more: larger answers, large ones beside small ones, two processes."""

from __future__ import annotations

import dataclasses
import http.client
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from typing import Any

from benchmarks.contestants import CONTESTANTS, Contestant
from benchmarks.held import held
from benchmarks.load import Request, wrk
from benchmarks.places import ROOT
from benchmarks.processes import Process, cpus, free_port
from benchmarks.questions import QUESTIONS, Question
from benchmarks.results import figure, table
from benchmarks.servers import GitLab, Server, exchange, wait_until

SIZES = (20, 100, 1_000, 10_000)
LARGEST = SIZES[-1]
TOKEN = "glpat-0"  # noqa: S105 - the stand-in takes any

_SMALL = next(one for one in QUESTIONS if one.name == "Q3")
_LIST = next(one for one in QUESTIONS if one.name == "Q1")
_PAUSE_SECONDS = 0.005
_PROBE_SECONDS = 10.0
_STARTS = 5
_AT_ONCE = (1, 4)  # large queries
_CONNECTIONS = 32
_PACKAGES = 12


def grow(gitlab: GitLab, seconds: int, say: Callable[[str], None]) -> dict[str, Any]:
    """All figures, in the order of the tables that `growth_tables` makes of them."""
    contestant = _large(next(one for one in CONTESTANTS if one.name == "gateway"))
    upstream = f"http://127.0.0.1:{gitlab.ports.fast}"
    say("growth: size of the answer, and small queries beside a large one")
    with Server(contestant, upstream, gitlab.payloads) as server:
        sizes = [_cost_of(server, size, seconds) for size in SIZES]
        beside = _beside(server)
    say("growth: for how long the event loop is held")
    large = _request(contestant, _sized(LARGEST))
    holds = [held(contestant, upstream, large, at_once) for at_once in _AT_ONCE]
    say("growth: processes side by side")
    processes = [_side_by_side(contestant, upstream, gitlab, count, seconds) for count in (1, 2)]
    say("growth: start")
    starts = [_start(contestant, upstream, gitlab) for _ in range(_STARTS)]
    return {
        "sizes": sizes,
        "beside": beside,
        "held": holds,
        "processes": processes,
        "start_seconds": round(statistics.median(starts), 3),
        "imports_ms": import_times(),
    }


def _large(contestant: Contestant) -> Contestant:
    return dataclasses.replace(
        contestant, env={**contestant.env, "GATEWAY_CONNECTION_ITEMS": str(LARGEST)}
    )


def _request(contestant: Contestant, question: Question) -> Request:
    if contestant.dialect is None:
        raise TypeError(f"{contestant.name} is not asked in GraphQL")
    return Request("POST", "/graphql", TOKEN, contestant.dialect.body(question, 0))


def _sized(count: int) -> Question:
    return dataclasses.replace(_LIST, count=count)


def _cost_of(server: Server, size: int, seconds: int) -> dict[str, float]:
    """One query after the other, so that nothing but the answer's size differs."""
    question = _sized(size)
    if problem := server.problem(question):
        raise RuntimeError(f"{size} jobs: {problem}")
    server.process.settle()
    request = server.calls(question, 0, TOKEN)[0]
    cpu, started, queries = server.process.cpu_seconds(), time.monotonic(), 0
    while queries == 0 or time.monotonic() - started < seconds:
        exchange(server.port, request)
        queries += 1
    wall = (time.monotonic() - started) / queries
    server.process.settle()
    used = (server.process.cpu_seconds() - cpu) / queries
    return {
        "jobs": size,
        "cpu_ms": used * 1e3,
        "us_per_job": used / size * 1e6,
        "latency_ms": wall * 1e3,
        "memory_mb": server.process.memory_mb(),
        "peak_mb": server.process.memory_mb("VmHWM"),
    }


def _beside(server: Server) -> dict[str, dict[str, float]]:
    """Latency of small queries, one each 5 ms: alone, and while the largest is asked for."""
    small = server.calls(_SMALL, list(server.payloads.jobs)[-1], TOKEN)[0]
    large = server.calls(_sized(LARGEST), 0, TOKEN)[0]
    alone = _probe(server.port, small)
    over = threading.Event()

    def keep_asking() -> int:
        asked = 0
        while not over.is_set():
            exchange(server.port, large)
            asked += 1
        return asked

    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(keep_asking)
        time.sleep(1)  # the first one is under way
        loaded = _probe(server.port, small)
        over.set()
        loaded["large_queries"] = asking.result()
    return {"alone": alone, "beside": loaded}


def _probe(port: int, request: Request) -> dict[str, float]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    taken = []
    end = time.monotonic() + _PROBE_SECONDS
    while (started := time.monotonic()) < end:
        connection.request(request.method, request.path, request.body, request.headers)
        connection.getresponse().read()
        taken.append((time.monotonic() - started) * 1e3)
        time.sleep(_PAUSE_SECONDS)
    connection.close()
    hundredths = statistics.quantiles(taken, n=100)
    return {"p50": statistics.median(taken), "p99": hundredths[98], "most": max(taken)}


def _side_by_side(
    contestant: Contestant, upstream: str, gitlab: GitLab, count: int, seconds: int
) -> dict[str, float]:
    """Q1 to so many processes on one port, each on a CPU of its own as far as there are any."""
    port = free_port()
    shared = dataclasses.replace(contestant, env={**contestant.env, "GATEWAY_SHARED_PORT": "true"})
    with ExitStack() as stack:
        servers = [
            stack.enter_context(Server(shared, upstream, gitlab.payloads, cpu=cpu, port=port))
            for cpu in (cpus() * count)[:count]
        ]
        for server in servers:  # any of them may have answered while another one was starting
            wait_until(partial(_not_ready, server.process), server.process, contestant.name)
        before = [server.process.cpu_seconds() for server in servers]
        requests = servers[0].requests(_LIST, 1)
        load = wrk(port, requests, connections=_CONNECTIONS * count, seconds=seconds)
        for server in servers:
            server.process.settle()
        used = [
            server.process.cpu_seconds() - was for server, was in zip(servers, before, strict=True)
        ]
        return {
            "processes": count,
            "queries_per_second": load.requests / load.seconds,
            "cpu_ms": sum(used) / (load.requests + load.unfinished) * 1e3,
            "p99": load.p99,
            "memory_mb": sum(server.process.memory_mb() for server in servers),
            "least_share": min(used) / sum(used),
        }


def _not_ready(process: Process) -> str | None:
    return None if "GraphQL at" in process.said() else "it does not say that it listens"


def _start(contestant: Contestant, upstream: str, gitlab: GitLab) -> float:
    """Seconds from the command to the right answer to a first query."""
    started = time.monotonic()
    with Server(contestant, upstream, gitlab.payloads):
        return time.monotonic() - started


def import_times() -> dict[str, float]:
    """Milliseconds that each top-level package's own modules take to import, the slowest first."""
    command = [sys.executable, "-X", "importtime", "-c", "import gateway.commands"]
    done = subprocess.run(  # noqa: S603 - our own words
        command, check=True, capture_output=True, text=True, cwd=ROOT
    )
    spent: dict[str, float] = {}
    for name, own in _own_times(done.stderr):
        package = name.partition(".")[0]
        top = "standard library" if package in sys.stdlib_module_names else package
        spent[top] = spent.get(top, 0.0) + own / 1000
    slowest = sorted(spent.items(), key=lambda item: -item[1])
    return {"total": round(sum(spent.values()), 1)} | {
        name: round(time_spent, 1) for name, time_spent in slowest[:_PACKAGES]
    }


def _own_times(report: str) -> Iterator[tuple[str, int]]:
    """Module and own microseconds, from lines such as `import time: 120 | 340 | json.decoder`."""
    for line in report.splitlines():
        columns = line.removeprefix("import time:").split("|")
        if len(columns) == 3 and columns[0].strip().isdigit():  # noqa: PLR2004 - own, total, name
            yield columns[2].strip(), int(columns[0])


def growth_tables(growth: Mapping[str, Any]) -> str:
    def row(cells: Mapping[str, float], *names: str) -> list[str]:
        return [f"{cells[names[0]]:,.0f}", *(figure(cells[name]) for name in names[1:])]

    sizes = ("jobs", "cpu_ms", "us_per_job", "latency_ms", "memory_mb", "peak_mb")
    columns = ("processes", "queries_per_second", "cpu_ms", "p99", "memory_mb", "least_share")
    holds = ("at_once", "cpu_ms", "most_cpu_ms", "wall_ms", "most_wall_ms")
    beside = growth["beside"]
    small = [
        [name, *(figure(beside[key][one]) for one in ("p50", "p99", "most"))]
        for name, key in (("alone", "alone"), (f"beside {LARGEST:,} jobs", "beside"))
    ]
    imports = ", ".join(f"{name} {spent}" for name, spent in growth["imports_ms"].items())
    parts = (
        "Jobs in one answer:\n",
        table(
            ["jobs", "CPU, ms", "CPU for a job, µs", "latency, ms", "memory, MB", "peak, MB"],
            [row(one, *sizes) for one in growth["sizes"]],
        ),
        "One job asked for every 5 ms, latency in ms:\n",
        table(["one job", "p50", "p99", "most"], small),
        f"The longest that the event loop was held by {LARGEST:,} jobs in one answer, ms:\n",
        table(
            ["such queries at once", "its CPU, median", "most", "clock, median", "most"],
            [row(one, *holds) for one in growth["held"]],
        ),
        "Processes that share a port, Q1:\n",
        table(
            ["processes", "queries/s", "CPU, ms", "p99, ms", "memory, MB", "least share"],
            [row(one, *columns) for one in growth["processes"]],
        ),
        f"Start to first answer: {growth['start_seconds']} s. Imports, ms: {imports}.\n",
    )
    return "\n".join(parts)
