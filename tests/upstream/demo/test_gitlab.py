"""The handles that tests have on the demo."""

from __future__ import annotations

import pytest

from upstream.demo import DemoGitLab, Role, examples
from upstream.demo.statuses import COMPLETED, STATUSES
from upstream.demo.templates import JobSpec
from upstream.demo.world import KEPT_PIPELINES


def test_many_jobs_are_there_at_once_and_stay(demo: DemoGitLab) -> None:
    before = set(demo.project(1).builds)
    numbers = demo.seed_jobs(1, 120, status="failed", per_pipeline=50)
    assert numbers == sorted(numbers)
    assert set(demo.project(1).builds) - before == set(numbers)
    jobs = [demo.job(1, number) for number in numbers]
    assert {job.status for job in jobs} == {"failed"}
    assert [len(one.jobs) for one in dict.fromkeys(job.pipeline for job in jobs)] == [50, 50, 20]
    assert {job.pipeline.status for job in jobs} == {"failed"}


@pytest.mark.parametrize("status", STATUSES)
def test_a_job_in_any_status(demo: DemoGitLab, status: str) -> None:
    job = demo.job("demo/shop", demo.new_job("demo/shop", status=status, name="one"))
    assert (job.spec.name, job.status, job.pipeline.status) == ("one", status, status)
    assert (job.finished_at is not None) == (status in COMPLETED)
    assert (job.failure_reason is not None) == (status == "failed")


def test_mistakes_of_tests_are_named(demo: DemoGitLab) -> None:
    with pytest.raises(ValueError, match="'done' is no status; use one of created, "):
        demo.new_job(1, status="done")
    with pytest.raises(KeyError, match="the demo has no project 'nothing'"):
        demo.project("nothing")
    with pytest.raises(KeyError, match="the demo has no user 'nobody'"):
        demo.set_role("nobody", 1, Role.GUEST)
    with pytest.raises(KeyError, match="unknown"):
        demo.revoke("unknown")


def test_pipelines_that_are_not_over_are_never_forgotten(demo: DemoGitLab) -> None:
    numbers = [demo.new_pipeline(2) for _ in range(KEPT_PIPELINES + 5)]
    assert set(numbers) <= demo.project(2).pipelines.keys()


def test_a_bridge_without_a_trigger_is_a_mistake(demo: DemoGitLab) -> None:
    bridge = demo.bridge(1, examples.BRIDGE)
    bridge.spec = JobSpec("no bridge", "test")
    with pytest.raises(ValueError, match=f"bridge {examples.BRIDGE} has no trigger"):
        _ = bridge.trigger
