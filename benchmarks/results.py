"""What was measured, as a file, and as the tables made from it."""

from __future__ import annotations

import dataclasses
import json
import os
import platform
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.contestants import CONTESTANTS
from benchmarks.measure import Measurement
from benchmarks.questions import QUESTIONS

NOTHING = ""
BARE = "rest"  # GitLab's stand-in itself, with nothing before it


@dataclass(slots=True)
class Results:
    """`left_out`: who could not take part, and why."""

    machine: str
    date: str
    measurements: list[Measurement] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)
    growth: dict[str, Any] = field(default_factory=dict)

    def write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(dataclasses.asdict(self), indent=1)
        path.write_text(text + "\n", encoding="utf-8")

    def of(self, latency_ms: int, connections: int, *, plan: str) -> Results:
        wanted = (latency_ms, connections, plan)
        chosen = [
            one
            for one in self.measurements
            if (one.latency_ms, one.connections, one.plan) == wanted
        ]
        return dataclasses.replace(self, measurements=chosen)

    def typical(self, server: str, question: str, figure: str) -> float | None:
        """The median over the rounds."""
        found = [
            getattr(one, figure)
            for one in self.measurements
            if (one.server, one.question) == (server, question)
        ]
        return median(found) if found else None

    def servers(self) -> list[str]:
        there = {one.server for one in self.measurements}
        return [one.name for one in CONTESTANTS if one.name in there]

    def questions(self) -> list[str]:
        there = {one.question for one in self.measurements}
        return [one.name for one in QUESTIONS if one.name in there]


def new_results() -> Results:
    return Results(machine=_machine(), date=datetime.now(UTC).date().isoformat())


def read_results(path: Path) -> Results:
    stored = json.loads(path.read_text(encoding="utf-8"))
    stored["measurements"] = [Measurement(**one) for one in stored["measurements"]]
    return Results(**stored)


def _machine() -> str:
    model = _value(Path("/proc/cpuinfo"), "model name", ":") or platform.machine()
    system = _value(Path("/etc/os-release"), "PRETTY_NAME", "=").strip('"') or platform.system()
    usable = len(os.sched_getaffinity(0))
    return f"{usable} CPUs {model}, {system}, Python {platform.python_version()}"


def _value(path: Path, key: str, mark: str) -> str:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return NOTHING
    pairs = (line.partition(mark) for line in lines)
    return next((text.strip() for name, _, text in pairs if name.strip() == key), NOTHING)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """In Markdown: text to the left, figures to the right."""
    marks = ["---"] + ["---:"] * (len(head) - 1)
    lines = [f"| {' | '.join(cells)} |" for cells in (head, marks, *rows)]
    return "\n".join(lines) + "\n"


def figure(value: float | None) -> str:
    """Three digits that count: 0.0451, 12.3, 1,230."""
    if value is None:
        return NOTHING
    if value >= 100:  # noqa: PLR2004 - from here on three digits need no point
        return f"{value:,.0f}"
    text = f"{value:.3g}"
    return f"{value:.5f}" if "e" in text else text


def _titles() -> dict[str, str]:
    return {one.name: one.title for one in CONTESTANTS}


def _by_question(results: Results, cell: Callable[[str, str], str]) -> str:
    questions = results.questions()
    rows = [
        [_titles()[server], *(cell(server, question) for question in questions)]
        for server in results.servers()
    ]
    return table(["server", *questions], rows)


def cost_tables(results: Results) -> str:
    """CPU, speed, REST calls and memory, where GitLab answers at once."""

    def one(name: str) -> Callable[[str, str], str]:
        return lambda server, question: figure(results.typical(server, question, name))

    def both(server: str, question: str) -> str:
        p50, p99 = (results.typical(server, question, name) for name in ("p50", "p99"))
        return NOTHING if p50 is None else f"{figure(p50)} / {figure(p99)}"

    memory = [
        [
            _titles()[server],
            figure(max(m.memory_mb for m in results.measurements if m.server == server)),
        ]
        for server in results.servers()
    ]
    parts = {
        "CPU of the server for one query, ms": _by_question(results, one("cpu_ms")),
        "Queries per second on one CPU": _by_question(results, one("queries_per_second")),
        "Latency under that load, p50 / p99, ms": _by_question(results, both),
        "REST calls for one query": _by_question(results, one("rest_calls")),
        "Resident memory, MB, the most seen": table(["server", "MB"], memory),
    }
    return "\n".join(f"{title}:\n\n{text}" for title, text in parts.items())


def latency_table(results: Results) -> str:
    """What a server adds to the bare REST call; Q2 needs two of them, the second after the first.

    The first row is the bare call itself.
    """
    chained = {"Q2": 2}
    passing_on = {one.name for one in CONTESTANTS if one.dialect is None}
    questions = results.questions()

    def cell(server: str, question: str) -> str:
        parts = []
        for name in ("p50", "p99"):
            given, floor = (results.typical(who, question, name) for who in (server, BARE))
            if given is None or floor is None:
                return NOTHING
            times = 1 if server in passing_on else chained.get(question, 1)
            parts.append(f"{given - floor * times:+.1f}")
        return " / ".join(parts)

    def floor(question: str) -> str:
        both = (results.typical(BARE, question, name) for name in ("p50", "p99"))
        return " / ".join(figure(one) for one in both)

    rows = [["one REST call", *map(floor, questions)]]
    rows += [
        [_titles()[server], *(cell(server, question) for question in questions)]
        for server in results.servers()
    ]
    return table(["server", *questions], rows)
