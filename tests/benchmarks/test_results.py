from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.results import (
    BARE,
    cost_tables,
    figure,
    latency_table,
    new_results,
    read_results,
    table,
)
from tests.benchmarks.figures import measured, results


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (0.0451, "0.0451"),
        (0.5, "0.5"),
        (12.345, "12.3"),
        (123.4, "123"),
        (12345.6, "12,346"),
        (0.00004, "0.00004"),
    ],
)
def test_figures_have_three_digits_that_count(value: float | None, text: str) -> None:
    assert figure(value) == text


def test_tables_are_markdown() -> None:
    assert table(["a", "b"], [["x", "1"]]) == "| a | b |\n| --- | ---: |\n| x | 1 |\n"


def test_the_typical_figure_is_the_median_of_the_rounds() -> None:
    made = results(*(measured(cpu_ms=cost, round=turn) for turn, cost in enumerate((1, 9, 2))))
    assert made.typical("gateway", "Q1", "cpu_ms") == 2
    assert made.typical("gateway", "Q2", "cpu_ms") is None


def test_results_survive_being_written(tmp_path: Path) -> None:
    made = results(measured(), measured(server="yoga"))
    made.left_out["tailcall"] = "libc"
    made.write(tmp_path / "deep" / "results.json")
    assert read_results(tmp_path / "deep" / "results.json") == made


def test_results_tell_machine_and_day() -> None:
    made = new_results()
    assert "CPU" in made.machine
    assert len(made.date) == len("2026-11-22")


def test_only_what_was_measured_alike_is_compared() -> None:
    others = (measured(latency_ms=20), measured(connections=256), measured(plan="kept"))
    made = results(measured(), *others)
    assert made.of(0, 32, plan="cost").measurements == [measured()]


def test_cost_tables_have_a_row_for_each_server() -> None:
    text = cost_tables(results(measured(), measured(server="yoga", cpu_ms=0.75, memory_mb=210)))
    assert "| this gateway | 0.5 |" in text
    assert "by hand | 0.75 |" in text
    assert "| 10 / 20 |" in text
    assert "by hand | 210 |" in text


def test_latency_is_told_as_what_is_added_to_the_bare_call() -> None:
    text = latency_table(
        results(
            measured(server=BARE, p50=20.5, p99=21.5),
            measured(p50=22, p99=30),
            measured(server=BARE, question="Q2", p50=20.5, p99=21.5),
            measured(question="Q2", p50=43, p99=50),
        )
    )
    assert "| one REST call | 20.5 / 21.5 | 20.5 / 21.5 |" in text
    assert "| this gateway | +1.5 / +8.5 | +2.0 / +7.0 |" in text
