"""The environment that the job deploys to, as GET /job/allowed_agents shows it."""

from __future__ import annotations

import strawberry

from schema._fields import plain


@strawberry.type(description="The environment that the job deploys to.")
class AllowedAgentsEnvironment:
    tier: str | None = plain("production, staging, ...")
    slug: str | None = plain("Its name as used in URLs.")
