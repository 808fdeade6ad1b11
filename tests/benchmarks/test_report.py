from __future__ import annotations

import pytest

from benchmarks.places import ROOT
from benchmarks.report import BEGIN, END, put_into, report
from benchmarks.results import BARE
from tests.benchmarks.figures import measured, results

PAGE = f"# Title\n\n{BEGIN}\n\nold figures\n\n{END}\n\nwhat follows\n"


def test_only_what_was_measured_is_told() -> None:
    text = report(results(measured()))
    assert "### Side by side" in text
    assert "### Keeping" not in text
    assert "### Growth" not in text


def test_how_quiet_the_machine_was_is_told() -> None:
    shares = (0.1, 0.2, 0.6)
    text = report(results(*(measured(foreign=share) for share in shares)))
    assert "took 20% (median; 60% at most)" in text


def test_latency_is_told_for_each_number_of_connections() -> None:
    slow = [
        measured(plan="latency", latency_ms=20, connections=many, server=server)
        for many in (32, 256)
        for server in (BARE, "gateway")
    ]
    text = report(results(*slow))
    assert "32 connections:" in text
    assert "256 connections:" in text


def test_reasons_stay_in_their_row() -> None:
    made = results(measured())
    made.left_out["tailcall"] = "needs\n a | newer libc"
    assert "| tailcall | needs a newer libc |" in report(made)


def test_new_figures_replace_the_old_ones_alone() -> None:
    renewed = put_into(PAGE, results(measured(cpu_ms=0.75)))
    assert renewed.startswith(f"# Title\n\n{BEGIN}\n")
    assert renewed.endswith(f"{END}\n\nwhat follows\n")
    assert "old figures" not in renewed
    assert "| this gateway | 0.75 |" in renewed
    assert put_into(renewed, results(measured(cpu_ms=0.75))) == renewed


def test_a_page_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="lacks its marks"):
        put_into("# Title\n", results(measured()))


def test_the_page_on_performance_can_be_renewed() -> None:
    page = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    assert put_into(page, results(measured())) != page
