"""How pipelines and jobs move from status to status by themselves."""

from __future__ import annotations

from upstream.demo import artifacts
from upstream.demo.pipelines import Start, add_job, create_pipeline
from upstream.demo.records import AnyJob, Bridge, Build, Pipeline, User
from upstream.demo.statuses import COMPLETED, composite
from upstream.demo.templates import FOREVER
from upstream.demo.world import World

CANCELING_SECONDS = 6.0
RESOURCE_SECONDS = 4.0


def launch(world: World, start: Start) -> Pipeline:
    """A new pipeline whose jobs go their way."""
    pipeline = create_pipeline(world, start)
    process(world, pipeline)
    return pipeline


def process(world: World, pipeline: Pipeline) -> None:
    """Release what may run now, skip what never will, and tell the pipeline's status anew."""
    stages: dict[str, list[AnyJob]] = {job.spec.stage: [] for job in pipeline.jobs}
    for job in pipeline.latest():
        stages[job.spec.stage].append(job)
    passed: list[AnyJob] = []
    for stage in stages.values():
        earlier = composite(passed)
        if earlier not in COMPLETED:
            break
        for job in stage:
            if job.status == "created":
                _release(world, job, runs=earlier in ("success", "skipped"))
        passed.extend(stage)
    _refresh(world, pipeline)


def _refresh(world: World, pipeline: Pipeline) -> None:
    status = composite(pipeline.latest())
    if status == pipeline.status:
        return
    pipeline.status = status
    pipeline.updated_at = world.now
    if status == "running" and pipeline.started_at is None:
        pipeline.started_at = world.now
    pipeline.finished_at = world.now if status in COMPLETED else None
    bridge = pipeline.upstream
    if pipeline.finished_at is not None and bridge is not None and bridge.status == "running":
        finish(world, bridge, "success" if status == "success" else "failed")


def _release(world: World, job: AnyJob, *, runs: bool) -> None:
    if not runs:
        job.status = "skipped"
    elif job.spec.when == "manual" and not job.immediate:
        job.status = "manual"
    elif job.spec.when == "delayed" and not job.immediate:
        job.status = "scheduled"
        world.timeline.after(job.spec.delay, lambda: enqueue(world, job, expected="scheduled"))
    elif job.spec.waits_for_resource:
        job.status = "waiting_for_resource"
        world.timeline.after(
            RESOURCE_SECONDS, lambda: enqueue(world, job, expected="waiting_for_resource")
        )
    else:
        enqueue(world, job, expected="created")


def enqueue(world: World, job: AnyJob, *, expected: str) -> None:
    """Put a job that is still `expected` into the queue."""
    if job.status != expected:
        return
    job.status = "pending"
    job.queued_at = world.now
    wait = world.dice.roll("queue", job.pipeline.project.id, job.id).uniform(0.6, 5.0)
    world.timeline.after(wait, lambda: _start(world, job))
    _refresh(world, job.pipeline)


def _start(world: World, job: AnyJob) -> None:
    if job.status != "pending":
        return
    dice = world.dice.roll("run", job.pipeline.project.id, job.id)
    job.started_at = world.now
    fails = job.spec.outcome == "failed" or (
        job.spec.outcome is None and dice.random() < job.spec.failure_rate
    )
    if isinstance(job, Bridge):
        _trigger(world, job, fails=fails)
    else:
        _run(world, job, seconds=dice.uniform(*job.spec.seconds), fails=fails)


def _run(world: World, job: Build, *, seconds: float, fails: bool) -> None:
    job.status = "running"
    job.runner = job.pipeline.project.runner
    job.will_fail = fails
    job.log_seconds = seconds
    if job.spec.seconds[1] != FOREVER:
        outcome = "failed" if fails else "success"
        world.timeline.after(seconds, lambda: finish(world, job, outcome, expected="running"))
    _refresh(world, job.pipeline)


def _trigger(world: World, bridge: Bridge, *, fails: bool) -> None:
    trigger = bridge.trigger
    parent = bridge.pipeline
    project = world.project(trigger.project) if trigger.project else parent.project
    if fails or project is None:
        finish(world, bridge, "failed")
        return
    child = trigger.project is None
    bridge.status = "running"
    bridge.downstream = launch(
        world,
        Start(
            project,
            bridge.user,
            ref=parent.ref if child else "main",
            tag=parent.tag and child,
            source="parent_pipeline" if child else "pipeline",
            commit=parent.commit if child else project.heads.get("main"),
            specs=trigger.specs or None,
            upstream=bridge,
            pinned=parent.pinned and bridge.attempt == 1,
        ),
    )
    if trigger.depend:
        _refresh(world, parent)
    else:
        finish(world, bridge, "success")


def finish(world: World, job: AnyJob, status: str, *, expected: str | None = None) -> None:
    """End a job; where `expected` is given, only if that is still its status."""
    if expected is not None and job.status != expected:
        return
    job.status = status
    job.finished_at = world.now
    if status == "failed":
        job.failure_reason = _failure_reason(job)
    if isinstance(job, Build) and job.started_at is not None:
        artifacts.store(world, job)
    if status == "failed" and job.attempt <= job.spec.retries and isinstance(job, Build):
        retry(world, job, job.user)
    else:
        process(world, job.pipeline)


def _failure_reason(job: AnyJob) -> str:
    if isinstance(job, Bridge) and job.downstream is None:
        return "downstream_pipeline_creation_failed"
    return job.spec.failure_reason if isinstance(job, Build) else "unknown_failure"


def retry(world: World, job: AnyJob, user: User) -> AnyJob:
    """A new attempt; what was skipped behind the old one waits again."""
    job.retried = True
    again = add_job(world, job.pipeline, job.spec, user, attempt=job.attempt + 1)
    again.immediate = True
    stages = list(dict.fromkeys(one.spec.stage for one in job.pipeline.jobs))
    for other in job.pipeline.latest():
        later = stages.index(other.spec.stage) > stages.index(job.spec.stage)
        if later and other.status == "skipped":
            other.status = "created"
    process(world, job.pipeline)
    return again


def cancel(world: World, job: AnyJob) -> None:
    """Stop a job that can be canceled; a runner that knows how passes through `canceling`."""
    soft = isinstance(job, Build) and job.runner is not None and job.runner.cancels_softly
    if job.status == "running" and soft:
        job.status = "canceling"
        world.timeline.after(
            CANCELING_SECONDS, lambda: finish(world, job, "canceled", expected="canceling")
        )
        _refresh(world, job.pipeline)
    else:
        finish(world, job, "canceled")
