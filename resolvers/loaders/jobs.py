"""Jobs by project and number: GET /projects/:id/jobs/:job_id."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from resolvers.loaders.base import Loader, Settle, fan_out
from upstream.client import Upstream
from upstream.credentials import Credential
from upstream.endpoints import jobs

JobKey = tuple[str, int]


def job_by_id(
    upstream: Upstream, credential: Credential | None, limit: asyncio.Semaphore
) -> Loader[JobKey, dict[str, Any]]:
    async def fetch(key: JobKey) -> dict[str, Any]:
        return await jobs.get_job(upstream, credential, *key)

    async def batch(keys: Sequence[JobKey], settle: Settle[JobKey, dict[str, Any]]) -> None:
        await fan_out(keys, fetch, settle, limit)

    return Loader(batch)
