"""An agent that a job may use, as GET /job/allowed_agents shows it."""

from __future__ import annotations

import strawberry

from resolvers import projection
from schema._fields import plain
from schema.config_project import ConfigProject
from schema.scalars import JSON, BigInt


@strawberry.type(description="An agent for Kubernetes that the job may use.")
class AllowedAgent:
    database_id: BigInt = plain("REST's `id`.", key="id")
    config_project: ConfigProject = plain(
        "The project that holds its configuration.",
        key="config_project",
        convert=projection.mapping,
    )
    configuration: JSON | None = plain("What it may do for the job, as its project says.")
