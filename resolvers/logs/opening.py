"""The logs of one request: each is fetched once, and all go with the request."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import AbstractAsyncContextManager

from resolvers.logs.budget import AnswerBudget
from resolvers.logs.limits import LogLimits
from resolvers.logs.record import LogRecord
from resolvers.logs.spool import Spool, SpooledLog

OpenStream = Callable[[], AbstractAsyncContextManager[AsyncIterator[bytes]]]


class OpenLogs:
    """Made for one request, closed at its end.

    Fields that ask for the same log under the same key share one fetch, its failure included.
    """

    def __init__(self, limits: LogLimits | None = None) -> None:
        self._limits = limits or LogLimits()
        self._spool: Spool | None = None
        self._budget = AnswerBudget(self._limits.text_bytes)
        self._fetches: dict[Hashable, asyncio.Task[LogRecord | None]] = {}
        self._tasks: list[asyncio.Task[LogRecord | None]] = []

    async def open(self, key: Hashable, open_stream: OpenStream) -> LogRecord | None:
        """The log behind `key`; None where GitLab has none, which it says by an empty body."""
        fetch = self._fetches.get(key)
        if fetch is None:
            fetch = self._fetches[key] = asyncio.create_task(self._fetch(open_stream))
            self._tasks.append(fetch)
        # Shielded: a field that is given up must not take the log from the others.
        return await asyncio.shield(fetch)

    def forget(self) -> None:
        """Has the next `open` of each log fetch it anew; those handed out stay readable."""
        self._fetches = {}

    async def aclose(self) -> None:
        """Ends fetches in flight and drops what was read; the records are of no use after it."""
        for fetch in self._tasks:
            fetch.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._spool is not None:
            self._spool.close()

    async def _fetch(self, open_stream: OpenStream) -> LogRecord | None:
        if self._spool is None:
            self._spool = Spool(self._limits)
        log = SpooledLog(self._spool)
        async with open_stream() as chunks:
            async for chunk in chunks:
                log.append(chunk)
        return LogRecord(log, self._limits, self._budget) if log.size else None
