from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.processes import Process, busy_seconds, cpus

WAITING = "import sys; print('up', flush=True); sys.stdin.read(); import time; time.sleep(60)"
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {WAITING!r}])"


def started(code: str, folder: Path) -> Process:
    process = Process([sys.executable, "-c", code], cpu=cpus()[0], log=folder / "log")
    while process.running and "up" not in process.said():
        pass
    return process


def test_a_tree_is_counted_and_ended_as_a_whole(tmp_path: Path) -> None:
    process = started(PARENT, tmp_path)
    try:
        tree = process.tree()
        assert len(tree) == 2
        assert process.memory_mb() > 1
        assert process.memory_mb("VmHWM") >= process.memory_mb()
        assert process.cpu_seconds() >= 0
    finally:
        process.stop()
    assert not process.running
    assert not any(Path(f"/proc/{pid}/cmdline").exists() for pid in tree[:1])


def test_work_is_seen_in_the_process_and_on_its_cpu(tmp_path: Path) -> None:
    before = busy_seconds(cpus()[0])
    process = started("sum(range(5_000_000)); print('up')\nimport time; time.sleep(60)", tmp_path)
    try:
        process.settle()
        assert process.cpu_seconds() > 0.02
        assert busy_seconds(cpus()[0]) > before
    finally:
        process.stop()


def test_what_a_process_says_is_kept(tmp_path: Path) -> None:
    process = started("print('up and away')", tmp_path)
    process.stop()
    assert process.said() == "up and away"
