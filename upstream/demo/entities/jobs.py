from __future__ import annotations

from typing import Any

from upstream.demo.entities.commits import commit_basic
from upstream.demo.entities.pipelines import pipeline_basic
from upstream.demo.entities.runners import runner, runner_manager
from upstream.demo.entities.users import user_full
from upstream.demo.entities.view import View, timestamp, timestamp_or_none
from upstream.demo.logs import has_archived_log, log_size
from upstream.demo.records import Bridge, Build, Job


def job_basic(job: Job, view: View) -> dict[str, Any]:
    """What builds and bridges share; `failure_reason` is there only where one failed."""
    pipeline = job.pipeline
    project = pipeline.project
    return {
        "id": job.id,
        "status": job.status,
        "stage": job.spec.stage,
        "name": job.spec.name,
        "ref": pipeline.ref,
        "tag": pipeline.tag,
        "coverage": job.coverage,
        "allow_failure": job.allow_failure,
        "created_at": timestamp(job.created_at),
        "started_at": timestamp_or_none(job.started_at),
        "finished_at": timestamp_or_none(job.finished_at),
        "erased_at": timestamp_or_none(job.erased_at),
        "duration": _duration(job, view.now),
        "queued_duration": _queued_duration(job, view.now),
        "user": user_full(job.user, view),
        "commit": commit_basic(pipeline.commit, project, view),
        "pipeline": pipeline_basic(pipeline, view),
        **({"failure_reason": job.failure_reason} if job.status == "failed" else {}),
        "web_url": f"{view.base_url}/{project.path}/-/jobs/{job.id}",
        "project": {"ci_job_token_scope_enabled": False},
    }


def build(job: Build, view: View) -> dict[str, Any]:
    archive = next((one for one in job.artifacts if one.file_type == "archive"), None)
    payload = job_basic(job, view)
    if archive is not None:
        payload["artifacts_file"] = {"filename": archive.filename, "size": archive.size}
    return payload | {
        "artifacts": _artifacts(job, view),
        "runner": runner(job.runner, view) if job.runner else None,
        "runner_manager": runner_manager(job.runner, view) if job.runner else None,
        "artifacts_expire_at": timestamp_or_none(job.artifacts_expire_at),
        "archived": False,
        "tag_list": sorted(job.spec.tags),
    }


def bridge(job: Bridge, view: View) -> dict[str, Any]:
    downstream = job.downstream
    return {
        **job_basic(job, view),
        "downstream_pipeline": pipeline_basic(downstream, view) if downstream else None,
    }


def bridge_as_job(job: Bridge, view: View) -> dict[str, Any]:
    """What a retried bridge looks like: a job's keys, but no runner manager, no downstream."""
    return {
        **job_basic(job, view),
        "artifacts": [],
        "runner": None,
        "artifacts_expire_at": None,
        "archived": False,
        "tag_list": [],
    }


def _artifacts(job: Build, view: View) -> list[dict[str, Any]]:
    shown = [
        {
            "file_type": one.file_type,
            "size": one.size,
            "filename": one.filename,
            "file_format": one.file_format,
        }
        for one in job.artifacts
    ]
    if has_archived_log(job):
        size = log_size(view.world, job)
        shown.append(
            {"file_type": "trace", "size": size, "filename": "job.log", "file_format": None}
        )
    return shown


def _duration(job: Job, now: float) -> float | None:
    """Seconds; grows while the job runs."""
    if job.started_at is None:
        return None
    end = now if job.finished_at is None else job.finished_at
    return round(end - job.started_at, 6)


def _queued_duration(job: Job, now: float) -> float | None:
    """Seconds; grows while the job is pending."""
    if job.queued_at is None:
        return None
    if job.started_at is not None:
        return round(job.started_at - job.queued_at, 6)
    return round(now - job.queued_at, 6) if job.status == "pending" else None
