"""Pipelines by project and number: GET /projects/:id/pipelines/:pipeline_id."""

from __future__ import annotations

import asyncio
from typing import Any

from resolvers.loaders.base import EachLoader, Loader
from upstream.client import Upstream
from upstream.credentials import Credential
from upstream.endpoints import pipelines

PipelineKey = tuple[str, int]


def pipeline_by_id(
    upstream: Upstream, credential: Credential | None, limit: asyncio.Semaphore
) -> Loader[PipelineKey, dict[str, Any]]:
    async def fetch(key: PipelineKey) -> dict[str, Any]:
        return await pipelines.get_pipeline(upstream, credential, *key)

    return EachLoader(fetch, limit)
