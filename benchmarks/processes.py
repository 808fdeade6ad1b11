"""Servers under measurement: each a process tree of ours, kept on one CPU and watched in /proc."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")
_STOP_SECONDS = 8.0
_IDLE_SECONDS = 0.3
_DRAIN_SECONDS = 30.0
_BUSY_COLUMNS = (1, 2, 3, 6, 7, 8)  # user, nice, system, irq, softirq, steal of /proc/stat


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def cpus() -> tuple[int, int]:
    """One CPU for the server, another for GitLab's stand-in and the load."""
    usable = sorted(os.sched_getaffinity(0))
    return usable[0], usable[min(1, len(usable) - 1)]


class Process:
    """A command that runs until `stop`, alone on its CPU; what it says goes to a file."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        cpu: int,
        log: Path,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        log.parent.mkdir(parents=True, exist_ok=True)
        self.log = log
        with log.open("wb") as output:
            self._process = subprocess.Popen(  # noqa: S603 - the commands are this package's own
                ["taskset", "--cpu-list", str(cpu), *command],  # noqa: S607 - likewise
                cwd=cwd,
                env={**os.environ, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def said(self) -> str:
        """The end of what it wrote."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-1500:].strip()

    def tree(self) -> list[int]:
        """Its own id and those of all below it."""
        children: dict[int, list[int]] = {}
        for entry in _PROC.iterdir():
            if entry.name.isdigit() and (fields := _stat(int(entry.name))):
                children.setdefault(int(fields[1]), []).append(int(entry.name))
        found = [self._process.pid]
        for pid in found:
            found.extend(children.get(pid, ()))
        return found

    def cpu_seconds(self) -> float:
        """User and system time of the tree so far."""
        stats = [fields for pid in self.tree() if (fields := _stat(pid))]
        return sum(int(fields[11]) + int(fields[12]) for fields in stats) / _TICKS

    def memory_mb(self, field: str = "VmRSS") -> float:
        """Resident memory of the tree, in MB of 1024 kB; `VmHWM` for the most there has been."""
        return sum(_status_kb(pid, field) for pid in self.tree()) / 1024

    def settle(self) -> None:
        """Waits until it uses no CPU: what was in flight has been finished."""
        deadline = time.monotonic() + _DRAIN_SECONDS
        before = self.cpu_seconds()
        while time.monotonic() < deadline:
            time.sleep(_IDLE_SECONDS)
            now = self.cpu_seconds()
            if now - before <= 1 / _TICKS:
                return
            before = now

    def stop(self) -> None:
        """Ends the tree: asked first, then forced."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            for pid in reversed(self.tree()):
                with suppress(ProcessLookupError):
                    os.kill(pid, number)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_STOP_SECONDS)
                return


def busy_seconds(cpu: int) -> float:
    """What this CPU has worked since the machine started, whoever for."""
    lines = (_PROC / "stat").read_text(encoding="ascii").splitlines()
    fields = next(line.split() for line in lines if line.startswith(f"cpu{cpu} "))
    return sum(int(fields[column]) for column in _BUSY_COLUMNS) / _TICKS


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat that follow the name: state, parent, ...; empty when gone."""
    try:
        text = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()


def _status_kb(pid: int, field: str) -> int:
    try:
        text = (_PROC / str(pid) / "status").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    values = [line.split()[1] for line in text.splitlines() if line.startswith(f"{field}:")]
    return int(values[0]) if values else 0
