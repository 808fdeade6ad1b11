"""Job logs as runners write them: sections, colours, and on some runners times on each line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from upstream.demo.log_script import Section, Text, script
from upstream.demo.records import Build
from upstream.demo.statuses import COMPLETED
from upstream.demo.templates import FOREVER
from upstream.demo.world import World

FOREVER_LINES = 3_000  # an endless job stops writing here, so that its log stays small
FOREVER_SECONDS = 2.0  # between two of its lines
_SETUP_SHARE = 0.25  # of the run time, before the job's own commands begin

RESET = b"\x1b[0;m"
ERASE_LINE = b"\r\x1b[0K"


def render(world: World, job: Build) -> bytes:
    """What has been written by now; empty before the start and after an erase."""
    if job.started_at is None or job.erased_at is not None:
        return b""
    end = world.now if job.finished_at is None else job.finished_at
    elapsed = end - job.started_at
    lines = [line for line in _lines(world, job) if line.offset <= elapsed]
    if job.finished_at is not None:
        lines.append(_last_line(job, elapsed))
    stamped = job.runner is not None and job.runner.stamps_lines
    return b"".join(_written(line, job.started_at, stamped=stamped) for line in lines)


@dataclass(slots=True)
class _Line:
    """One line: seconds since the start, bytes with their end, and the stream's tag.

    `tail` is the rest of the line where the runner wrote it in two goes; a runner that stamps
    its lines writes such a rest on a line of its own, with a plus sign behind the tag.
    """

    offset: float
    data: bytes
    stream: bytes = b"00O"
    tail: bytes = b""


def _written(line: _Line, started_at: float, *, stamped: bool) -> bytes:
    if not stamped:
        return line.data + line.tail
    moment = dt.datetime.fromtimestamp(started_at + line.offset, tz=dt.UTC)
    stamp = moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ").encode() + b" " + line.stream
    rest = b"\n" + stamp + b"+" + line.tail if line.tail else b""
    return stamp + b" " + line.data + rest


def _lines(world: World, job: Build) -> Iterator[_Line]:
    sections = script(world.dice.roll("log", job.pipeline.project.id, job.id), job)
    total = job.log_seconds if job.log_seconds != FOREVER else 20.0
    setup, own = sections[:-1], sections[-1]
    runner = job.runner.description if job.runner else "runner"
    yield _Line(0.0, b"\x1b[0KRunning with gitlab-runner on " + runner.encode() + RESET + b"\n")
    step = total * _SETUP_SHARE / max(1, len(setup))
    for index, section in enumerate(setup):
        yield from _section(section, job, index * step, step)
    start = total * _SETUP_SHARE
    if job.log_seconds == FOREVER:
        yield from _endless(own, job, start)
    else:
        yield from _section(own, job, start, (total - start) * 0.95)


def _section(section: Section, job: Build, start: float, seconds: float) -> Iterator[_Line]:
    yield _opened(section, job, start)
    pause = seconds / (len(section.lines) + 1)
    for number, text in enumerate(section.lines, 1):
        yield _Line(start + number * pause, text.data + b"\n", _stream(section, text))
    yield _Line(start + seconds, _marker(b"section_end", section, job, start + seconds) + b"\n")


def _endless(section: Section, job: Build, start: float) -> Iterator[_Line]:
    yield _opened(section, job, start)
    for number in range(FOREVER_LINES):
        text = f"round {number + 1}: 200 orders, 0 lost, p99 {40 + number * 7 % 23} ms\n"
        yield _Line(start + number * FOREVER_SECONDS, text.encode(), b"01O")


def _stream(section: Section, text: Text) -> bytes:
    number = b"01" if section.name == "step_script" else b"00"
    return number + (b"E" if text.error else b"O")


def _opened(section: Section, job: Build, offset: float) -> _Line:
    title = b"\x1b[36;1m" + section.header.encode() + RESET + b"\n"
    return _Line(offset, _marker(b"section_start", section, job, offset), tail=title)


def _marker(kind: bytes, section: Section, job: Build, offset: float) -> bytes:
    epoch = int((job.started_at or 0.0) + offset)
    name = section.name.encode()
    if section.collapsed and kind == b"section_start":
        name += b"[collapsed=true]"
    return kind + b":%d:" % epoch + name + ERASE_LINE


def _last_line(job: Build, elapsed: float) -> _Line:
    if job.status == "success":
        return _Line(elapsed, b"\x1b[32;1mJob succeeded" + RESET + b"\n")
    if job.status == "failed":
        reason = (job.failure_reason or "unknown_failure").replace("_", " ").encode()
        return _Line(elapsed, b"\x1b[31;1mERROR: Job failed: " + reason + RESET + b"\n")
    return _Line(elapsed, b"\x1b[31;1mERROR: Job failed: canceled" + RESET + b"\n")


def read(world: World, job: Build) -> bytes | Iterable[bytes]:
    """The log to send: whole, or piece by piece where a test has given a source of pieces."""
    if job.log is None or job.erased_at is not None:
        return render(world, job)
    return job.log if isinstance(job.log, bytes) else job.log()


def log_size(world: World, job: Build) -> int:
    """Bytes of a log that grows no more."""
    if job.log_size is None:
        data = read(world, job)
        job.log_size = len(data) if isinstance(data, bytes) else sum(len(part) for part in data)
    return job.log_size


def has_archived_log(job: Build) -> bool:
    """Whether the log is among the artifacts: the job has run, is over and was not erased."""
    return job.status in COMPLETED and job.started_at is not None and job.erased_at is None
