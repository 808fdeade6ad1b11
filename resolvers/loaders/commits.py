"""Commits by project and sha: GET /projects/:id/repository/commits/:sha."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from resolvers.loaders.base import Loader, Settle, fan_out
from upstream.client import Upstream
from upstream.credentials import Credential
from upstream.endpoints import commits

CommitKey = tuple[str, str]


def commit_by_sha(
    upstream: Upstream, credential: Credential | None, limit: asyncio.Semaphore
) -> Loader[CommitKey, dict[str, Any]]:
    async def fetch(key: CommitKey) -> dict[str, Any]:
        return await commits.get_commit(upstream, credential, *key)

    async def batch(keys: Sequence[CommitKey], settle: Settle[CommitKey, dict[str, Any]]) -> None:
        await fan_out(keys, fetch, settle, limit)

    return Loader(batch)
