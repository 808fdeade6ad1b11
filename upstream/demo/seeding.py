"""Jobs put in place at once, for tests of long lists and of single statuses."""

from __future__ import annotations

from upstream.demo.cast import DEVON
from upstream.demo.pipelines import Start, create_pipeline
from upstream.demo.records import Build, Pipeline, Project
from upstream.demo.statuses import COMPLETED, STATUSES, composite
from upstream.demo.templates import JobSpec, When
from upstream.demo.world import World

RUN_SECONDS = 10.0
QUEUE_SECONDS = 1.0
_STARTED = frozenset({"running", "success", "failed", "canceling", "canceled"})
_WHEN: dict[str, When] = {"manual": "manual", "scheduled": "delayed"}
_QUEUED = _STARTED | {"pending"}


def seed_jobs(
    world: World, project: Project, count: int, status: str, per_pipeline: int
) -> list[int]:
    numbers: list[int] = []
    while len(numbers) < count:
        size = min(per_pipeline, count - len(numbers))
        names = [f"seeded {len(numbers) + index + 1}" for index in range(size)]
        numbers.extend(_place(world, project, names, status))
    return numbers


def new_job(world: World, project: Project, status: str, name: str) -> int:
    return _place(world, project, [name], status)[0]


def _place(world: World, project: Project, names: list[str], status: str) -> list[int]:
    if status not in STATUSES:
        raise ValueError(f"{status!r} is no status; use one of {', '.join(STATUSES)}")
    specs = tuple(JobSpec(name, "test", when=_WHEN.get(status, "on_success")) for name in names)
    start = Start(
        project,
        world.users[DEVON],
        source="api",
        specs=specs,
        commit=project.heads["main"],
        pinned=True,
    )
    pipeline = create_pipeline(world, start)
    for job in pipeline.builds:
        _set_status(job, status, world.now)
    _set_pipeline_status(pipeline, world.now)
    return [job.id for job in pipeline.jobs]


def _set_status(job: Build, status: str, now: float) -> None:
    """Times as if the job had come here by itself, ending now."""
    job.status = status
    begin = now - RUN_SECONDS - QUEUE_SECONDS
    job.created_at = job.pipeline.created_at = begin
    if status in _QUEUED:
        job.queued_at = begin
    if status in _STARTED:
        job.started_at = begin + QUEUE_SECONDS
        job.runner = job.pipeline.project.runner
        job.log_seconds = RUN_SECONDS
    if status in COMPLETED:
        job.finished_at = now
    if status == "failed":
        job.failure_reason = job.spec.failure_reason
        job.will_fail = True


def _set_pipeline_status(pipeline: Pipeline, now: float) -> None:
    pipeline.status = composite(pipeline.jobs)
    if any(job.started_at is not None for job in pipeline.jobs):
        pipeline.started_at = pipeline.created_at + QUEUE_SECONDS
    if pipeline.status in COMPLETED:
        pipeline.finished_at = now
