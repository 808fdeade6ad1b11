"""Commits by project and sha: GET /projects/:id/repository/commits/:sha."""

from __future__ import annotations

import asyncio
from typing import Any

from resolvers.loaders.base import EachLoader, Loader
from upstream.client import Upstream
from upstream.credentials import Credential
from upstream.endpoints import commits

CommitKey = tuple[str, str]


def commit_by_sha(
    upstream: Upstream, credential: Credential | None, limit: asyncio.Semaphore
) -> Loader[CommitKey, dict[str, Any]]:
    async def fetch(key: CommitKey) -> dict[str, Any]:
        return await commits.get_commit(upstream, credential, *key)

    return EachLoader(fetch, limit)
