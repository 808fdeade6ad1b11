"""What a job token leads to: GET /job and GET /job/allowed_agents (lib/api/ci/jobs.rb)."""

from __future__ import annotations

from typing import Any

from upstream.client import Upstream
from upstream.credentials import Credential
from upstream.endpoints.answers import one


async def get_current_job(upstream: Upstream, credential: Credential | None) -> dict[str, Any]:
    """The job that the token belongs to; 404 for any credential but a job token."""
    return one(await upstream.get("/job", "/job", credential))


async def get_allowed_agents(upstream: Upstream, credential: Credential | None) -> dict[str, Any]:
    """The agents that the token's job may use, with the job, its pipeline, project and user."""
    return one(await upstream.get("/job/allowed_agents", "/job/allowed_agents", credential))
