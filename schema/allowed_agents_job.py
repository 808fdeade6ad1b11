"""The job that the job token belongs to, as GET /job/allowed_agents shows it."""

from __future__ import annotations

import strawberry

from schema._fields import plain
from schema.scalars import BigInt


@strawberry.type(description="The job that the job token belongs to.")
class AllowedAgentsJob:
    database_id: BigInt = plain("REST's `id`.", key="id")
    name: str | None = plain("Its name; newer GitLab leaves it out.")
    stage: str | None = plain("Its stage; newer GitLab leaves it out.")
    project_id: BigInt | None = plain("Number of its project.")
    project_name: str | None = plain("Name of its project.")
