"""One answer as it is parsed. The only module that knows httptools."""

from __future__ import annotations

import asyncio

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from upstream.errors import Disconnected, InvalidResponse, ResponseTooLarge, UpstreamError
from upstream.transports.lean.head import HEAD_BYTES, HEADER_LINES, fits, headers_of

_INFORMATIONAL = range(100, 200)
_SWITCHING_PROTOCOLS = 101
_WITHOUT_BODY = (204, 304)  # though a 304 tells the length of what it does not bring
_BROKEN = (HttpParserError, HttpParserUpgrade)


class _StopParsing(Exception):
    """The way out of the parser's callbacks."""


class Exchange:
    """Collects an answer; ends with `complete` or with an `error`.

    `limit` bounds a body that is wanted whole. Without one the body is a stream: `arrived` comes
    with the head, and each part is there to be taken as it comes. A parser of its own for each
    answer keeps one answer's rests out of the next.
    """

    __slots__ = (
        "_head_bytes",
        "_headless",
        "_limit",
        "_loop",
        "_names",
        "_parser",
        "_values",
        "_waiter",
        "buffered",
        "complete",
        "error",
        "headers",
        "keep_alive",
        "parts",
        "status",
        "touched",
    )

    def __init__(
        self, loop: asyncio.AbstractEventLoop, limit: int | None, *, headless: bool = False
    ) -> None:
        self._loop = loop
        self._limit = limit
        self._headless = headless
        self._head_bytes = 0
        self._names: list[bytes] = []
        self._values: list[bytes] = []
        self._waiter: asyncio.Future[None] | None = None
        self._parser: HttpResponseParser | None = HttpResponseParser(self)
        self.status = 0  # until the head is whole
        self.headers: dict[str, str] = {}
        self.parts: list[bytes] = []
        self.buffered = 0  # bytes in `parts`
        self.touched = False  # a byte of the answer has come
        self.complete = False
        self.keep_alive = False  # the connection may be used again
        self.error: UpstreamError | None = None

    @property
    def settled(self) -> bool:
        return self.complete or self.error is not None

    @property
    def arrived(self) -> bool:
        """What the caller waits for first is there: all of it, or the head of a stream."""
        return self.settled or (self._limit is None and self.status > 0)

    @property
    def unheard(self) -> bool:
        """The connection was closed without a word."""
        return isinstance(self.error, Disconnected) and not self.touched

    @property
    def unsent(self) -> bool:
        """The connection was closed before the request went out."""
        return isinstance(self.error, Disconnected) and not self.error.may_have_arrived

    @property
    def streamed(self) -> bool:
        return self._limit is None

    def arrival(self) -> asyncio.Future[None]:
        """Done at the next step that somebody waits for: the end, and of a stream each part."""
        waiter = self._waiter = self._loop.create_future()
        return waiter

    def feed(self, data: bytes) -> None:
        parser = self._parser
        if parser is None:  # bytes after the end: whatever they are, they answer nothing
            self.keep_alive = False
            return
        self.touched = True
        if not self.status:
            self._head_bytes += len(data)
        try:
            parser.feed_data(data)
        except _BROKEN:
            self.keep_alive = False
            if not self.settled:
                self.fail(InvalidResponse("GitLab's answer is not HTTP", status=self._known))
        else:
            # What goes on arriving: a head without an end, or trailers.
            if len(self._names) > HEADER_LINES or (
                not self.status and self._head_bytes > HEAD_BYTES
            ):
                self.keep_alive = False
                self.fail(_head_too_large(self._known))

    def end(self, *, clean: bool) -> None:
        """The connection is gone; `clean` when it was closed and not broken."""
        if self.settled:
            return
        if clean and self.status and not self._has_length():
            self._parser = None
            self.complete = True
            self._wake()
        elif self.touched:
            self.fail(Disconnected("GitLab's answer ended before it was whole"))
        else:
            self.fail(Disconnected("GitLab closed the connection without an answer"))

    def fail(self, error: UpstreamError) -> None:
        if not self.settled:
            self.error = error
            self._parser = None
            self._wake()

    def take(self) -> list[bytes]:
        """The parts that have come so far."""
        parts, self.parts = self.parts, []
        self.buffered = 0
        return parts

    @property
    def _known(self) -> int | None:
        return self.status or None

    def _has_length(self) -> bool:
        return "content-length" in self.headers or "transfer-encoding" in self.headers

    def _wake(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    # Called by the parser.

    def on_message_begin(self) -> None:
        if self.complete:  # a second answer to the one request
            raise _StopParsing

    def on_header(self, name: bytes, value: bytes) -> None:
        self._names.append(name)  # trailers, too, which nobody reads
        self._values.append(value)

    def on_headers_complete(self) -> None:
        parser = self._parser
        if parser is None:
            raise _StopParsing
        status = parser.get_status_code()
        if status in _INFORMATIONAL:
            if status == _SWITCHING_PROTOCOLS:
                self._refuse(
                    InvalidResponse("GitLab answered with another protocol", status=status)
                )
            self._names.clear()
            self._values.clear()
            return
        if not fits(self._names, self._values, self._head_bytes):
            self._refuse(_head_too_large(status))
        headers = self.headers = headers_of(self._names, self._values)
        coding = headers.get("transfer-encoding")
        if coding is not None and coding.lower() != "chunked":
            self._refuse(
                InvalidResponse("GitLab's answer comes in a transfer coding not asked for")
            )
        self.status = status
        if self._headless:
            self._finish(keep_alive=False)  # the parser takes what comes next for a body
            raise _StopParsing
        if self._limit is None:
            self._wake()
        elif int(headers.get("content-length", 0)) > self._limit and status not in _WITHOUT_BODY:
            self._refuse(too_large(self._limit, status))

    def on_body(self, data: bytes) -> None:
        self.parts.append(data)
        self.buffered += len(data)
        if self._limit is None:
            self._wake()
        elif self.buffered > self._limit:
            self.parts.clear()
            self._refuse(too_large(self._limit, self.status))

    def on_message_complete(self) -> None:
        if self.status and self._parser is not None:
            self._finish(keep_alive=self._parser.should_keep_alive())

    def _finish(self, *, keep_alive: bool) -> None:
        self.keep_alive = keep_alive
        self.complete = True
        self._parser = None  # it holds this exchange, and nobody should have to look for the circle
        self._wake()

    def _refuse(self, error: UpstreamError) -> None:
        self.fail(error)
        raise _StopParsing


def too_large(limit: int, status: int) -> ResponseTooLarge:
    return ResponseTooLarge(f"GitLab's answer has more than {limit} bytes", status=status)


def _head_too_large(status: int | None) -> InvalidResponse:
    return InvalidResponse(
        f"the head of GitLab's answer has more than {HEAD_BYTES} bytes or {HEADER_LINES} lines",
        status=status,
    )
