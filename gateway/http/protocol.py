"""HTTP/1.1 at the socket: uvicorn's own protocol, with bounds on a request's head and on time.

uvicorn gathers the lines of a head without end when httptools parses them, and waits for the rest
of a request for ever. What is refused here never becomes an ASGI request, so the answer is written
straight to the socket, in the form that all refusals have.
"""

from __future__ import annotations

import asyncio
import secrets
from http import HTTPStatus

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from gateway.errors import ErrorCode, Fault
from gateway.http.responses import JSON, error_body
from gateway.limits.arrival import (
    BODY_SECONDS_SETTING,
    HEAD_BYTES_SETTING,
    HEAD_LINES_SETTING,
    HEAD_SECONDS_SETTING,
)
from gateway.limits.config import ArrivalLimits
from gateway.limits.excess import Excess

# A client that is still sending when its connection closes sees a reset instead of our answer, so
# what it sends is dropped for a while.
LINGER_SECONDS = 2.0


def bounded_protocol(limits: ArrivalLimits) -> type[HttpToolsProtocol]:
    return type("BoundedProtocol", (_BoundedProtocol,), {"limits": limits})


class _HeadRefusedError(Exception):
    """Ends httptools' parsing from within one of its callbacks."""


class _BoundedProtocol(HttpToolsProtocol):
    limits: ArrivalLimits

    _reading = False  # from the first byte of a request to its last
    _head_complete = False
    _head_size = 0  # of what came before the data in hand
    _data_size = 0
    _begun = 0  # requests that the data in hand has a part of
    _refusal: Fault | None = None
    _over = False  # what else arrives is dropped
    _timer: asyncio.TimerHandle | None = None
    _timer_for_body = False
    _held_up = False  # by an earlier request: nothing was read meanwhile
    _waited = False  # some of the above is set

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's own
        super().connection_made(transport)
        self._waited = True
        self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._over:
            return
        self._data_size = len(data)
        self._begun = int(self._reading)
        HttpToolsProtocol.data_received(self, data)
        if self._reading:
            self._await_the_rest()
        elif self._waited:
            self._stop_waiting()

    def on_message_begin(self) -> None:
        HttpToolsProtocol.on_message_begin(self)
        self._reading = True
        self._head_complete = False
        self._begun += 1
        if self._waited:
            self._stop_waiting()

    def on_headers_complete(self) -> None:
        if self._head_size + self._data_size > self.limits.head_bytes or (
            len(self.headers) > self.limits.head_lines
        ):
            excess = self._head_excess(self._parsed_size())
            if excess is not None:
                self._refusal = excess.fault(ErrorCode.REQUEST_HEAD_TOO_LARGE)
                raise _HeadRefusedError
        self._head_complete = True
        HttpToolsProtocol.on_headers_complete(self)

    def on_message_complete(self) -> None:
        self._reading = False
        HttpToolsProtocol.on_message_complete(self)

    def send_400_response(self, msg: str) -> None:
        """Uvicorn's word for whatever parsing ended with."""
        del msg
        if self._refusal is not None:
            self._refuse(431, self._refusal)
        else:
            message = "This is not a valid HTTP/1.1 request."
            self._refuse(400, Fault(ErrorCode.BAD_REQUEST, message))

    def _await_the_rest(self) -> None:
        """The data has ended before the request has."""
        if self._over:
            return
        self._waited = True
        self._held_up = self._held_up or bool(self.pipeline)
        excess = self._head_excess(self._grown_head())
        if excess is not None:
            self._refuse(431, excess.fault(ErrorCode.REQUEST_HEAD_TOO_LARGE))
        elif self._timer is None or self._timer_for_body is not self._head_complete:
            self._start_timer()

    def _grown_head(self) -> int:
        """Bytes of the head that is still coming; 0 once it is there."""
        if self._head_complete:
            return 0
        # Where it is not the first in this data, the data holds other requests, too.
        whole = self._head_size > 0 or self._begun == 1
        self._head_size += self._data_size if whole else max(1, self._parsed_size())
        return self._head_size

    def _parsed_size(self) -> int:
        return len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)

    def _head_excess(self, size: int) -> Excess | None:
        """A trailer's lines join those of the head, and are counted with them."""
        limits = self.limits
        if len(self.headers) > limits.head_lines:
            message = "The request has {found} header lines; at most {allowed} are allowed"
            return _excess("head lines", message, len(self.headers), limits.head_lines)
        if size > limits.head_bytes:
            message = "The request's head, URL and headers, has {found} bytes; at most {allowed}"
            return _excess("head bytes", message + " are allowed", size, limits.head_bytes)
        return None

    def _start_timer(self) -> None:
        self._stop_timer()
        self._timer_for_body = self._head_complete
        limits = self.limits
        seconds = limits.body_seconds if self._head_complete else limits.head_seconds
        if seconds:
            self._timer = self.loop.call_later(seconds, self._time_out)

    def _stop_waiting(self) -> None:
        self._stop_timer()
        self._head_size = 0
        self._held_up = False
        self._waited = False

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _time_out(self) -> None:
        self._timer = None
        if self.transport.is_closing() or self._over:
            return
        if self.flow.read_paused or self._held_up:  # it was not the client that kept us waiting
            self._held_up = self.flow.read_paused
            self._start_timer()
        elif not self._reading:
            self.transport.close()  # connected, and never sent a byte
        else:
            self._refuse(408, self._too_slow())

    def _too_slow(self) -> Fault:
        part, seconds, setting = (
            ("body", self.limits.body_seconds, BODY_SECONDS_SETTING)
            if self._head_complete
            else ("head", self.limits.head_seconds, HEAD_SECONDS_SETTING)
        )
        message = f"The request's {part} did not come within {seconds:g} seconds ({setting})."
        return Fault(ErrorCode.REQUEST_TIMEOUT, message)

    def _refuse(self, status: int, fault: Fault) -> None:
        self._over = True
        self._stop_timer()
        if self._is_answering():
            self.transport.close()  # a second answer in the midst of one would be worse than none
            return
        if self._head_complete and self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.write(_answer(status, fault))
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._timer = self.loop.call_later(LINGER_SECONDS, self.transport.close)

    def _is_answering(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is None or cycle.response_complete:
            return False
        # Of a request whose body is still coming, the cycle is its own; else an earlier one's.
        return not self._head_complete or cycle.response_started or bool(self.pipeline)


def _excess(limit: str, message: str, found: int, allowed: int) -> Excess:
    setting = HEAD_LINES_SETTING if limit == "head lines" else HEAD_BYTES_SETTING
    return Excess(limit, message, found, allowed, setting)


def _answer(status: int, fault: Fault) -> bytes:
    body = error_body(fault)
    lines = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        f"content-type: {JSON.decode()}",
        f"content-length: {len(body)}",
        f"x-request-id: {secrets.token_hex(16)}",
        "cache-control: no-store",
        "x-content-type-options: nosniff",
        "connection: close",
    )
    return "\r\n".join((*lines, "", "")).encode() + body
