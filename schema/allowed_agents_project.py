"""The project of that job, as GET /job/allowed_agents shows it."""

from __future__ import annotations

import strawberry

from schema._fields import plain
from schema.scalars import JSON, BigInt, DateTime


@strawberry.type(description="The project of that job.")
class AllowedAgentsProject:
    database_id: BigInt = plain("REST's `id`.", key="id")
    description: str | None = plain("What it is for.")
    name: str | None = plain("Its name.")
    name_with_namespace: str | None = plain("Its name with those of its groups.")
    path: str | None = plain("Last part of its path.")
    path_with_namespace: str | None = plain("Its full path.")
    created_at: DateTime | None = plain("When it was made.")
    groups: JSON | None = plain("The groups above it, each with its `id`.")
