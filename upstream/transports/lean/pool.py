"""The connections to one origin: bounded, the newest idle one first, a fair line for the rest."""

from __future__ import annotations

import asyncio
import ssl
from collections import deque

from upstream.config import Limits, Timeouts
from upstream.errors import ConnectFailed, UpstreamTimeout
from upstream.transports.lean.connection import Connection
from upstream.transports.lean.dial import GOODBYE_SECONDS, dial
from upstream.transports.lean.origin import Origin


class Pool:
    """Leases connections; a lease ends with `release`, or passes on with `renew`.

    There are as many places as there may be connections. A connection has its place from before
    it is dialled until its lease has ended and its socket is gone. Those in line are given an idle
    connection, or a free place (None) to dial one; so nobody overtakes them.
    """

    def __init__(
        self, origin: Origin, tls: ssl.SSLContext | None, timeouts: Timeouts, limits: Limits
    ) -> None:
        self.origin = origin
        self._tls = tls
        self._timeouts = timeouts
        self._limits = limits
        self.loop = asyncio.get_running_loop()
        self._free = limits.connections
        self._idle: dict[Connection, None] = {}  # the newest last
        self._open: set[Connection] = set()
        self._line: deque[asyncio.Future[Connection | None]] = deque()
        self._all_lost: asyncio.Future[None] | None = None
        self._closed = False

    @property
    def in_use(self) -> bool:
        return self._free + len(self._idle) < self._limits.connections

    def take(self) -> Connection | None:
        """An idle connection, if there is one."""
        idle = self._idle
        while idle:
            connection, _ = idle.popitem()
            if connection.usable:
                connection.leased = True
                return connection
        return None

    async def acquire(self) -> Connection:
        """A connection, once there is one; raises UpstreamTimeout and ConnectFailed."""
        if self._closed:
            raise closed()
        connection = self.take()
        if connection is not None:
            return connection
        if self._free > 0:
            self._free -= 1
            return await self._dial()
        given = await self._stand_in_line()
        if given is None:
            return await self._dial()
        return given if given.usable else await self.renew(given)

    async def renew(self, connection: Connection) -> Connection:
        """A new connection in the place of a leased one, whose lease it takes over."""
        if self._closed:
            self._drop(connection)
            raise closed()
        connection.abort()  # still marked as leased, so that its end does not free the place
        return await self._dial()

    def release(self, connection: Connection) -> None:
        if connection.finish() and not self._closed:
            self._put_back(connection)
        else:
            self._drop(connection)

    def close_idle(self) -> None:
        while self._idle:
            self._idle.popitem()[0].close()

    async def aclose(self) -> None:
        """Calls under way end with Disconnected, those in line with ConnectFailed."""
        self._closed = True
        self.close_idle()
        while self._line:
            waiter = self._line.popleft()
            if not waiter.done():
                waiter.set_exception(closed())
        for connection in list(self._open):
            connection.interrupt()
        if self._open:
            self._all_lost = self.loop.create_future()
            await asyncio.wait([self._all_lost], timeout=2 * GOODBYE_SECONDS)
            for connection in list(self._open):
                connection.abort()

    async def _dial(self) -> Connection:
        """For somebody who has a place, which is given up where this fails."""
        try:
            connection = await dial(self.origin, self._tls, self._timeouts.connect, self._made)
        except BaseException:
            self._give_up_place()
            raise
        if not connection.gone:
            self._open.add(connection)
        if self._closed:
            self._drop(connection)
            raise closed()
        return connection

    def _made(self) -> Connection:
        return Connection(self.loop, self._timeouts, self._limits, self._lost)

    def _lost(self, connection: Connection) -> None:
        self._open.discard(connection)
        if not connection.leased:
            self._idle.pop(connection, None)
            self._give_up_place()
        if self._all_lost is not None and not self._open and not self._all_lost.done():
            self._all_lost.set_result(None)

    def _put_back(self, connection: Connection) -> None:
        waiter = self._next_in_line()
        if waiter is not None:
            waiter.set_result(connection)
        else:
            connection.leased = False
            self._idle[connection] = None

    def _drop(self, connection: Connection) -> None:
        connection.abort()
        if connection.gone:
            self._give_up_place()
        else:
            connection.leased = False  # the place comes free with the socket

    def _give_up_place(self) -> None:
        waiter = self._next_in_line()
        if waiter is not None:
            waiter.set_result(None)
        else:
            self._free += 1

    def _next_in_line(self) -> asyncio.Future[Connection | None] | None:
        while self._line:
            waiter = self._line.popleft()
            if not waiter.done():
                return waiter
        return None

    async def _stand_in_line(self) -> Connection | None:
        waiter: asyncio.Future[Connection | None] = self.loop.create_future()
        self._line.append(waiter)
        patience = self.loop.call_later(self._timeouts.pool, self._lose_patience, waiter)
        try:
            return await waiter
        except asyncio.CancelledError:
            if waiter.cancelled():
                self._line.remove(waiter)
            elif waiter.exception() is None:  # given something as the cancellation came: pass on
                self._pass_on(waiter.result())
            raise
        finally:
            patience.cancel()

    def _pass_on(self, given: Connection | None) -> None:
        if given is None:
            self._give_up_place()
        elif given.usable and not self._closed:
            self._put_back(given)
        else:
            self._drop(given)

    def _lose_patience(self, waiter: asyncio.Future[Connection | None]) -> None:
        if not waiter.done():
            self._line.remove(waiter)
            seconds = self._timeouts.pool
            waiter.set_exception(
                UpstreamTimeout(
                    f"no connection to GitLab was free within {seconds:g} s",
                    phase="pool",
                    seconds=seconds,
                )
            )


def closed() -> ConnectFailed:
    return ConnectFailed("the gateway is stopping and opens no connection to GitLab any more")
