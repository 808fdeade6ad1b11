"""Jobs by project and number: GET /projects/:id/jobs/:job_id, or several by their pipeline."""

from __future__ import annotations

import asyncio
from typing import Any

from resolvers.loaders.base import EachLoader
from resolvers.loaders.covering import Covering
from upstream.client import Upstream
from upstream.credentials import Credential
from upstream.endpoints import jobs

JobKey = tuple[str, int]


class JobLoader(EachLoader[JobKey, dict[str, Any]]):
    """A job is asked for once, whether or not its pipeline is known to those who want it."""

    __slots__ = ("_covering", "_pipelines")

    def __init__(
        self, upstream: Upstream, credential: Credential | None, limit: asyncio.Semaphore
    ) -> None:
        async def fetch(key: JobKey) -> dict[str, Any]:
            return await jobs.get_job(upstream, credential, *key)

        super().__init__(fetch, limit)
        self._covering = Covering(upstream, credential, limit)
        self._pipelines: dict[JobKey, int] = {}

    def load_from(self, pipeline: int, key: JobKey) -> asyncio.Future[dict[str, Any]]:
        """`load`, for a job that is said to belong to a pipeline of the same project."""
        self._pipelines.setdefault(key, pipeline)
        return self.load(key)

    def clear(self) -> None:
        super().clear()
        self._covering.clear()

    async def _one(self, key: JobKey) -> dict[str, Any]:
        pipeline = self._pipelines.get(key)
        if pipeline is not None:
            project, number = key
            found = await self._covering.find(project, pipeline, number)
            if found is not None:
                return found
        return await super()._one(key)
