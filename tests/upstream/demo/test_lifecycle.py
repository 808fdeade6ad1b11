"""The demo lives: pipelines start and pass through their statuses, the same way every time."""

from __future__ import annotations

import httpx
import pytest

from upstream.demo import DemoGitLab, ManualClock, SystemClock, examples
from upstream.demo.records import Bridge, Build
from upstream.demo.statuses import COMPLETED, composite
from upstream.demo.world import KEPT_COMMITS, KEPT_PIPELINES


def statuses(demo: DemoGitLab, pipeline: int) -> dict[str, str]:
    return {job.spec.name: job.status for job in demo.pipeline(1, pipeline).latest()}


def test_at_the_start_there_is_a_history_and_something_runs(demo: DemoGitLab) -> None:
    shop = demo.project("demo/shop")
    finished = [one for one in shop.pipelines.values() if one.finished_at is not None]
    assert len(finished) >= 30
    assert len(shop.builds) >= 300
    found = {job.status for job in shop.builds.values()}
    assert found >= {"success", "failed", "canceled", "skipped", "manual", "running", "created"}
    assert {one.source for one in shop.pipelines.values()} >= {
        "push",
        "schedule",
        "web",
        "merge_request_event",
        "parent_pipeline",
    }
    assert any(one.tag for one in shop.pipelines.values())
    assert {project.path for project in demo.world.projects.values()} == {
        "demo/shop",
        "demo/shop/api",
        "demo/website",
        "demo/vault",
    }


@pytest.mark.parametrize("seed", [1, 2, "another"])
@pytest.mark.parametrize("lively", [True, False])
def test_the_examples_are_there_whatever_the_seed(seed: int | str, *, lively: bool) -> None:
    demo = DemoGitLab(ManualClock(), seed=seed, lively=lively)
    expected = {
        examples.FINISHED_JOB: ("compile", "success"),
        examples.ALLOWED_FAILURE_JOB: ("lint", "failed"),
        examples.COVERAGE_JOB: ("rspec 1/3", "success"),
        examples.RETRIED_JOB: ("e2e", "failed"),
        examples.SKIPPED_JOB: ("image", "skipped"),
        examples.FAILED_JOB: ("e2e", "failed"),
        examples.RUNNING_JOB: ("soak", "running"),
        examples.CREATED_JOB: ("image", "created"),
        examples.MANUAL_JOB: ("production", "manual"),
        examples.SCHEDULED_JOB: ("rollout 10%", "scheduled"),
    }
    for number, (name, status) in expected.items():
        job = demo.job(1, number)
        assert (job.spec.name, job.status) == (name, status)
    assert demo.job(1, examples.RETRIED_JOB).retried
    assert demo.job(1, examples.FINISHED_JOB).artifacts
    assert demo.job(1, examples.COVERAGE_JOB).coverage is not None
    assert demo.bridge(1, examples.MANUAL_BRIDGE).status == "manual"
    for bridge, pipeline in (
        (examples.BRIDGE, examples.DOWNSTREAM_PIPELINE),
        (examples.CHILD_BRIDGE, examples.CHILD_PIPELINE),
    ):
        downstream = demo.bridge(1, bridge).downstream
        assert downstream is not None
        assert (downstream.id, downstream.status) == (pipeline, "success")
    waiting = {
        examples.FAILED_PIPELINE: "failed",
        examples.RUNNING_PIPELINE: "running",
        examples.MANUAL_PIPELINE: "scheduled",
    }
    for number, status in waiting.items():
        assert demo.pipeline(1, number).status == status


def test_the_examples_outlive_days(clock: ManualClock, demo: DemoGitLab) -> None:
    clock.advance(3 * 86_400)
    assert demo.job(1, examples.RUNNING_JOB).status == "running"
    assert demo.job(1, examples.MANUAL_JOB).status == "manual"
    assert demo.pipeline(2, examples.DOWNSTREAM_PIPELINE).status == "success"
    for project in demo.world.projects.values():
        loose = [one for one in project.pipelines.values() if not one.pinned]
        assert len(loose) <= KEPT_PIPELINES + 10
        assert len(project.commits) <= KEPT_COMMITS + 1
        kept = sum(len(one.jobs) for one in project.pipelines.values())
        assert len(project.builds) + len(project.bridges) == kept
    assert len(demo.world.timeline._heap) < 200


def test_a_pipeline_goes_stage_by_stage(clock: ManualClock, demo: DemoGitLab) -> None:
    demo = DemoGitLab(clock, seed=1, lively=False)
    number = demo.new_pipeline(1)
    seen = [statuses(demo, number)]
    assert seen[0]["compile"] == "pending"
    assert seen[0]["rspec 1/3"] == "created"
    assert demo.pipeline(1, number).status == "pending"
    for _ in range(1200):
        clock.advance(0.5)
        current = statuses(demo, number)
        if current != seen[-1]:
            seen.append(current)
        running = [name for name, status in current.items() if status in ("pending", "running")]
        stages = {
            job.spec.stage for job in demo.pipeline(1, number).latest() if job.spec.name in running
        }
        assert len(stages) <= 1
    steps = [one["compile"] for one in seen]
    assert list(dict.fromkeys(steps)) in (
        ["pending", "running", "success"],
        ["pending", "running", "failed"],
    )
    assert demo.pipeline(1, number).finished_at is not None


def test_every_status_of_a_deployment_is_passed(clock: ManualClock) -> None:
    demo = DemoGitLab(clock, seed=3, lively=False)
    seen: set[str] = set()
    for _ in range(6):  # a test may fail before the deployment
        number = demo.new_pipeline(2)
        for _ in range(200):
            clock.advance(0.5)
            seen.update(job.status for job in demo.pipeline(2, number).jobs)
    assert seen >= {"created", "waiting_for_resource", "pending", "running", "success"}


def test_a_delayed_job_starts_when_its_time_has_come(clock: ManualClock) -> None:
    demo = DemoGitLab(clock, lively=False)
    assert demo.job(1, examples.SCHEDULED_JOB).status == "scheduled"
    clock.advance(366 * 86_400)
    assert demo.job(1, examples.SCHEDULED_JOB).status == "success"
    assert demo.pipeline(1, examples.MANUAL_PIPELINE).status == "success"


def test_a_waiting_bridge_ends_with_its_downstream(clock: ManualClock, demo: DemoGitLab) -> None:
    clock.advance(6 * 3600)
    demo.tick()
    ended = {"success": 0, "failed": 0}
    for bridge in demo.project(1).bridges.values():
        trigger = bridge.spec.trigger
        if trigger is None or not trigger.depend or bridge.status not in ended:
            continue
        ended[bridge.status] += 1
        if bridge.downstream is None:
            assert bridge.failure_reason in (None, "downstream_pipeline_creation_failed")
        elif bridge.status == "failed":
            assert bridge.failure_reason == "unknown_failure"
    assert min(ended.values()) > 0


def test_statuses_of_pipelines_agree_with_their_jobs(clock: ManualClock, demo: DemoGitLab) -> None:
    for _ in range(50):
        clock.advance(37)
        demo.tick()
        for project in demo.world.projects.values():
            for pipeline in project.pipelines.values():
                assert pipeline.status == composite(pipeline.latest())
                assert (pipeline.finished_at is not None) == (pipeline.status in COMPLETED)
            for job in project.builds.values():
                assert (job.started_at is None) <= (job.status not in ("running", "success"))
                assert (job.status == "failed") == (job.failure_reason is not None)


def test_flaky_jobs_are_retried_by_themselves(demo: DemoGitLab) -> None:
    retried = [job for job in demo.project(1).builds.values() if job.retried]
    assert len(retried) >= 2
    for job in retried:
        again = [one for one in job.pipeline.jobs if one.attempt == job.attempt + 1]
        assert job.spec.name in {one.spec.name for one in again}


def test_new_pipelines_start_by_themselves_unless_told_not_to(clock: ManualClock) -> None:
    lively, still = DemoGitLab(clock), DemoGitLab(clock, lively=False)
    before = [demo.project(1).next_iid for demo in (lively, still)]
    clock.advance(3600)
    lively.tick()
    still.tick()
    assert lively.project(1).next_iid > before[0] + 10
    assert still.project(1).next_iid == before[1]


async def transcript(steps: list[float]) -> list[bytes]:
    """What a session of requests and changes sees, byte by byte."""
    clock = ManualClock()
    demo = DemoGitLab(clock, seed=7)
    seen = []
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(demo.app),
        base_url="http://g/api/v4",
        headers={"private-token": "demo-maintainer"},
    ) as client:
        for step in steps:
            clock.advance(step)
            for path in (
                "/projects/1/jobs?per_page=100",
                "/projects/2/pipelines",
                "/projects/3/jobs",
                f"/projects/1/jobs/{examples.RUNNING_JOB}/trace",
            ):
                answer = await client.get(path)
                seen.append(answer.content + str(sorted(answer.headers.items())).encode())
            await client.post(f"/projects/1/jobs/{examples.FAILED_JOB}/retry")
    return seen


async def test_the_same_seed_and_clock_give_the_same_bytes() -> None:
    steps = [0.0, 12.5, 300.0, 4000.0]
    assert await transcript(steps) == await transcript(steps)


def test_how_often_one_looks_changes_nothing() -> None:
    clocks = ManualClock(), ManualClock()
    often, once = (DemoGitLab(clock) for clock in clocks)
    for _ in range(500):
        clocks[0].advance(4)
        often.tick()
    clocks[1].advance(2000)
    once.tick()
    for one, other in zip(often.world.projects.values(), once.world.projects.values(), strict=True):
        assert [(job.id, job.status, job.finished_at) for job in one.builds.values()] == [
            (job.id, job.status, job.finished_at) for job in other.builds.values()
        ]


def test_the_machine_s_clock_is_the_default() -> None:
    demo = DemoGitLab()
    assert isinstance(demo.clock, SystemClock)
    demo.tick()
    assert demo.world.now == pytest.approx(demo.clock.now(), abs=5)


def test_a_manual_clock_never_goes_back(clock: ManualClock) -> None:
    with pytest.raises(ValueError, match=r"cannot go back: advance\(-1\)"):
        clock.advance(-1)


def test_old_commits_and_pipelines_are_forgotten_together(
    clock: ManualClock, demo: DemoGitLab
) -> None:
    clock.advance(2 * 86_400)
    demo.tick()
    for project in demo.world.projects.values():
        for pipeline in project.pipelines.values():
            assert pipeline.commit.sha in project.commits
            for job in pipeline.jobs:
                home = project.builds if isinstance(job, Build) else project.bridges
                assert home[job.id] is job
                if isinstance(job, Bridge) and job.downstream is not None:
                    assert job.downstream.id in job.downstream.project.pipelines


def test_a_bridge_outlives_its_downstream(clock: ManualClock) -> None:
    demo = DemoGitLab(clock, lively=False)
    bridges = [one for one in demo.project(1).bridges.values() if one.downstream is not None]
    for _ in range(KEPT_PIPELINES + 5):
        demo.new_pipeline(2)
        clock.advance(120)
    assert any(one.downstream is None for one in bridges)
    for bridge in bridges:
        if bridge.downstream is not None:
            assert bridge.downstream.id in bridge.downstream.project.pipelines
