"""The seam's methods over pools of connections."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager

from upstream.config import UpstreamConfig
from upstream.errors import InvalidRequest
from upstream.transports.base import Request, Response, StreamedResponse
from upstream.transports.lean.connection import PIECE_BYTES, Connection
from upstream.transports.lean.exchange import Exchange, too_large
from upstream.transports.lean.origin import Origin
from upstream.transports.lean.pool import Pool, closed
from upstream.transports.unpacking import unpacker
from upstream.urls import split_root

OTHER_ORIGINS = 8  # whose idle connections are kept: redirects lead to one storage or two
TURN_BYTES = 1024 * 1024  # are unpacked before others get their turn

_REPEATABLE = frozenset({"GET", "HEAD"})


class LeanTransport:
    """Pools of connections to one GitLab and to the places that it redirects to.

    `tls` takes the place of the context that trusts certifi's and the machine's authorities.
    Raises ValueError for a `base_url` that is no address, and where a proxy is wanted.
    """

    def __init__(self, config: UpstreamConfig, *, tls: ssl.SSLContext | None = None) -> None:
        if config.proxy is not None:
            raise ValueError("the lean transport knows no proxies; use the httpx transport")
        self._origin = split_root(config.base_url)[0]
        Origin.parse(self._origin)  # to fail now and not with the first call
        self._timeouts = config.timeouts
        self._limits = config.limits
        self._verify = config.verify
        self._tls = tls
        self._pools: dict[str, Pool] = {}
        self._closed = False

    async def send(self, request: Request) -> Response:
        pool = self._pools.get(self._origin) or self._open_pool(self._origin)
        connection, exchange = await self._ask(pool, request, self._limits.body_bytes)
        pool.release(connection)
        headers, parts = exchange.headers, exchange.parts
        if "content-encoding" in headers:
            body = await self._unpacked(exchange)
        else:
            body = parts[0] if len(parts) == 1 else b"".join(parts)
        return Response(exchange.status, headers, body)

    @asynccontextmanager
    async def stream(
        self, request: Request, *, origin: str | None = None
    ) -> AsyncIterator[StreamedResponse]:
        wanted = origin or self._origin
        pool = self._pools.get(wanted) or self._open_pool(wanted)
        connection, exchange = await self._ask(pool, request, None)
        try:
            yield _Streamed(connection, exchange)
        finally:
            pool.release(connection)

    async def aclose(self) -> None:
        """Waits until every socket is closed."""
        self._closed = True
        await asyncio.gather(*(pool.aclose() for pool in self._pools.values()))

    async def _ask(
        self, pool: Pool, request: Request, limit: int | None
    ) -> tuple[Connection, Exchange]:
        """A leased connection and its exchange: complete, or with the head if it is a stream."""
        head = pool.origin.encode(request)
        repeatable = request.method in _REPEATABLE
        connection = pool.take() or await pool.acquire()
        if not repeatable and connection.reused and not connection.quiet():
            connection = await pool.renew(connection)  # nothing is sent yet, so it is still once
        exchange = await _exchange(pool, connection, request, head, limit)
        if connection.reused and (exchange.unheard if repeatable else exchange.unsent):
            # GitLab closed the idle connection just as the request set out.
            connection = await pool.renew(connection)
            exchange = await _exchange(pool, connection, request, head, limit)
        if exchange.error is not None:
            pool.release(connection)
            raise exchange.error
        return connection, exchange

    async def _unpacked(self, exchange: Exchange) -> bytes:
        limit = self._limits.body_bytes
        size = turn = 0
        body: list[bytes] = []
        for piece in _pieces(exchange):
            size += len(piece)
            if size > limit:
                raise too_large(limit, exchange.status)
            body.append(piece)
            if size - turn >= TURN_BYTES:
                turn = size
                await asyncio.sleep(0)
        return b"".join(body)

    def _open_pool(self, name: str) -> Pool:
        if self._closed:
            raise closed()
        try:
            origin = Origin.parse(name)
        except ValueError:
            raise InvalidRequest("the origin is no http:// or https:// address") from None
        if len(self._pools) > OTHER_ORIGINS:
            idle = [other for other, pool in self._pools.items() if not pool.in_use]
            for other in idle:
                if other != self._origin:
                    self._pools.pop(other).close_idle()
        tls = self._trusted() if origin.tls else None
        pool = self._pools[name] = Pool(origin, tls, self._timeouts, self._limits)
        return pool

    def _trusted(self) -> ssl.SSLContext:
        if self._tls is None:
            import httpx  # noqa: PLC0415 - takes a tenth of a second, and not all need TLS

            context = httpx.create_ssl_context(verify=self._verify, trust_env=False)
            if self._verify:
                context.load_default_certs()  # the machine's own authorities beside certifi's
            context.set_alpn_protocols(["http/1.1"])
            self._tls = context
        return self._tls


class _Streamed:
    """An answer whose body is still to come."""

    def __init__(self, connection: Connection, exchange: Exchange) -> None:
        self.status = exchange.status
        self.headers: Mapping[str, str] = exchange.headers
        self._connection = connection
        self._exchange = exchange

    async def chunks(self) -> AsyncIterator[bytes]:
        packed = unpacker(self.headers.get("content-encoding"))
        while parts := await self._next():
            for part in parts:
                if packed is None:
                    yield part
                    continue
                for piece in packed.feed(part):
                    yield piece
        if packed is not None:
            packed.finish()

    async def _next(self) -> list[bytes]:
        exchange = self._exchange
        while not exchange.parts:
            if exchange.error is not None:
                raise exchange.error
            if exchange.complete:
                return []
            self._connection.pull()
            await exchange.arrival()
        parts = exchange.take()
        self._connection.pull()
        return parts


async def _exchange(
    pool: Pool, connection: Connection, request: Request, head: bytes, limit: int | None
) -> Exchange:
    """The caller ends the lease, unless this raises."""
    body = request.body or b""
    exchange = Exchange(pool.loop, limit, headless=request.method == "HEAD")
    try:
        if len(body) <= PIECE_BYTES:
            connection.ask(exchange, head + body)
        else:
            connection.ask(exchange, head)
            await connection.upload(body)
        if not exchange.arrived:
            await exchange.arrival()
    except BaseException:
        pool.release(connection)
        raise
    return exchange


def _pieces(exchange: Exchange) -> Iterator[bytes]:
    packed = unpacker(exchange.headers["content-encoding"])
    if packed is None:
        yield from exchange.parts
        return
    for part in exchange.parts:
        yield from packed.feed(part)
    packed.finish()
