"""Logs look like those of runners."""

from __future__ import annotations

import re

import pytest

from upstream.demo import DemoGitLab, ManualClock, examples
from upstream.demo.logs import FOREVER_LINES, render
from upstream.demo.records import Build

MARKER = re.compile(rb"section_(start|end):(\d+):([a-z_]+)(\[collapsed=true\])?\r\x1b\[0K")
STAMP = re.compile(rb"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z 0[01][OE][ +]")


def finished(demo: DemoGitLab, project: int) -> list[Build]:
    return [job for job in demo.project(project).builds.values() if job.status == "success"]


@pytest.mark.parametrize("project", [1, 2, 3, 4])
def test_every_section_begins_and_ends(demo: DemoGitLab, project: int) -> None:
    for job in finished(demo, project):
        log = render(demo.world, job)
        opened: list[bytes] = []
        last = 0
        for kind, epoch, name, _ in MARKER.findall(log):
            assert int(epoch) >= last
            last = int(epoch)
            if kind == b"start":
                opened.append(name)
            else:
                assert opened.pop() == name
        assert opened == []
        assert b"step_script" in log
        assert b"Job succeeded" in log


def test_sections_colours_and_carriage_returns(demo: DemoGitLab) -> None:
    log = render(demo.world, demo.job(1, examples.FINISHED_JOB))
    assert b"restore_cache[collapsed=true]\r\x1b[0K\x1b[36;1mRestoring cache\x1b[0;m\n" in log
    assert b"\x1b[32;1m$ make compile\x1b[0;m\n" in log
    assert b"25%\rDownloading" in log
    assert not STAMP.match(log)


def test_some_runners_stamp_each_line_with_time_and_stream(demo: DemoGitLab) -> None:
    log = b"".join(render(demo.world, job) for job in finished(demo, 2))
    lines = log.splitlines(keepends=True)
    physical = log.split(b"\n")[:-1]
    assert all(STAMP.match(line) for line in physical)
    assert lines
    tags = {line[28:32] for line in physical}
    assert tags == {b"00O ", b"00O+", b"01O ", b"01E "}


def test_a_failed_job_says_why_and_its_bytes_need_not_be_text(demo: DemoGitLab) -> None:
    log = render(demo.world, demo.job(1, examples.FAILED_JOB))
    assert log.endswith(b"ERROR: Job failed: script failure\x1b[0;m\n")
    with pytest.raises(UnicodeDecodeError):
        log.decode()


def test_a_canceled_job_keeps_what_it_had_written(demo: DemoGitLab) -> None:
    canceled = next(
        job
        for job in demo.project(1).builds.values()
        if job.status == "canceled" and job.started_at is not None
    )
    assert render(demo.world, canceled).endswith(b"ERROR: Job failed: canceled\x1b[0;m\n")


def test_a_log_grows_and_never_changes_what_it_said(clock: ManualClock, demo: DemoGitLab) -> None:
    number = demo.new_pipeline(2)
    job = demo.pipeline(2, number).jobs[0]
    assert isinstance(job, Build)
    before = render(demo.world, job)
    sizes = {len(before)}
    for _ in range(60):
        clock.advance(0.5)
        demo.tick()
        now = render(demo.world, job)
        assert now.startswith(before)
        before = now
        sizes.add(len(now))
    assert job.status in ("success", "failed")
    assert len(sizes) > 10


def test_an_endless_job_does_not_write_without_end(clock: ManualClock, demo: DemoGitLab) -> None:
    clock.advance(86_400)
    log = render(demo.world, demo.job(1, examples.RUNNING_JOB))
    assert log.count(b"round ") == FOREVER_LINES
    assert len(log) < 300_000
