"""What never becomes a request: heads that are too large, requests that never end, no HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from starlette.types import Receive, Scope, Send

from gateway.http import protocol
from gateway.http.responses import send_json
from gateway.limits.config import ArrivalLimits
from gateway.serving import Stop, bind, running

SOON = 0.2  # seconds, for limits that a test waits for
LATER = 30.0


@dataclass
class App:
    """Answers with the length of the body; `seen` has the paths, `gone` those given up."""

    seen: list[str]
    gone: list[str]
    held: asyncio.Event | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        self.seen.append(scope["path"])
        size, more = 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                self.gone.append(scope["path"])
                return
            size += len(message["body"])
            more = message.get("more_body", False)
        if self.held is not None:
            await self.held.wait()
        await send_json(send, 200, b"%d" % size)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})


@contextlib.asynccontextmanager
async def serving(app: App, **limits: Any) -> AsyncIterator[int]:
    given = {"head_seconds": LATER, "body_seconds": LATER, **limits}
    listener = bind("127.0.0.1", 0)
    arrival = ArrivalLimits(**given)
    with Stop() as stop:
        async with running(app, listener, stop, shutdown_seconds=1, arrival=arrival):
            yield listener.getsockname()[1]


class Client:
    """Bytes out, bytes in."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, *parts: bytes) -> None:
        for part in parts:
            self.writer.write(part)
            await self.writer.drain()

    async def answer(self) -> tuple[int, bytes, Any]:
        """Status, head and the body as JSON, of one answer."""
        head = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 10)
        length = re.search(rb"content-length: (\d+)", head)
        assert length is not None
        body = await self.reader.readexactly(int(length[1]))
        return int(head.split()[1]), head, orjson.loads(body)

    async def ended(self) -> bool:
        with contextlib.suppress(ConnectionError):
            return await asyncio.wait_for(self.reader.read(), 10) == b""
        return True


@contextlib.asynccontextmanager
async def connected(port: int) -> AsyncIterator[Client]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield Client(reader, writer)
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


HEAD = b"POST /p HTTP/1.1\r\nhost: gateway\r\n"


def made() -> App:
    return App([], [])


def error_of(body: Any) -> tuple[str, str, Any]:
    (error,) = body["errors"]
    extensions = error["extensions"]
    assert extensions["retryable"] is False
    return extensions["code"], error["message"], extensions.get("limit")


async def test_requests_are_served_as_ever() -> None:
    app = made()
    async with serving(app) as port, connected(port) as client:
        await client.send(HEAD + b"content-length: 3\r\n\r\nabc")
        assert (await client.answer())[::2] == (200, 3)
        await client.send(HEAD, b"content-length: 100000\r\n\r\n", b"x" * 99_999, b"x")
        assert (await client.answer())[::2] == (200, 100_000)
        await client.send(HEAD + b"transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n", b"0\r\n\r\n")
        assert (await client.answer())[::2] == (200, 3)
        await client.send((HEAD + b"content-length: 1\r\n\r\nx") * 3)
        assert [(await client.answer())[2] for _ in range(3)] == [1, 1, 1]
    assert len(app.seen) == 6


LARGE = b"x-large: " + b"x" * 2000 + b"\r\n"


@pytest.mark.parametrize(
    "parts",
    [
        (HEAD + LARGE + b"\r\n",),
        (HEAD, LARGE, b"\r\n"),
        (HEAD, LARGE[:1500], LARGE[1500:]),  # without an end
        (HEAD, *(b"x-%d: %s\r\n" % (number, b"x" * 100) for number in range(20))),
        (b"GET /?" + b"x" * 2000 + b" HTTP/1.1\r\nhost: gateway\r\n\r\n",),
        (b"GET /?" + b"x" * 2000, b"x" * 10),
    ],
    ids=["at once", "in pieces", "one line without end", "many lines", "URL", "URL without end"],
)
async def test_a_head_of_too_many_bytes_is_refused_before_it_is_a_request(
    parts: tuple[bytes, ...],
) -> None:
    app = made()
    async with serving(app, head_bytes=1024) as port, connected(port) as client:
        await client.send(*parts)
        status, head, body = await client.answer()
        assert await client.ended()
    code, message, limit = error_of(body)
    assert (status, code) == (431, "REQUEST_HEAD_TOO_LARGE")
    assert message == (
        f"The request's head, URL and headers, has {limit['found']} bytes; "
        "at most 1024 are allowed (GATEWAY_HEAD_BYTES)."
    )
    assert limit["name"] == "head bytes"
    assert limit["found"] > 1024
    for line in (b"connection: close", b"cache-control: no-store", b"x-request-id: "):
        assert line in head
    assert app.seen == []


async def test_a_body_does_not_count_for_the_head() -> None:
    app = made()
    async with serving(app, head_bytes=1024) as port, connected(port) as client:
        for _ in range(2):
            await client.send(HEAD + b"content-length: 5000\r\n\r\n" + b"x" * 5000)
            assert (await client.answer())[::2] == (200, 5000)
        # a head that begins behind a body, in the same piece
        await client.send(HEAD + b"content-length: 5000\r\n\r\n" + b"x" * 5000 + HEAD)
        await client.send(b"content-length: 1\r\n\r\nx")
        assert [(await client.answer())[2] for _ in range(2)] == [5000, 1]


@pytest.mark.parametrize("pieces", [1, 3])
async def test_too_many_header_lines_are_refused(pieces: int) -> None:
    lines = [b"x: y\r\n"] * 30
    step = len(lines) // pieces
    parts = [b"".join(lines[start : start + step]) for start in range(0, len(lines), step)]
    app = made()
    async with serving(app, head_lines=20) as port, connected(port) as client:
        await client.send(HEAD + b"".join(lines[:19]) + b"\r\n")
        assert (await client.answer())[0] == 200
        await client.send(HEAD, *parts, b"\r\n")
        status, _, body = await client.answer()
    code, message, limit = error_of(body)
    assert (status, code) == (431, "REQUEST_HEAD_TOO_LARGE")
    assert message == (
        f"The request has {limit['found']} header lines; at most 20 are allowed "
        "(GATEWAY_HEAD_LINES)."
    )
    assert app.seen == ["/p"]


async def test_the_lines_of_a_trailer_are_counted_with_those_of_the_head() -> None:
    app = made()
    async with serving(app, head_lines=20) as port, connected(port) as client:
        await client.send(HEAD + b"transfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n")
        await client.send(b"x: y\r\n" * 30)
        assert (await client.answer())[0] == 431
    assert app.gone == ["/p"]


async def test_a_head_that_does_not_come_to_an_end_is_given_up() -> None:
    app = made()
    async with serving(app, head_seconds=SOON) as port, connected(port) as client:
        await client.send(HEAD)
        status, _, body = await client.answer()
        assert await client.ended()
    assert status == 408
    assert error_of(body) == (
        "REQUEST_TIMEOUT",
        "The request's head did not come within 0.2 seconds (GATEWAY_HEAD_TIMEOUT).",
        None,
    )
    assert app.seen == []


async def test_bytes_that_drip_in_do_not_lengthen_the_time() -> None:
    app = made()
    async with serving(app, head_seconds=SOON) as port, connected(port) as client:
        answered = asyncio.create_task(client.answer())
        await client.send(HEAD)
        while not answered.done():
            await client.send(b"x: y\r\n")
            await asyncio.wait({answered}, timeout=SOON / 10)
        assert (await answered)[0] == 408


async def test_a_second_request_on_a_connection_has_its_own_time() -> None:
    app = made()
    async with serving(app, head_seconds=SOON) as port, connected(port) as client:
        await client.send(HEAD + b"\r\n")
        assert (await client.answer())[0] == 200
        await asyncio.sleep(SOON * 2)  # idle: what limits that is the keep-alive
        await client.send(HEAD + b"\r\n")
        assert (await client.answer())[0] == 200
        await client.send(HEAD)
        assert (await client.answer())[0] == 408


async def test_a_connection_that_never_says_anything_is_closed_in_silence() -> None:
    async with serving(made(), head_seconds=SOON) as port, connected(port) as client:
        assert await client.ended()


async def test_a_body_that_does_not_come_to_an_end_is_given_up() -> None:
    app = made()
    async with serving(app, body_seconds=SOON) as port, connected(port) as client:
        await client.send(HEAD + b"content-length: 10\r\n\r\nabc")
        status, _, body = await client.answer()
        assert await client.ended()
    assert status == 408
    assert error_of(body) == (
        "REQUEST_TIMEOUT",
        "The request's body did not come within 0.2 seconds (GATEWAY_BODY_TIMEOUT).",
        None,
    )
    assert (app.seen, app.gone) == (["/p"], ["/p"])


async def test_the_time_of_an_answer_does_not_count() -> None:
    app = made()
    app.held = asyncio.Event()
    limits = {"head_seconds": SOON, "body_seconds": SOON}
    async with serving(app, **limits) as port, connected(port) as client:
        await client.send(HEAD + b"content-length: 1\r\n\r\n", b"x")
        await asyncio.sleep(SOON * 2)
        app.held.set()
        assert (await client.answer())[::2] == (200, 1)


async def test_a_request_that_waits_behind_another_is_not_blamed_for_it() -> None:
    app = made()
    app.held = asyncio.Event()
    body = b"x" * 400_000  # more than is read ahead
    request = HEAD + b"content-length: 400000\r\n\r\n" + body
    async with serving(app, body_seconds=SOON) as port, connected(port) as client:
        await client.send(HEAD + b"content-length: 1\r\n\r\nx")
        sending = asyncio.create_task(client.send(request))
        await asyncio.sleep(SOON * 2)
        app.held.set()
        assert [(await client.answer())[2] for _ in range(2)] == [1, 400_000]
        await sending


async def test_0_seconds_are_as_long_as_it_takes() -> None:
    app = made()
    async with serving(app, head_seconds=0, body_seconds=0) as port, connected(port) as client:
        await client.send(HEAD)
        await asyncio.sleep(SOON)
        await client.send(b"content-length: 1\r\n\r\n")
        await asyncio.sleep(SOON)
        await client.send(b"x")
        assert (await client.answer())[::2] == (200, 1)


@pytest.mark.parametrize(
    "nonsense",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/1.1\r\nhost: a\r\nx: a\x00b\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n",
        b"GET http:///%zz:x HTTP/1.1\r\nhost: a\r\n\r\n",
    ],
    ids=["TLS", "NUL in a header", "two lengths", "length and chunks", "no URL"],
)
async def test_what_is_no_http_is_told_so_as_json(nonsense: bytes) -> None:
    app = made()
    async with serving(app) as port, connected(port) as client:
        await client.send(nonsense)
        status, _, body = await client.answer()
        assert await client.ended()
    assert status == 400
    assert error_of(body)[:2] == ("BAD_REQUEST", "This is not a valid HTTP/1.1 request.")
    assert app.seen == []


async def test_a_client_that_goes_on_sending_still_reads_its_refusal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(protocol, "LINGER_SECONDS", SOON)
    async with serving(made(), head_bytes=1024) as port, connected(port) as client:
        await client.send(HEAD, *([b"x" * 10_000] * 50))
        assert (await client.answer())[0] == 431
        await asyncio.wait_for(client.ended(), 5)


async def test_an_answer_under_way_is_not_mixed_with_a_refusal() -> None:
    app = made()
    app.held = asyncio.Event()
    async with serving(app) as port, connected(port) as client:
        await client.send(HEAD + b"\r\n", b"nonsense\r\n\r\n")
        assert await client.ended()
        app.held.set()
