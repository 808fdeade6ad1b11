"""The user that the job runs as, as GET /job/allowed_agents shows it."""

from __future__ import annotations

import strawberry

from schema._fields import plain
from schema.scalars import BigInt


@strawberry.type(description="The user that the job runs as.")
class AllowedAgentsUser:
    database_id: BigInt = plain("REST's `id`.", key="id")
    name: str | None = plain("Name to show.")
    username: str | None = plain("The name behind the @.")
    state: str | None = plain("active, blocked, ...")
    avatar_url: str | None = plain("Address of the picture.")
    web_url: str | None = plain("Address of the profile page.")
    roles_in_project: list[str] | None = plain("Roles in the project, such as developer.")
