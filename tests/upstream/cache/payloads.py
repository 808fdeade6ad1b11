"""Payloads with what decides over keeping, and nothing else."""

from __future__ import annotations

from typing import Any

JOB = "/projects/:id/jobs/:job_id"
JOBS = "/projects/:id/jobs"
PIPELINE = "/projects/:id/pipelines/:pipeline_id"
COMMIT = "/projects/:id/repository/commits/:sha"
SHA = "5e0d4f1f8c2b3a49d7e6f5a4b3c2d1e0f9a8b7c6"


def pipeline(status: str = "success", **more: Any) -> dict[str, Any]:
    return {"id": 3, "project_id": 1, "status": status, **more}


def job(status: str = "success", **more: Any) -> dict[str, Any]:
    return {"id": 7, "status": status, "pipeline": pipeline(), **more}


def commit(status: str | None = "success", **more: Any) -> dict[str, Any]:
    return {"id": SHA, "project_id": 1, "status": status, "last_pipeline": pipeline(), **more}
