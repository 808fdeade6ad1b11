"""Logs: GET /projects/:id/jobs/:job_id/trace (doc/api/jobs.md, lib/api/ci/jobs.rb)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager

from upstream.client import Upstream
from upstream.credentials import Credential
from upstream.endpoints.jobs import JOB, job_path


def stream_trace(
    upstream: Upstream, credential: Credential | None, project: str, job: int
) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
    """The bytes of a job's log as they come; none at all where the job has no log."""
    return upstream.stream(f"{JOB}/trace", f"{job_path(project, job)}/trace", credential)
