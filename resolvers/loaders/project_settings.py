"""What GitLab tells of a project beside its jobs: the `project` object of its newest job.

No route of the Jobs API answers for a project alone, so its settings are read from a list of one.
"""

from __future__ import annotations

import asyncio
from typing import Any

from resolvers.loaders.base import EachLoader, Loader
from upstream.client import Upstream
from upstream.credentials import Credential
from upstream.endpoints import jobs


def settings_by_project(
    upstream: Upstream, credential: Credential | None, limit: asyncio.Semaphore
) -> Loader[str, dict[str, Any]]:
    async def fetch(project: str) -> dict[str, Any]:
        page = await jobs.list_project_jobs(upstream, credential, project, per_page=1)
        settings = page.items[0].get("project") if page.items else None
        return settings if isinstance(settings, dict) else {}

    return EachLoader(fetch, limit)
