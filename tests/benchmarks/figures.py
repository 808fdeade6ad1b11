"""Made-up measurements for tests of tables and charts."""

from __future__ import annotations

import dataclasses

from benchmarks.measure import Measurement
from benchmarks.results import Results

_PLAIN = Measurement(
    plan="cost",
    server="gateway",
    question="Q1",
    latency_ms=0,
    connections=32,
    tokens=1,
    round=0,
    queries_per_second=1000.0,
    cpu_ms=0.5,
    p50=10.0,
    p99=20.0,
    rest_calls=1.0,
    memory_mb=60.0,
    foreign=0.0,
)


def measured(**changes: object) -> Measurement:
    return dataclasses.replace(_PLAIN, **changes)  # type: ignore[arg-type]  # names checked at run time


def results(*measurements: Measurement) -> Results:
    return Results("2 CPUs", "2026-11-22", list(measurements))
