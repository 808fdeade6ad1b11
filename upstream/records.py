"""What GitLab's payloads hold: their keys and words, in one place.

Sources: lib/api/entities/ci/*.rb and app/models/concerns/ci/has_status.rb of GitLab 18.9. Keys may
be missing: entities grow with each version, and embedded forms are short. No payload is ever
checked against these types.
"""

from __future__ import annotations

from typing import Any, TypedDict

STATUSES = frozenset(
    {
        "created",
        "waiting_for_resource",
        "preparing",
        "waiting_for_callback",
        "pending",
        "running",
        "success",
        "failed",
        "canceling",
        "canceled",
        "skipped",
        "manual",
        "scheduled",
    }
)

# A job in one of these changes only by erasure, expiry of its artifacts, or not at all.
FINISHED_STATUSES = frozenset({"success", "failed", "canceled", "skipped"})


class CommitPayload(TypedDict, total=False):
    """Inside a job; by itself it has stats, status, project_id and last_pipeline, too."""

    id: str
    short_id: str
    created_at: str
    parent_ids: list[str]
    title: str
    message: str
    author_name: str
    author_email: str
    authored_date: str
    committer_name: str
    committer_email: str
    committed_date: str
    trailers: dict[str, str]
    extended_trailers: dict[str, list[str]]
    web_url: str
    stats: dict[str, int]
    status: str | None
    project_id: int
    last_pipeline: PipelinePayload | None


class PipelinePayload(TypedDict, total=False):
    """Inside a job up to `web_url`; in a list with `name`; by itself with all."""

    id: int
    iid: int
    project_id: int
    sha: str
    ref: str
    status: str
    source: str
    created_at: str
    updated_at: str | None
    web_url: str
    name: str | None
    before_sha: str | None
    tag: bool
    yaml_errors: str | None
    user: dict[str, Any] | None
    started_at: str | None
    finished_at: str | None
    committed_at: str | None
    duration: int | None
    queued_duration: int | None
    coverage: str | None  # text here, a number on jobs
    detailed_status: dict[str, Any]
    archived: bool


class CiJobPayload(TypedDict, total=False):
    """What jobs and bridges share. `failure_reason` is there for failed ones alone."""

    id: int
    status: str
    stage: str
    name: str
    ref: str
    tag: bool
    coverage: float | None
    allow_failure: bool
    created_at: str
    started_at: str | None
    finished_at: str | None
    erased_at: str | None
    duration: float | None
    queued_duration: float | None
    user: dict[str, Any] | None
    commit: CommitPayload | None
    pipeline: PipelinePayload
    failure_reason: str
    web_url: str
    project: dict[str, Any]


class JobPayload(CiJobPayload, total=False):
    artifacts_file: dict[str, Any]
    artifacts: list[dict[str, Any]]
    runner: dict[str, Any] | None
    runner_manager: dict[str, Any] | None
    artifacts_expire_at: str | None
    archived: bool
    tag_list: list[str]


class BridgePayload(CiJobPayload, total=False):
    downstream_pipeline: PipelinePayload | None
