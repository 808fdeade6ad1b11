"""What the resolvers of one request share: the credential, the way to GitLab, the loaders."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from resolvers.loaders.base import Loader
from resolvers.loaders.bridges import Bridges, bridges_by_pipeline
from resolvers.loaders.calls import call_by_arguments
from resolvers.loaders.commits import CommitKey, commit_by_sha
from resolvers.loaders.jobs import JobLoader
from resolvers.loaders.pipelines import PipelineKey, pipeline_by_id
from resolvers.loaders.project_settings import settings_by_project
from resolvers.logs.limits import LogLimits
from resolvers.logs.opening import OpenLogs
from resolvers.mutations.once import Actions, Name
from resolvers.room import Place, Room
from upstream.client import Upstream
from upstream.credentials import Credential

T = TypeVar("T")

MIB = 1024 * 1024

DEFAULT_PAGE_SIZE = 100  # GitLab's own maximum for per_page
DEFAULT_CONNECTION_ITEMS = 500
DEFAULT_FAN_OUT = 32  # calls of one operation at the same time
DEFAULT_LARGE_REQUESTS = 4
DEFAULT_LOG_BYTES = 128 * MIB  # GitLab's default cap is 100 MB
DEFAULT_LOG_TEXT_BYTES = 10 * MIB


@dataclass(frozen=True, slots=True)
class ResolverLimits:
    """What one operation may ask for.

    `connection_items` bounds `first`; `log_bytes` what is read of one log; `log_text_bytes` what
    `JobLog.text` hands out at once. `large_requests` is for the `Room` that requests share.
    """

    page_size: int = DEFAULT_PAGE_SIZE
    connection_items: int = DEFAULT_CONNECTION_ITEMS
    fan_out: int = DEFAULT_FAN_OUT
    large_requests: int = DEFAULT_LARGE_REQUESTS
    log_bytes: int = DEFAULT_LOG_BYTES
    log_text_bytes: int = DEFAULT_LOG_TEXT_BYTES


DEFAULT_LIMITS = ResolverLimits()
_NOTHING_REMEMBERED = Actions(0)


class RequestContext:
    """Made anew for each request, so that nothing loaded for one credential reaches another.

    `fan_out` bounds the calls to GitLab that one request has at the same time. `repeats` is false
    where it is known that no field asks a second time for what another one has asked for.
    `actions` are shared by all requests, and say what has been done of late.
    """

    repeats = True

    def __init__(
        self,
        upstream: Upstream,
        credential: Credential | None,
        *,
        limits: ResolverLimits = DEFAULT_LIMITS,
        actions: Actions | None = None,
        idempotency_key: str | None = None,
        room: Room | None = None,
    ) -> None:
        self.upstream = upstream
        self.credential = credential
        self.limits = limits
        self.actions = _NOTHING_REMEMBERED if actions is None else actions
        self.idempotency_key = idempotency_key
        self.fan_out = asyncio.Semaphore(limits.fan_out)
        self._loaders: dict[str, Loader[Any, Any]] = {}
        self._logs: OpenLogs | None = None
        self._room = room
        self._place: Place | None = None

    @property
    def jobs(self) -> JobLoader:
        return cast("JobLoader", self._loader("jobs", JobLoader))

    @property
    def pipelines(self) -> Loader[PipelineKey, dict[str, Any]]:
        return self._loader("pipelines", pipeline_by_id)

    @property
    def commits(self) -> Loader[CommitKey, dict[str, Any]]:
        return self._loader("commits", commit_by_sha)

    @property
    def bridges(self) -> Loader[PipelineKey, Bridges]:
        return self._loader("bridges", bridges_by_pipeline)

    @property
    def project_settings(self) -> Loader[str, dict[str, Any]]:
        return self._loader("project_settings", settings_by_project)

    async def call(
        self,
        endpoint: Callable[..., Coroutine[Any, Any, T]],
        *arguments: Hashable,
        **options: Hashable,
    ) -> T:
        """What an endpoint function answers, asked once in this request for the same arguments."""
        if not self.repeats:  # an answer that is not kept is gone as soon as it has been shown
            async with self.fan_out:
                return await endpoint(self.upstream, self.credential, *arguments, **options)
        calls = self._loader("calls", call_by_arguments)
        answer: T = await calls.load((endpoint, arguments, tuple(options.items())))
        return answer

    def mutation_name(self, client_mutation_id: str | None) -> Name | None:
        """By what a mutation is known again when it is sent again; None where nobody named it."""
        if self.idempotency_key is not None:
            return "Idempotency-Key", self.idempotency_key
        return ("clientMutationId", client_mutation_id) if client_mutation_id else None

    @property
    def logs(self) -> OpenLogs:
        """The logs that this request reads."""
        if self._logs is None:
            self._logs = OpenLogs(
                LogLimits(log_bytes=self.limits.log_bytes, text_bytes=self.limits.log_text_bytes)
            )
        return self._logs

    async def make_room(self) -> None:
        """To be awaited before a large list is read."""
        if self._room is None:
            return
        if self._place is None:
            self._place = self._room.take()
        await self._place.wait()

    def forget(self) -> None:
        """Drops what the loaders hold: a mutation has just changed GitLab's side of it."""
        for loader in self._loaders.values():
            loader.clear()
        if self._logs is not None:
            self._logs.forget()

    async def aclose(self) -> None:
        """Ends what is still in flight and frees what the request holds."""
        for loader in self._loaders.values():
            loader.cancel()
        if self._place is not None:
            self._place.leave()
        if self._logs is not None:
            await self._logs.aclose()

    def _loader(
        self,
        name: str,
        make: Callable[[Upstream, Credential | None, asyncio.Semaphore], Loader[Any, Any]],
    ) -> Loader[Any, Any]:
        loader = self._loaders.get(name)
        if loader is None:
            loader = self._loaders[name] = make(self.upstream, self.credential, self.fan_out)
        return loader
