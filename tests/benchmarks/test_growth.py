from __future__ import annotations

import pytest

from benchmarks import growth

REPORT = """\
import time: self [us] | cumulative | imported package
import time:       120 |        340 |   json.decoder
import time:      2500 |       9000 | graphql.language
import time:      1500 |      11000 | graphql
"""
GROWTH = {
    "sizes": [
        {
            "jobs": 10_000,
            "cpu_ms": 200.0,
            "us_per_job": 20.0,
            "latency_ms": 250.0,
            "memory_mb": 90.0,
            "peak_mb": 110.0,
        }
    ],
    "beside": {
        "alone": {"p50": 1.0, "p99": 2.0, "most": 3.0},
        "beside": {"p50": 4.0, "p99": 5.0, "most": 6.0},
    },
    "processes": [
        {
            "processes": 2,
            "queries_per_second": 4000.0,
            "cpu_ms": 0.5,
            "p99": 9.0,
            "memory_mb": 120.0,
            "least_share": 0.45,
        }
    ],
    "held": [
        {
            "at_once": 4,
            "cpu_ms": 3.5,
            "most_cpu_ms": 6.5,
            "wall_ms": 7.5,
            "most_wall_ms": 12.5,
        }
    ],
    "start_seconds": 1.25,
    "imports_ms": {"total": 900.0, "graphql": 250.0},
}


def test_own_times_are_read_from_what_python_prints() -> None:
    found = list(growth._own_times(REPORT))
    assert found == [("json.decoder", 120), ("graphql.language", 2500), ("graphql", 1500)]


def test_imports_are_added_up_for_each_package() -> None:
    spent = growth.import_times()
    assert spent["gateway"] > 0
    assert spent["total"] == pytest.approx(sum(spent.values()) - spent["total"], rel=0.2)


def test_tables_hold_every_figure() -> None:
    text = growth.growth_tables(GROWTH)
    assert "| 10,000 | 200 | 20 | 250 | 90 | 110 |" in text
    assert "| beside 10,000 jobs | 4 | 5 | 6 |" in text
    assert "| 2 | 4,000 | 0.5 | 9 | 120 | 0.45 |" in text
    assert "| 4 | 3.5 | 6.5 | 7.5 | 12.5 |" in text
    assert "Start to first answer: 1.25 s" in text
