"""How a pipeline comes about, before anything in it moves."""

from __future__ import annotations

from dataclasses import dataclass

from upstream.demo.records import AnyJob, Bridge, Build, Commit, Pipeline, Project, User
from upstream.demo.repository import NO_SHA, push
from upstream.demo.templates import JobSpec
from upstream.demo.world import World


@dataclass(slots=True)
class Start:
    """How a pipeline comes about."""

    project: Project
    user: User
    ref: str = "main"
    tag: bool = False
    source: str = "push"
    commit: Commit | None = None
    specs: tuple[JobSpec, ...] | None = None
    upstream: Bridge | None = None
    name: str | None = None
    pinned: bool = False


def create_pipeline(world: World, start: Start) -> Pipeline:
    """A new pipeline with all its jobs, all `created`; nothing in it moves yet."""
    project = start.project
    before = project.heads.get(start.ref)
    commit = start.commit or push(world, project, start.ref, start.user)
    pipeline = Pipeline(
        id=world.take_pipeline_id(),
        iid=project.next_iid,
        project=project,
        commit=commit,
        ref=start.ref,
        tag=start.tag,
        source=start.source,
        user=start.user,
        created_at=world.now,
        updated_at=world.now,
        before_sha=before.sha if before else NO_SHA,
        name=start.name,
        upstream=start.upstream,
        pinned=start.pinned,
    )
    project.next_iid += 1
    world.add_pipeline(pipeline)
    for spec in start.specs or project.specs:
        add_job(world, pipeline, spec, start.user)
    return pipeline


def add_job(
    world: World, pipeline: Pipeline, spec: JobSpec, user: User, *, attempt: int = 1
) -> AnyJob:
    project = pipeline.project
    kind = Build if spec.trigger is None else Bridge
    job = kind(project.next_job_id, spec, pipeline, user, world.now, attempt)
    project.next_job_id += 1
    world.add_job(job)
    return job
