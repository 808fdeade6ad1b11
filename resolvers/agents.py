"""The agents that the job of a job token may use: GET /job/allowed_agents."""

from __future__ import annotations

from typing import Any

from resolvers.context import RequestContext
from upstream.endpoints import job_token


async def allowed_agents(context: RequestContext) -> dict[str, Any]:
    return await context.call(job_token.get_allowed_agents)
