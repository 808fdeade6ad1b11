"""One GitLab, seen from the endpoints.

Adds the credential, bounds what is in flight, and turns answers into payloads or errors.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import Any, Self

import orjson

from upstream.answer import Answer, answer_of
from upstream.breaker import Breaker
from upstream.config import UpstreamConfig
from upstream.credentials import Credential
from upstream.errors import Disconnected, UpstreamTimeout
from upstream.events import CallFailed, CallFinished, CallStarted, Hook, no_hook
from upstream.gate import Gate
from upstream.journal import Call, current_journal
from upstream.reads import reads
from upstream.retries import Remaining, Retries, no_deadline
from upstream.statistics import Statistics
from upstream.streaming import Forwarded, Headers, Streaming, UnderWay, preceded, with_credential
from upstream.transports.base import Request, Response, StreamedResponse, Transport
from upstream.transports.stock import stock_transport
from upstream.turns import turns
from upstream.urls import API, query_string, split_root

__all__ = ["Answer", "Upstream"]

LONG_BODY_BYTES = 128 * 1024  # from where decoding takes most of a millisecond


class Upstream:
    """Owns the transport, and closes it. `hook` is told of each call as it starts and ends.

    What `config.reuse` allows is shared and kept, by `clock`, which never goes back; `statistics`
    counts what it spares. `gate` bounds what is in flight, `breaker` keeps calls from a GitLab that
    fails. `remaining` gives the seconds that the current request still has, None for no end. Raises
    ValueError for a `base_url` that is no address.
    """

    def __init__(
        self,
        config: UpstreamConfig,
        transport: Transport | None = None,
        *,
        hook: Hook = no_hook,
        clock: Callable[[], float] = time.monotonic,
        remaining: Remaining = no_deadline,
    ) -> None:
        self.config = config
        self.statistics = Statistics()
        self.breaker = Breaker(config.breaking, hook, clock=clock)
        self._retries = Retries(config.repeating, hook, remaining=remaining)
        origin, root = split_root(config.base_url)
        self._prefix = root + API
        self._transport = transport or stock_transport(config)
        self._hook = hook
        limits = config.limits
        self.gate = Gate(limits.in_flight, limits.waiting, config.timeouts.pool)
        agent = ("user-agent", config.user_agent)
        packed = ("accept-encoding", "gzip")
        self._json: Headers = (("accept", "application/json"), packed, agent)
        self._streaming = Streaming(
            self._transport, origin, root, (("accept", "*/*"), packed, agent), limits.redirects
        )
        self._reads = reads(config.reuse, self._send, hook, self.statistics, clock=clock)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        self._retries.close()
        await self._transport.aclose()

    async def get(
        self,
        route: str,
        path: str,
        credential: Credential | None,
        params: Sequence[tuple[str, str]] = (),
    ) -> Answer:
        """The JSON behind a path below /api/v4; `route` is its template, for events.

        The payload may be held by others, and later callers: it is never to be changed.
        """
        target = self._prefix + path
        if params:
            target += "?" + query_string(params)
        request = Request("GET", target, with_credential(self._json, credential))
        if self._reads is not None:
            return await self._reads.get(route, path, request, credential)
        return answer_of(await self._send(f"GET {route}", request, credential), target, credential)

    def is_at_hand(self, path: str, credential: Credential | None) -> bool:
        """Whether a GET of `path` takes no call now: what it wants is kept, or on its way."""
        reads = self._reads
        return reads is not None and reads.is_at_hand(self._prefix + path, credential)

    async def post(
        self,
        route: str,
        path: str,
        credential: Credential | None,
        body: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Acts once: the request is sent a second time only where it certainly never left."""
        headers = with_credential(self._json, credential)
        content = b""
        if body is not None:
            content = orjson.dumps(body)
            headers = (*headers, ("content-type", "application/json"))
        request = Request("POST", self._prefix + path, headers, content)
        if self._reads is None:
            response = await self._send(f"POST {route}", request, credential)
            return answer_of(response, request.target, credential)
        self._reads.acting()
        try:
            response = await self._send(f"POST {route}", request, credential)
            answer = answer_of(response, request.target, credential)
        except BaseException as error:
            self._reads.failed(path, credential, error)
            raise
        self._reads.acted(path, credential, answer.payload)
        return answer

    @asynccontextmanager
    async def stream(
        self, route: str, path: str, credential: Credential | None
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        """The bytes behind a path, as they come; from the first one on, no call is repeated.

        At most `Limits.redirects` redirects are followed: inside GitLab's API with the
        credential, anywhere else without it, and from https to http not at all.
        """
        seconds = self.config.timeouts.log
        try:
            async with asyncio.timeout(seconds) as whole, AsyncExitStack() as stack:
                call = partial(self._stream_once, f"GET {route}", path, credential)
                yield await self._retries.open(call, f"GET {route}", stack)
        except TimeoutError:
            if not whole.expired():
                raise
            raise UpstreamTimeout(
                f"GitLab's answer was not whole after {seconds:g} s", phase="total", seconds=seconds
            ) from None

    @asynccontextmanager
    async def forward(
        self, route: str, request: Request, credential: Credential | None
    ) -> AsyncIterator[StreamedResponse]:
        """GitLab's own answer to a ready request, whatever its status; sent once, never kept.

        `request.target` begins below /api/v4; its headers are sent as they are, but for those that
        the journal has to say. `credential` only says whose call it is.
        """
        acts = request.method not in ("GET", "HEAD")
        if acts and self._reads is not None:
            self._reads.acting()
        label = f"{request.method} {route}"
        try:
            async with self._under_way(label, credential) as under_way:
                said = {name for name, _ in under_way.headers}
                given = tuple(header for header in request.headers if header[0] not in said)
                whole = replace(
                    request,
                    target=self._prefix + request.target,
                    headers=(*given, *under_way.headers),
                )
                async with self._transport.stream(whole) as answer:
                    under_way.heard(answer.status)
                    yield Forwarded(answer, under_way)
        finally:
            if acts and self._reads is not None:
                # Whatever came of it, and by whichever name the project was called.
                self._reads.failed(request.target, credential, Disconnected(""))

    @asynccontextmanager
    async def _stream_once(
        self, label: str, path: str, credential: Credential | None
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        async with (
            self._under_way(label, credential) as under_way,
            AsyncExitStack() as stack,
        ):
            answer = await self._streaming.arrive(stack, path, credential, under_way)
            under_way.status = answer.status
            async with aclosing(under_way.counted(answer.chunks())) as chunks:
                # What breaks before the first byte has broken nothing yet.
                first = await anext(chunks, None)
                async with aclosing(preceded(first, chunks)) as whole:
                    yield whole

    @asynccontextmanager
    async def _under_way(
        self, label: str, credential: Credential | None
    ) -> AsyncIterator[UnderWay]:
        """A call whose answer is read as it comes: in its turn, told of, and watched."""
        self.breaker.check(label)
        async with self.gate:
            ticket, caller = self.breaker.admit(label), hash(credential)
            call = self._started(label)
            under_way = UnderWay(
                call.headers,
                lambda status: self.breaker.answered(
                    ticket, status, time.perf_counter() - call.started, caller
                ),
            )
            try:
                yield under_way
            except BaseException as error:  # a call given up has ended, too
                self._failed(call, error)
                if not under_way.status:
                    self.breaker.failed(ticket, error, call.seconds or 0.0, caller)
                raise
            self._finished(call, under_way.status, under_way.size)

    async def _send(self, label: str, request: Request, credential: Credential | None) -> Response:
        return await self._retries.send(self._send_once, label, request, credential)

    async def _send_once(
        self, label: str, request: Request, credential: Credential | None
    ) -> Response:
        caller = hash(credential)
        self.breaker.check(label)
        async with self.gate:
            ticket = self.breaker.admit(label)
            call = self._started(label)
            if call.headers:
                request = request.bearing(call.headers)
            try:
                response = await self._transport.send(request)
            except BaseException as error:  # a call given up has ended, too
                self._failed(call, error)
                self.breaker.failed(ticket, error, call.seconds or 0.0, caller)
                raise
        self._finished(call, response.status, len(response.body))
        self.breaker.answered(ticket, response.status, call.seconds or 0.0, caller)
        if len(response.body) > LONG_BODY_BYTES:
            await turns().mine()  # to decode it in
        return response

    def _started(self, label: str) -> Call:
        if self._hook is not no_hook:
            self._hook(CallStarted(label))
        journal = current_journal()
        if journal is None:
            return Call(label, "sent", time.perf_counter())
        return journal.note(label, "sent")

    def _finished(self, call: Call, status: int, size: int) -> None:
        call.answered(status, size)
        if self._hook is not no_hook:
            self._hook(CallFinished(call.route, status, call.seconds or 0.0, size))

    def _failed(self, call: Call, error: BaseException) -> None:
        call.failed(error)
        if self._hook is not no_hook:
            self._hook(CallFailed(call.route, type(error).__name__, call.seconds or 0.0))
