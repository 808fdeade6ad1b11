"""The pipeline of that job, as GET /job/allowed_agents shows it."""

from __future__ import annotations

import strawberry

from schema._fields import plain
from schema.scalars import BigInt, DateTime


@strawberry.type(description="The pipeline of that job.")
class AllowedAgentsPipeline:
    database_id: BigInt = plain("REST's `id`.", key="id")
    project_id: BigInt | None = plain("Number of its project.")
    sha: str | None = plain("Hash of its commit.")
    ref: str | None = plain("Branch or tag that it runs for.")
    status: str | None = plain("REST's word for where it stands.")
    created_at: DateTime | None = plain("When it was made.")
    updated_at: DateTime | None = plain("When it last changed.")
    web_url: str | None = plain("Address of its page.")
