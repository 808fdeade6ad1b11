"""One GitLab, seen from the endpoints.

Adds the credential, bounds what is in flight, and turns answers into payloads or errors.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

import orjson

from upstream.answer import SUCCESS, Answer, answer_of, refusal_of
from upstream.config import UpstreamConfig
from upstream.credentials import Credential
from upstream.decoding import REDIRECTS
from upstream.errors import Disconnected, InvalidResponse
from upstream.events import CallFailed, CallFinished, CallStarted, Hook, no_hook
from upstream.gate import Gate
from upstream.journal import Call, current_journal
from upstream.reads import reads
from upstream.redirects import follow, place_of
from upstream.statistics import Statistics
from upstream.transports.base import Request, Response, StreamedResponse, Transport
from upstream.transports.stock import stock_transport
from upstream.turns import turns
from upstream.urls import API, query_string, split_root

__all__ = ["Answer", "Upstream"]

LONG_BODY_BYTES = 128 * 1024  # from where decoding takes most of a millisecond

_ERROR_BYTES = 64 * 1024  # of an error's body are read where a log was asked for

Headers = tuple[tuple[str, str], ...]


class Upstream:
    """Owns the transport, and closes it. `hook` is told of each call as it starts and ends.

    What `config.reuse` allows is shared and kept, by `clock`, which never goes back; `statistics`
    counts what it spares. `gate` bounds what is in flight. Raises ValueError for a `base_url` that
    is no address.
    """

    def __init__(
        self,
        config: UpstreamConfig,
        transport: Transport | None = None,
        *,
        hook: Hook = no_hook,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.config = config
        self.statistics = Statistics()
        self._origin, root = split_root(config.base_url)
        self._prefix = root + API
        self._transport = transport or stock_transport(config)
        self._hook = hook
        limits = config.limits
        self.gate = Gate(limits.in_flight, limits.waiting, config.timeouts.pool)
        agent = ("user-agent", config.user_agent)
        self._plain: Headers = (("accept", "*/*"), ("accept-encoding", "gzip"), agent)
        self._json: Headers = (("accept", "application/json"), ("accept-encoding", "gzip"), agent)
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
        request = Request("GET", target, _with(self._json, credential))
        if self._reads is not None:
            return await self._reads.get(route, path, request, credential)
        return answer_of(await self._send(f"GET {route}", request), target, credential)

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
        """Acts once: whatever happens, the request is not sent a second time."""
        headers = _with(self._json, credential)
        content = b""
        if body is not None:
            content = orjson.dumps(body)
            headers = (*headers, ("content-type", "application/json"))
        request = Request("POST", self._prefix + path, headers, content)
        if self._reads is None:
            response = await self._send(f"POST {route}", request)
            return answer_of(response, request.target, credential)
        self._reads.acting()
        try:
            response = await self._send(f"POST {route}", request)
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
        """The bytes behind a path, as they come.

        At most `Limits.redirects` redirects are followed: inside GitLab's API with the
        credential, anywhere else without it, and from https to http not at all.
        """
        label = f"GET {route}"
        async with self.gate, AsyncExitStack() as stack:
            call = self._started(label)
            counted = _Counted()
            try:
                answer = await self._arrive(stack, self._prefix + path, credential, call.headers)
                async with aclosing(counted.through(answer.chunks())) as chunks:
                    yield chunks
            except BaseException as error:  # a call given up has ended, too
                self._failed(call, error)
                raise
            self._finished(call, answer.status, counted.size)

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
            async with self.gate:
                call = self._started(label)
                counted = _Counted()
                said = {name for name, _ in call.headers}
                given = tuple(header for header in request.headers if header[0] not in said)
                whole = replace(
                    request,
                    target=self._prefix + request.target,
                    headers=(*given, *call.headers),
                )
                try:
                    async with self._transport.stream(whole) as answer:
                        yield _Forwarded(answer, counted)
                except BaseException as error:
                    self._failed(call, error)
                    raise
                self._finished(call, answer.status, counted.size)
        finally:
            if acts and self._reads is not None:
                # Whatever came of it, and by whichever name the project was called.
                self._reads.failed(request.target, credential, Disconnected(""))

    async def _arrive(
        self,
        stack: AsyncExitStack,
        target: str,
        credential: Credential | None,
        along: Headers,
    ) -> StreamedResponse:
        """The answer at the end of the redirects, closed by `stack`; `along` is for GitLab only."""
        home = here = place_of(self._origin + target)
        trusted = True  # once away from GitLab's API, the credential is not brought back either
        for _ in range(self.config.limits.redirects + 1):
            headers = (*_with(self._plain, credential), *along) if trusted else self._plain
            origin = None if here.origin == home.origin else here.origin
            answer = await stack.enter_async_context(
                self._transport.stream(Request("GET", here.target, headers), origin=origin)
            )
            location = answer.headers.get("location")
            if answer.status not in REDIRECTS or location is None:
                await _check(answer, target, credential, trusted=trusted)
                return answer
            await stack.aclose()
            here = follow(here, location)
            trusted = trusted and self._is_gitlab(here.origin, here.target, home.origin)
        raise InvalidResponse(
            f"GitLab redirects more than {self.config.limits.redirects} times in a row",
            status=answer.status,
        )

    def _is_gitlab(self, origin: str, target: str, home: str) -> bool:
        return origin == home and target.startswith(f"{self._prefix}/")

    async def _send(self, label: str, request: Request) -> Response:
        async with self.gate:
            call = self._started(label)
            if call.headers:
                request = request.bearing(call.headers)
            try:
                response = await self._transport.send(request)
            except BaseException as error:  # a call given up has ended, too
                self._failed(call, error)
                raise
        self._finished(call, response.status, len(response.body))
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


class _Forwarded:
    """GitLab's answer to a request that was handed on, with its bytes counted."""

    def __init__(self, answer: StreamedResponse, counted: _Counted) -> None:
        self.status = answer.status
        self.headers = answer.headers
        self._answer = answer
        self._counted = counted

    def chunks(self) -> AsyncIterator[bytes]:
        return self._counted.through(self._answer.chunks())


class _Counted:
    """Counts the bytes of a stream as they go by."""

    def __init__(self) -> None:
        self.size = 0

    async def through(self, chunks: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
        async for chunk in chunks:
            self.size += len(chunk)
            yield chunk


def _with(headers: Headers, credential: Credential | None) -> Headers:
    return headers if credential is None else (*headers, credential.header)


async def _check(
    answer: StreamedResponse, target: str, credential: Credential | None, *, trusted: bool
) -> None:
    if answer.status in SUCCESS:
        return
    if not trusted:
        # A storage's own words would speak of keys and signatures.
        raise InvalidResponse(
            f"the place that GitLab redirected to answered {answer.status}", status=answer.status
        )
    body = bytearray()
    async for chunk in answer.chunks():
        body += chunk
        if len(body) >= _ERROR_BYTES:
            break
    raise refusal_of(Response(answer.status, answer.headers, bytes(body)), target, credential)
