"""What the lean transport sends and takes, where HTTP leaves room for harm."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from tests.upstream.raw_server import OK, Connection, always, answering, http, raw_server
from tests.upstream.transports.conftest import IMPATIENT
from tests.upstream.transports.test_lean_pool import lean
from upstream.config import UpstreamConfig
from upstream.errors import InvalidRequest, InvalidResponse, UpstreamTimeout
from upstream.transports.base import Request
from upstream.transports.lean import LeanTransport
from upstream.transports.lean.connection import STREAM_BYTES
from upstream.transports.lean.head import HEAD_BYTES, HEADER_LINES
from upstream.transports.lean.origin import Origin

GET = Request("GET", "/api/v4/job")
MIB = 1024 * 1024


@pytest.mark.parametrize(
    "request_",
    [
        Request("GET", "/", (("private-token", "a\r\nx-forged: 1"),)),
        Request("GET", "/", (("private-token", "a\nx-forged: 1"),)),
        Request("GET", "/", (("private-token", "a\rx-forged: 1"),)),
        Request("GET", "/", (("private-token", "a\0"),)),
        Request("GET", "/", (("x-\r\nforged", "1"),)),
        Request("GET", "/ HTTP/1.1\r\nx-forged: 1\r\n\r\n"),
        Request("GET", "/a b"),
        Request("GET", "/\N{SNOWMAN}"),
        Request("GET", "api"),
        Request("GET", "/", (("private-token", "\N{SNOWMAN}"),)),
    ],
)
async def test_nothing_is_sent_that_breaks_out_of_its_line(request_: Request) -> None:
    async with lean(always(OK)) as (transport, server):
        with pytest.raises(InvalidRequest) as caught:
            await transport.send(request_)
        assert not caught.value.may_have_arrived
        assert "forged" not in str(caught.value)
        assert (await transport.send(GET)).status == 200
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://gitlab.example.com", "gitlab.example.com"),
        ("https://GitLab.example.com:443", "gitlab.example.com"),
        ("https://gitlab.example.com:8443", "gitlab.example.com:8443"),
        ("http://[2001:db8::1]:8080", "[2001:db8::1]:8080"),
        ("http://b\u00fccher.example", "xn--bcher-kva.example"),
    ],
)
def test_the_host_is_named_as_it_must_be(origin: str, host: str) -> None:
    head = Origin.parse(origin).encode(Request("GET", "/"))
    assert head == f"GET / HTTP/1.1\r\nhost: {host}\r\n\r\n".encode()


@pytest.mark.parametrize("base_url", ["ftp://a", "gitlab.example.com", "http://a:99999"])
def test_an_address_that_is_none_is_refused_at_once(base_url: str) -> None:
    with pytest.raises(ValueError, match=r"address|[Pp]ort"):
        LeanTransport(UpstreamConfig(base_url))


async def test_an_origin_that_is_none_is_an_invalid_request() -> None:
    async with lean(always(OK)) as (transport, _):
        with pytest.raises(InvalidRequest, match="origin"):
            async with transport.stream(GET, origin="ftp://storage.example.com"):
                pass


def test_a_proxy_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="proxies"):
        LeanTransport(UpstreamConfig("http://a", proxy="http://user:secret@proxy:3128"))


@contextlib.asynccontextmanager
async def answered(answer: bytes) -> AsyncIterator[LeanTransport]:
    async with lean(answering(answer)) as (transport, _):
        yield transport


async def test_informational_answers_are_passed_over() -> None:
    early = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"
    async with answered(early + OK) as transport:
        response = await transport.send(GET)
    assert (response.status, response.body) == (200, b"{}")
    assert "link" not in response.headers


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\nxyz",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\nxyz",
        b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nxyz",
        b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nx: \x00\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
    ],
)
async def test_an_answer_that_is_not_plain_http_is_refused(answer: bytes) -> None:
    async with answered(answer) as transport:
        with pytest.raises(InvalidResponse):
            await transport.send(GET)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * (HEADER_LINES + 1) + b"\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"y" * (HEAD_BYTES + 1) + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"y" * (2 * HEAD_BYTES),
        b"HTTP/1.1 103 Early Hints\r\n\r\n" * (HEAD_BYTES // 16),
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n" + b"x: y\r\n" * 1000,
    ],
    ids=["lines", "bytes", "endless line", "endless hints", "endless trailers"],
)
async def test_a_head_has_bounds(answer: bytes) -> None:
    async with answered(answer) as transport:
        with pytest.raises(InvalidResponse, match="head of GitLab's answer"):
            await transport.send(GET)


async def test_trailers_are_not_taken_for_headers_of_the_next_answer() -> None:
    chunked = (
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nx-evil: 1\r\n\r\n"
    )
    async with lean(answering(chunked, OK)) as (transport, server):
        first, second = await transport.send(GET), await transport.send(GET)
        assert "x-evil" not in first.headers
        assert "x-evil" not in second.headers
        assert server.connections == 1


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
async def test_a_status_without_a_body_ends_with_its_head(status: bytes) -> None:
    answer = b"HTTP/1.1 " + status + b"\r\ncontent-length: 99999999\r\n\r\n"
    async with lean(answering(answer, OK), body_bytes=1000) as (transport, server):
        assert (await transport.send(GET)).body == b""
        assert (await transport.send(GET)).body == b"{}"
        assert server.connections == 1


async def test_a_body_that_is_said_to_be_as_it_is_stays_so() -> None:
    async with answered(http(b"{}", ("content-encoding", "identity"))) as transport:
        assert (await transport.send(GET)).body == b"{}"


async def test_head_has_no_body() -> None:
    async with answered(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n") as transport:
        response = await transport.send(Request("HEAD", "/"))
    assert (response.body, response.headers["content-length"]) == (b"", "5")


async def test_a_body_may_end_with_the_connection() -> None:
    async def behaviour(connection: Connection) -> None:
        await connection.request()
        await connection.send(b"HTTP/1.0 200 OK\r\ncontent-type: text/plain\r\n\r\nhalf ")
        await connection.send(b"and half")

    async with lean(behaviour) as (transport, server):
        assert (await transport.send(GET)).body == b"half and half"
        async with transport.stream(GET) as answer:
            assert b"".join([part async for part in answer.chunks()]) == b"half and half"
        assert server.connections == 2


async def test_a_large_body_arrives_whole() -> None:
    body = bytes(range(256)) * 16 * 1024
    async with lean(always(OK)) as (transport, server):
        await transport.send(Request("POST", "/", (), body))
        await transport.send(Request("POST", "/", (), body))
        assert server.requests[1].partition(b"\r\n\r\n")[2] == body
        assert server.connections == 1


async def test_an_answer_that_comes_before_the_body_is_sent_is_taken() -> None:
    async def refuses(connection: Connection) -> None:
        await connection.reader.readuntil(b"\r\n\r\n")
        await connection.send(http(b"{}", status="413 Content Too Large"))
        await release.wait()

    release = asyncio.Event()
    async with lean(refuses, connections=1) as (transport, server):
        for count in (1, 2):
            response = await transport.send(Request("POST", "/", (), bytes(16 * MIB)))
            assert response.status == 413
            assert server.connections == count  # the rest of the body stands in the first one's way
        release.set()


async def test_a_body_that_is_not_taken_in_is_given_up() -> None:
    async def reads_no_body(connection: Connection) -> None:
        await connection.reader.readuntil(b"\r\n\r\n")
        await release.wait()

    release = asyncio.Event()
    async with lean(reads_no_body, timeouts=IMPATIENT) as (transport, _):
        with pytest.raises(UpstreamTimeout) as caught:
            await transport.send(Request("POST", "/", (), bytes(16 * MIB)))
        release.set()
    assert (caught.value.phase, caught.value.may_have_arrived) == ("write", True)


async def test_a_cancelled_upload_ends_its_connection() -> None:
    begun, gone = asyncio.Event(), asyncio.Event()

    async def reads_no_body(connection: Connection) -> None:
        if connection.number == 1:
            await connection.reader.readuntil(b"\r\n\r\n")
            begun.set()
            await gone.wait()
        else:
            await always(OK)(connection)

    async with lean(reads_no_body, connections=1) as (transport, _):
        call = asyncio.create_task(transport.send(Request("POST", "/", (), bytes(16 * MIB))))
        await begun.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert (await transport.send(GET)).status == 200
        gone.set()


async def test_a_slow_reader_makes_the_server_wait() -> None:
    size = 64 * MIB
    sent = 0

    async def endless(connection: Connection) -> None:
        nonlocal sent
        await connection.request()
        await connection.send(f"HTTP/1.1 200 OK\r\ncontent-length: {size}\r\n\r\n".encode())
        for _ in range(size // MIB):
            await connection.send(bytes(MIB))
            sent += MIB
        await connection.gone()

    async with lean(endless) as (transport, _), transport.stream(GET) as answer:
        exchange = answer._exchange  # type: ignore[attr-defined]  # what it holds is the point
        chunks = answer.chunks()
        received = len(await anext(chunks))
        for _ in range(200):
            await asyncio.sleep(0)
        assert exchange.buffered <= 2 * STREAM_BYTES
        assert sent < size // 2
        async for chunk in chunks:
            received += len(chunk)
            assert exchange.buffered <= 2 * STREAM_BYTES
        assert received == size


async def test_a_slow_reader_is_not_a_slow_server() -> None:
    async def endless(connection: Connection) -> None:
        await connection.request()
        await connection.send(http(bytes(8 * MIB)))
        await connection.gone()

    async with (
        lean(endless, timeouts=IMPATIENT) as (transport, _),
        transport.stream(GET) as answer,
    ):
        chunks = answer.chunks()
        received = len(await anext(chunks))
        late = asyncio.Event()
        asyncio.get_running_loop().call_later(2 * IMPATIENT.read, late.set)
        await late.wait()
        async for chunk in chunks:
            received += len(chunk)
        assert received == 8 * MIB


async def test_a_refused_address_gives_way_to_the_next() -> None:
    # localhost is ::1 and 127.0.0.1 on most machines, and the server listens on the latter only.
    async with raw_server(always(OK)) as server:
        transport = LeanTransport(UpstreamConfig(f"http://localhost:{server.port}"))
        assert (await transport.send(GET)).status == 200
        await transport.aclose()
