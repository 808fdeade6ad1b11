"""One connection: deadlines, backpressure, one exchange after the other."""

from __future__ import annotations

import asyncio
import select
from collections.abc import Callable
from math import inf
from typing import cast

from upstream.config import Limits, Timeouts
from upstream.errors import Disconnected, Phase, UpstreamTimeout
from upstream.transports.lean.deadline import SLACK_SECONDS, Deadline
from upstream.transports.lean.exchange import Exchange

PIECE_BYTES = 64 * 1024  # of a request's body are written at once
STREAM_BYTES = 256 * 1024  # of a stream wait for their reader before GitLab is made to wait

_WAITED = {
    "write": "GitLab did not take the request within {} s",
    "read": "GitLab sent nothing for {} s",
    "total": "GitLab's answer was not whole after {} s",
}


class Connection(asyncio.Protocol):
    """Belongs to a pool, which leases it to one call at a time.

    `lost` is called once, when the socket is gone.
    """

    __slots__ = (
        "_deadline",
        "_drained",
        "_exchange",
        "_keepalive_seconds",
        "_latest",
        "_loop",
        "_lost",
        "_reading_paused",
        "_timeouts",
        "_transport",
        "_uploading",
        "_writing_paused",
        "leased",
        "reused",
    )

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        timeouts: Timeouts,
        limits: Limits,
        lost: Callable[[Connection], None],
    ) -> None:
        self._loop = loop
        self._timeouts = timeouts
        self._keepalive_seconds = limits.keepalive_seconds
        self._lost = lost
        self._deadline = Deadline(loop, self._expired)
        self._latest = inf  # by the loop's clock: when the exchange has to be over
        self._exchange: Exchange | None = None
        self._transport: asyncio.Transport | None = None
        self._drained: asyncio.Future[None] | None = None
        self._writing_paused = False
        self._reading_paused = False
        self._uploading = False
        self.leased = True  # whoever dialled it uses it first
        self.reused = False

    @property
    def usable(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    @property
    def gone(self) -> bool:
        """Its socket is closed, and the pool has been told."""
        return self._transport is None

    def quiet(self) -> bool:
        """Whether the socket holds nothing unread, such as the news that GitLab has closed it."""
        number = self._transport.get_extra_info("socket").fileno() if self._transport else -1
        if number < 0:
            return False
        poll = select.poll()
        poll.register(number, select.POLLIN)
        return not poll.poll(0)

    # One exchange.

    def ask(self, exchange: Exchange, data: bytes) -> None:
        """Send a request; the answer goes into `exchange`."""
        transport = self._transport
        self._exchange = exchange
        if transport is None or transport.is_closing():
            exchange.fail(
                Disconnected("GitLab closed the connection before anything was sent", sent=False)
            )
            return
        self._latest = self._loop.time() + self._timeouts.total
        self._deadline.set(self._timeouts.read, self._latest)
        transport.write(data)

    async def upload(self, body: bytes) -> None:
        """Send a body too large for one write, until the answer is there or the way is shut."""
        self._uploading = True
        for start in range(0, len(body), PIECE_BYTES):
            while self._writing_paused and not self._settled():
                self._drained = self._loop.create_future()
                await self._drained
            if self._transport is None or self._settled():
                return
            self._transport.write(body[start : start + PIECE_BYTES])
        self._uploading = False

    def pull(self) -> None:
        """Go on reading a stream whose reader has caught up."""
        if self._reading_paused and self._transport is not None:
            self._reading_paused = False
            self._transport.resume_reading()
            self._deadline.set(self._timeouts.read, self._latest)

    def finish(self) -> bool:
        """End the exchange; whether the connection can take another one."""
        exchange, self._exchange = self._exchange, None
        transport = self._transport
        if (
            exchange is None
            or transport is None
            or not (exchange.complete and exchange.keep_alive)
            or self._uploading
            or self._keepalive_seconds <= 0
            or transport.is_closing()
            or transport.get_write_buffer_size()
        ):
            return False
        self.pull()
        self.reused = True
        self._deadline.set(self._keepalive_seconds)
        return True

    def close(self) -> None:
        """Say goodbye, as a connection with nothing under way can."""
        self._deadline.cancel()
        if self._transport is not None:
            self._transport.close()

    def interrupt(self) -> None:
        """End what is under way."""
        if self._exchange is not None:
            self._exchange.fail(Disconnected("the gateway stopped while GitLab was answering"))
            self._wake_upload()
            self.abort()

    def abort(self) -> None:
        self._deadline.cancel()
        if self._transport is not None:
            self._transport.abort()

    # Called by the event loop.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        exchange = self._exchange
        if exchange is None:  # nobody has asked for anything
            self.abort()
            return
        exchange.feed(data)
        if exchange.settled:
            self._deadline.clear()
            self._wake_upload()
            if exchange.error is not None:
                self.abort()
            return
        if exchange.streamed and exchange.status:
            self._latest = inf  # how long a stream may take is for its reader to say
            if exchange.buffered > STREAM_BYTES:
                self._pause_reading()
                return
        seconds = self._timeouts.write if self._writing_paused else self._timeouts.read
        self._deadline.set(seconds, self._latest)

    def pause_writing(self) -> None:
        self._writing_paused = True
        self._deadline.set(self._timeouts.write, self._latest)

    def resume_writing(self) -> None:
        self._writing_paused = False
        if not self._settled():
            self._deadline.set(self._timeouts.read, self._latest)
        self._wake_upload()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._deadline.cancel()
        if self._exchange is not None:
            self._exchange.end(clean=exc is None)
        self._wake_upload()
        self._lost(self)

    def _settled(self) -> bool:
        return self._exchange is None or self._exchange.settled

    def _wake_upload(self) -> None:
        drained, self._drained = self._drained, None
        if drained is not None and not drained.done():
            drained.set_result(None)

    def _pause_reading(self) -> None:
        if not self._reading_paused and self._transport is not None:
            self._reading_paused = True
            self._transport.pause_reading()
            self._deadline.clear()  # it is the reader who is waited for

    def _expired(self) -> None:
        if self._exchange is None:
            self.close()  # idle for long enough
            return
        phase: Phase = "write" if self._writing_paused else "read"
        if self._loop.time() > self._latest - SLACK_SECONDS:
            phase = "total"
        seconds: float = getattr(self._timeouts, phase)
        self._exchange.fail(
            UpstreamTimeout(_WAITED[phase].format(f"{seconds:g}"), phase=phase, seconds=seconds)
        )
        self._wake_upload()
        self.abort()
