"""Any other read: an endpoint function with its arguments, called once for all that ask alike."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from resolvers.loaders.base import EachLoader, Loader
from upstream.client import Upstream
from upstream.credentials import Credential

Endpoint = Callable[..., Coroutine[Any, Any, Any]]
CallKey = tuple[Endpoint, tuple[Any, ...], tuple[tuple[str, Any], ...]]


def call_by_arguments(
    upstream: Upstream, credential: Credential | None, limit: asyncio.Semaphore
) -> Loader[CallKey, Any]:
    async def fetch(key: CallKey) -> Any:
        endpoint, arguments, options = key
        return await endpoint(upstream, credential, *arguments, **dict(options))

    return EachLoader(fetch, limit)
