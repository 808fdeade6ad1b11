from __future__ import annotations

from typing import Any

from upstream.demo.entities.detailed_status import detailed_status
from upstream.demo.entities.users import user_basic
from upstream.demo.entities.view import View, timestamp, timestamp_or_none
from upstream.demo.records import Pipeline


def pipeline_basic(pipeline: Pipeline, view: View) -> dict[str, Any]:
    """As it stands inside of jobs, bridges and commits."""
    return {
        "id": pipeline.id,
        "iid": pipeline.iid,
        "project_id": pipeline.project.id,
        "sha": pipeline.commit.sha,
        "ref": pipeline.ref,
        "status": pipeline.status,
        "source": pipeline.source,
        "created_at": timestamp(pipeline.created_at),
        "updated_at": timestamp(pipeline.updated_at),
        "web_url": f"{view.base_url}{_path(pipeline)}",
    }


def pipeline_listed(pipeline: Pipeline, view: View) -> dict[str, Any]:
    return {**pipeline_basic(pipeline, view), "name": pipeline.name}


def pipeline_full(pipeline: Pipeline, view: View) -> dict[str, Any]:
    coverages = [job.coverage for job in pipeline.latest() if job.coverage is not None]
    queued = int((pipeline.started_at or pipeline.created_at) - pipeline.created_at)
    return {
        **pipeline_basic(pipeline, view),
        "before_sha": pipeline.before_sha,
        "tag": pipeline.tag,
        "yaml_errors": None,
        "user": user_basic(pipeline.user, view),
        "started_at": timestamp_or_none(pipeline.started_at),
        "finished_at": timestamp_or_none(pipeline.finished_at),
        "committed_at": None,
        "duration": _duration(pipeline),
        "queued_duration": queued or None,
        "coverage": f"{sum(coverages) / len(coverages):.2f}" if coverages else None,
        "detailed_status": detailed_status(pipeline, _path(pipeline)),
        "archived": False,
        "name": pipeline.name,
    }


def _path(pipeline: Pipeline) -> str:
    return f"/{pipeline.project.path}/-/pipelines/{pipeline.id}"


def _duration(pipeline: Pipeline) -> int | None:
    """Seconds in which at least one job ran; only told once the pipeline is over."""
    if pipeline.finished_at is None:
        return None
    spans = sorted(
        (job.started_at, job.finished_at)
        for job in pipeline.jobs
        if job.started_at is not None and job.finished_at is not None
    )
    total, reached = 0.0, 0.0
    for begin, end in spans:
        total += max(0.0, end - max(begin, reached))
        reached = max(reached, end)
    return int(total)
