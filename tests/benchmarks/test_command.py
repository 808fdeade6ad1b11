from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.contestants import CONTESTANTS
from benchmarks.places import ROOT, SOURCES
from benchmarks.questions import QUESTIONS
from benchmarks.results import BARE
from tests.benchmarks.figures import measured, results


def test_an_earlier_run_is_told_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = results(
        measured(cpu_ms=0.75),
        measured(plan="kept", server="gateway-kept", cpu_ms=0.08),
        measured(plan="latency", latency_ms=20, server=BARE, p50=20.5, p99=21.5),
        measured(plan="latency", latency_ms=20, p50=22.5, p99=25.5),
    )
    made.left_out["tailcall"] = "no libc"
    made.write(tmp_path / "results.json")
    chart = tmp_path / "chart.svg"
    assert main(["--report", str(tmp_path / "results.json"), "--chart", str(chart)]) == 0
    said = capsys.readouterr().out
    assert "| this gateway | 0.75 |" in said
    assert "keeping and sharing answers | 0.08 |" in said
    assert "| this gateway | +2.0 / +4.0 |" in said
    assert "| tailcall | no libc |" in said
    assert chart.read_text(encoding="utf-8").startswith("<svg")


def test_unknown_names_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--only", "nobody"])
    assert "invalid choice: 'nobody'" in capsys.readouterr().err


def test_the_readme_names_all_there_is() -> None:
    text = (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")
    names = [one.name for one in (*CONTESTANTS, *QUESTIONS)]
    assert [name for name in names if f"`{name}`" not in text] == []


def test_peers_of_npm_are_locked_without_addresses() -> None:
    folders = [path.parent for path in SOURCES.glob("*/package.json")]
    assert folders
    for folder in folders:
        lock = (folder / "package-lock.json").read_text(encoding="utf-8")
        assert '"integrity": "sha512-' in lock
        assert '"resolved"' not in lock


def test_peers_can_be_started() -> None:
    for folder in {one.folder for one in CONTESTANTS if one.folder}:
        start = SOURCES / folder / "start"
        assert start.stat().st_mode & 0o100
        assert start.read_text(encoding="utf-8").startswith("#!/bin/sh\n")
