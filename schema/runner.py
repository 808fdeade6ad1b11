"""A runner."""

from __future__ import annotations

import strawberry

from schema._fields import plain
from schema.scalars import BigInt, DateTime


@strawberry.type(description="A runner: what takes jobs up and runs them.")
class Runner:
    database_id: BigInt = plain("REST's `id`.", key="id")
    description: str | None = plain("What its owner says it is.")
    ip_address: str | None = plain("Its address; newer GitLab sends null.")
    active: bool | None = plain("Whether it takes jobs; GitLab prefers `paused` now.")
    paused: bool | None = plain("Whether it has been told to take no jobs.")
    is_shared: bool | None = plain("Whether all projects of the instance may use it.")
    runner_type: str | None = plain("instance_type, group_type or project_type.")
    name: str | None = plain("Name of the program, gitlab-runner as a rule.")
    online: bool | None = plain("Whether GitLab has heard of it lately.")
    status: str | None = plain("online, offline, never_contacted or stale.")
    created_at: DateTime | None = plain("When it was registered.")
    job_execution_status: str | None = plain("active while it runs a job, else idle.")
