"""httpx over aiohttp: the stock transport, which knows proxies.

httpx-aiohttp's transport is called with ready requests: an AsyncClient would add its own cookies,
redirects and merging of headers to every call, at a third of the call's price, and none is wanted.
"""

from __future__ import annotations

import asyncio
import base64
import ssl
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager, contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, cast
from urllib.parse import unquote, urlsplit

import aiohttp
import httpx
import yarl
from httpx_aiohttp import AiohttpTransport

from upstream.config import Timeouts, UpstreamConfig
from upstream.errors import ResponseTooLarge
from upstream.transports.base import Request, Response, StreamedResponse
from upstream.transports.failures import FOREIGN, too_late, translated
from upstream.transports.unpacking import Unpacker, unpacker
from upstream.urls import split_root

_HEADER_BYTES = 64 * 1024  # of one line: a Link header repeats the request's parameters four times

# The address of the request that this task is sending, spelled as it was asked for.
_ADDRESS: ContextVar[str] = ContextVar("_ADDRESS")
_REUSED: ContextVar[bool] = ContextVar("_REUSED")

_REPEATABLE = frozenset({"GET", "HEAD"})


class HttpxTransport:
    """One pool of connections to one GitLab."""

    def __init__(self, config: UpstreamConfig) -> None:
        self._origin, _ = split_root(config.base_url)
        self._url = httpx.URL(self._origin)
        self._limits = config.limits
        self._timeouts = timeouts = config.timeouts
        # aiohttp's deadline for `pool` covers the wait for a free connection and connecting.
        self._extensions = {
            "timeout": {"connect": timeouts.connect, "read": timeouts.read, "pool": timeouts.pool}
        }
        # aiohttp bounds reads only: a body that GitLab never takes in would be sent for ever.
        self._until_answered = timeouts.pool + timeouts.write + timeouts.read
        # Nor does it bound an answer that comes a byte at a time.
        self._until_whole = timeouts.pool + timeouts.total
        self._tls = _tls(verify=config.verify)
        proxy, self._to_proxy = _proxy(config.proxy)
        self._transport = AiohttpTransport(
            verify=self._tls, trust_env=False, proxy=proxy, client=self._open_session
        )

    async def send(self, request: Request) -> Response:
        async with self._in_time():
            answer = await self._ask(request, None)
            try:
                headers = _headers(answer)
                body = await self._whole_body(answer, headers)
            finally:
                await _stream(answer).aclose()
        return Response(answer.status_code, headers, body)

    @asynccontextmanager
    async def stream(
        self, request: Request, *, origin: str | None = None
    ) -> AsyncIterator[StreamedResponse]:
        async with self._in_time():
            answer = await self._ask(request, origin)
        try:
            yield _Streamed(answer, self._timeouts)
        finally:
            with _translating(self._timeouts):
                await _stream(answer).aclose()

    async def aclose(self) -> None:
        await self._transport.aclose()

    def _open_session(self) -> aiohttp.ClientSession:
        """Called once, when the first request is sent: a session belongs to an event loop."""
        reuse = aiohttp.TraceConfig()
        reuse.on_connection_reuseconn.append(_note_reuse)
        session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=self._limits.connections,
                keepalive_timeout=self._limits.keepalive_seconds,
                ssl=self._tls,
            ),
            # GitLab's cookies must not pass from one caller's answer into another's request.
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=("accept", "accept-encoding", "content-type", "user-agent"),
            middlewares=(_address_as_it_is,),
            trace_configs=[reuse],
            max_line_size=_HEADER_BYTES,
            max_field_size=_HEADER_BYTES,
        )
        # It would send each GET twice whose connection breaks, be it new or kept.
        session._retry_connection = False  # noqa: SLF001 - there is no other way
        return session

    @asynccontextmanager
    async def _in_time(self) -> AsyncIterator[None]:
        """For an exchange as a whole: bounds it, and translates what goes wrong in it."""
        try:
            async with asyncio.timeout(self._until_whole) as whole:
                with _translating(self._timeouts):
                    yield
        except TimeoutError:
            if whole.expired():
                raise too_late("total", self._timeouts) from None
            raise

    async def _ask(self, request: Request, origin: str | None) -> httpx.Response:
        headers: list[tuple[str, str]] = list(request.headers)
        if self._to_proxy is not None and not (origin or self._origin).startswith("https:"):
            headers.append(self._to_proxy)
        ready = httpx.Request(
            request.method,
            self._url if origin is None else origin,
            headers=headers,
            content=request.body,
            extensions=self._extensions,
        )
        _ADDRESS.set((origin or self._origin) + request.target)
        if not request.body:
            return await self._transport.handle_async_request(ready)
        async with asyncio.timeout(self._until_answered):
            return await self._transport.handle_async_request(ready)

    async def _whole_body(self, answer: httpx.Response, headers: Mapping[str, str]) -> bytes:
        limit = self._limits.body_bytes
        length = headers.get("content-length", "")
        size = int(length) if length.isdecimal() and length.isascii() else 0
        parts: list[bytes] = []
        if size <= limit:
            size = 0
            async with aclosing(_unpacked(answer, unpacker(headers.get("content-encoding")))) as it:
                async for part in it:
                    size += len(part)
                    if size > limit:
                        break
                    parts.append(part)
        if size > limit:
            raise ResponseTooLarge(
                f"GitLab's answer has more than {limit} bytes", status=answer.status_code
            )
        return parts[0] if len(parts) == 1 else b"".join(parts)


class _Streamed:
    """An answer whose body is still to come."""

    def __init__(self, answer: httpx.Response, timeouts: Timeouts) -> None:
        self.status = answer.status_code
        self.headers = _headers(answer)
        self._answer = answer
        self._timeouts = timeouts

    async def chunks(self) -> AsyncIterator[bytes]:
        parts = _unpacked(self._answer, unpacker(self.headers.get("content-encoding")))
        with _translating(self._timeouts):
            async with aclosing(parts):
                async for part in parts:
                    yield part


async def _unpacked(answer: httpx.Response, packed: Unpacker | None) -> AsyncGenerator[bytes, None]:
    async with aclosing(cast("Any", _stream(answer).__aiter__())) as chunks:
        async for chunk in chunks:
            if packed is None:
                yield chunk
                continue
            for part in packed.feed(chunk):
                yield part
    if packed is not None:
        packed.finish()


async def _address_as_it_is(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    # yarl would write %40 as @ and take dots out of a path: harmless to GitLab, but not to the
    # signed address of a storage.
    request.url = yarl.URL(_ADDRESS.get(), encoded=True)
    _REUSED.set(False)
    try:
        return await handler(request)
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError):
        if not _REUSED.get() or request.method not in _REPEATABLE:
            raise
    # GitLab closed the idle connection just as the request set out.
    return await handler(request)


async def _note_reuse(_session: aiohttp.ClientSession, _context: Any, _params: Any) -> None:
    _REUSED.set(True)


@contextmanager
def _translating(timeouts: Timeouts) -> Iterator[None]:
    started = time.monotonic()
    try:
        yield
    except FOREIGN as error:
        raise translated(error, timeouts, time.monotonic() - started) from error


def _headers(answer: httpx.Response) -> Mapping[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in answer.headers.raw:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _stream(answer: httpx.Response) -> httpx.AsyncByteStream:
    return cast("httpx.AsyncByteStream", answer.stream)


@lru_cache
def _tls(*, verify: bool) -> ssl.SSLContext:
    # Remembered: reading the authorities takes tens of milliseconds.
    context = httpx.create_ssl_context(verify=verify, trust_env=False)
    if verify:
        context.load_default_certs()  # the machine's own authorities beside certifi's
    return context


def _proxy(address: str | None) -> tuple[httpx.Proxy | None, tuple[str, str] | None]:
    """The proxy, and the header for requests that it passes on without a tunnel."""
    if address is None:
        return None, None
    parts = urlsplit(address)
    if parts.username is None:
        return httpx.Proxy(address), None
    secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
    header = ("proxy-authorization", f"Basic {base64.b64encode(secret).decode()}")
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    return httpx.Proxy(bare, headers=dict([header])), header
