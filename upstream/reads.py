"""GETs that spare calls: joined to one in flight, answered from what is kept, or by a 304."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from upstream.answer import SUCCESS, Answer, answer_of
from upstream.cache.cache import Cache, Clock, Moment
from upstream.cache.keys import Key, Read, partition_of
from upstream.cache.memory import Memory
from upstream.cache.policy import NOT_MODIFIED, Policy
from upstream.config import Reuse
from upstream.credentials import Credential
from upstream.errors import ResponseError, ServerError, UpstreamError, is_unreachable
from upstream.events import (
    CacheHit,
    CacheMiss,
    CacheRevalidated,
    FlightShared,
    Hook,
    StaleServed,
    no_hook,
)
from upstream.journal import Means, current_journal
from upstream.single_flight import SingleFlight
from upstream.statistics import Statistics
from upstream.transports.base import Request, Response

Send = Callable[[str, Request, Credential | None], Awaitable[Response]]


class Reads:
    """Stands between `Upstream.get` and the wire.

    `send` takes "GET route", the request and whose it is.
    """

    def __init__(
        self,
        reuse: Reuse,
        send: Send,
        hook: Hook,
        statistics: Statistics,
        *,
        clock: Clock = time.monotonic,
    ) -> None:
        self._send = send
        self._hook = hook
        self._statistics = statistics
        self._flights: SingleFlight[Answer] | None = SingleFlight() if reuse.single_flight else None
        self._cache: Cache | None = None
        if reuse.cache_bytes > 0:
            memory = Memory(reuse.cache_bytes, reuse.cache_entries, statistics)
            self._cache = Cache(Policy(reuse), memory, clock=clock)

    async def get(
        self, route: str, path: str, request: Request, credential: Credential | None
    ) -> Answer:
        read = Read(route, path, request.target, partition_of(credential))
        if self._cache is not None:
            answer = self._cache.fresh(read.key)
            if answer is not None:
                self._statistics.hits += 1
                self._tell(CacheHit, route)
                self._note(route, "hit")
                return answer
        try:
            return await self._ask(read, request, credential)
        except UpstreamError as error:
            # Each who waits for a call in flight looks for himself, and has it in his journal.
            answer = self._stale(read, error)
            if answer is None:
                raise
            return answer

    async def _ask(self, read: Read, request: Request, credential: Credential | None) -> Answer:
        if self._flights is None:
            return await self._fetch(read, request, credential)
        key: Key = read.key
        flight = self._flights.find(key)
        if flight is None:
            flight = self._flights.start(key, self._fetch(read, request, credential))
        else:
            self._statistics.shared += 1
            self._tell(FlightShared, read.route)
            self._note(read.route, "shared")
        return await flight.wait()

    def is_at_hand(self, target: str, credential: Credential | None) -> bool:
        """Whether a GET of `target` would need no call of its own now."""
        key: Key = (partition_of(credential), target)
        if self._cache is not None and self._cache.fresh(key) is not None:
            return True
        return self._flights is not None and self._flights.find(key) is not None

    def acting(self) -> None:
        """To be called before an action is sent."""
        self._seal()
        if self._cache is not None:
            self._cache.acting()

    def acted(self, path: str, credential: Credential | None, payload: Any) -> None:
        """To be called once an action on `path` was answered."""
        self._seal()
        if self._cache is not None:
            self._cache.acted(partition_of(credential), path, payload)

    def failed(self, path: str, credential: Credential | None, error: BaseException) -> None:
        """To be called where an action failed, or was given up while it was on its way."""
        refused = isinstance(error, ResponseError) and not isinstance(error, ServerError)
        if refused:
            self.acted(path, credential, None)
            return
        self._seal()
        unsent = isinstance(error, UpstreamError) and not error.may_have_arrived
        if self._cache is not None and not unsent:
            self._cache.lost(path)

    def _seal(self) -> None:
        if self._flights is not None:
            self._flights.seal()

    async def _fetch(self, read: Read, request: Request, credential: Credential | None) -> Answer:
        label = f"GET {read.route}"
        cache = self._cache
        if cache is None:
            return answer_of(
                await self._send(label, request, credential), request.target, credential
            )
        since = cache.moment
        offered = cache.offer(read)
        if offered is not None:
            own = cache.is_own(read, offered)
            response = await self._send(label, _conditional(request, offered.tag), credential)
            if response.status == NOT_MODIFIED:
                answer = cache.confirm(read, offered, response.headers, since)
                if answer is not None:
                    self._revalidated(read.route, own=own)
                    return answer
                response = await self._send(label, request, credential)
        else:
            response = await self._send(label, request, credential)
        return self._take(read, response, credential, cache, since)

    def _take(
        self,
        read: Read,
        response: Response,
        credential: Credential | None,
        cache: Cache,
        since: Moment,
    ) -> Answer:
        if response.status not in SUCCESS:
            cache.refused(read, response.status)
        answer = answer_of(response, read.target, credential)
        cache.keep(read, answer, len(response.body), since)
        self._statistics.misses += 1
        self._tell(CacheMiss, read.route)
        return answer

    def _stale(self, read: Read, error: UpstreamError) -> Answer | None:
        """What is kept of an answer that GitLab cannot be asked for now, if that is allowed."""
        if self._cache is None or not is_unreachable(error):
            return None
        found = self._cache.stale(read.key)
        if found is None:
            return None
        answer, age = found
        self._statistics.stale += 1
        self._hook(StaleServed(f"GET {read.route}", age))
        journal = current_journal()
        if journal is not None:
            call = journal.note(f"GET {read.route}", "stale")
            call.seconds, call.age = 0.0, age
            journal.stale = True
        return answer

    def _revalidated(self, route: str, *, own: bool) -> None:
        self._statistics.revalidated += 1
        self._statistics.borrowed += not own
        if self._hook is not no_hook:
            self._hook(CacheRevalidated(f"GET {route}", shared=not own))

    def _note(self, route: str, means: Means) -> None:
        journal = current_journal()
        if journal is not None:
            journal.note(f"GET {route}", means).seconds = 0.0

    def _tell(self, kind: type[CacheHit | CacheMiss | FlightShared], route: str) -> None:
        if self._hook is not no_hook:
            self._hook(kind(f"GET {route}"))


def reads(
    reuse: Reuse, send: Send, hook: Hook, statistics: Statistics, *, clock: Clock
) -> Reads | None:
    """None where nothing is reused, so that a GET goes straight to the wire."""
    off = not reuse.single_flight and reuse.cache_bytes == 0
    return None if off else Reads(reuse, send, hook, statistics, clock=clock)


def _conditional(request: Request, tag: str) -> Request:
    # One tag only: GitLab compares the header as a whole.
    return replace(request, headers=(*request.headers, ("if-none-match", tag)))
