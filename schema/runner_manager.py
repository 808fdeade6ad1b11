"""A runner manager."""

from __future__ import annotations

import strawberry

from schema._fields import plain
from schema.scalars import BigInt, DateTime


@strawberry.type(description="A runner manager: one machine of the several a runner may have.")
class RunnerManager:
    database_id: BigInt = plain("REST's `id`.", key="id")
    system_id: str | None = plain("What the machine calls itself.")
    version: str | None = plain("Version of its GitLab Runner.")
    revision: str | None = plain("Source revision of that version.")
    platform: str | None = plain("Operating system.")
    architecture: str | None = plain("Processor architecture.")
    created_at: DateTime | None = plain("When GitLab first heard of it.")
    contacted_at: DateTime | None = plain("When GitLab last heard of it.")
    ip_address: str | None = plain("Its address.")
    status: str | None = plain("online, offline, never_contacted or stale.")
    job_execution_status: str | None = plain("active while it runs a job, else idle.")
