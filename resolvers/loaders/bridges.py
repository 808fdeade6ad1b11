"""The bridges of a pipeline by project and pipeline: all pages, since no route reads one by id."""

from __future__ import annotations

import asyncio
from typing import Any

from resolvers.loaders.base import EachLoader, Loader
from upstream.client import Upstream
from upstream.credentials import Credential
from upstream.endpoints import pipelines

PipelineKey = tuple[str, int]
Bridges = dict[int, dict[str, Any]]

_PAGE_SIZE = 100


def bridges_by_pipeline(
    upstream: Upstream, credential: Credential | None, limit: asyncio.Semaphore
) -> Loader[PipelineKey, Bridges]:
    async def fetch(key: PipelineKey) -> Bridges:
        bridges: Bridges = {}
        page: int | None = 1
        while page is not None:
            answer = await pipelines.list_pipeline_bridges(
                upstream, credential, *key, page=page, per_page=_PAGE_SIZE
            )
            bridges.update(
                (item["id"], item) for item in answer.items if isinstance(item.get("id"), int)
            )
            # A server that never says "last page" must not make this endless.
            page = answer.next_page if answer.items else None
        return bridges

    return EachLoader(fetch, limit)
