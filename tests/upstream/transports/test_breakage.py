"""Every way in which GitLab does not answer, as one tree of errors."""

from __future__ import annotations

import asyncio
import dataclasses
import socket
from functools import partial
from typing import Literal

import pytest

from tests.upstream.raw_server import Connection, answering, raw_server, unused_port
from tests.upstream.transports.conftest import IMPATIENT, PATIENT, Connect
from upstream.errors import (
    ConnectFailed,
    Disconnected,
    InvalidResponse,
    UpstreamError,
    UpstreamTimeout,
)
from upstream.transports.base import Request

GET = Request("GET", "/api/v4/job?private=query", (("private-token", "s3cret"),))
POST = Request("POST", "/api/v4/play?private=query", (("private-token", "s3cret"),), b"{}")
METHODS = pytest.mark.parametrize("request_", [GET, POST], ids=["GET", "POST"])


def assert_discreet(error: BaseException) -> None:
    assert "private" not in str(error)
    assert "s3cret" not in str(error)
    assert "127.0.0.1" not in str(error)


@METHODS
async def test_a_refused_connection(connect: Connect, request_: Request) -> None:
    with pytest.raises(ConnectFailed, match="refused") as caught:
        await connect(f"http://127.0.0.1:{unused_port()}").send(request_)
    assert not caught.value.may_have_arrived
    assert_discreet(caught.value)


@METHODS
async def test_a_name_that_is_not_found(connect: Connect, request_: Request) -> None:
    with pytest.raises(ConnectFailed, match="host name") as caught:
        await connect("http://gitlab.invalid").send(request_)
    assert not caught.value.may_have_arrived


async def test_a_server_that_speaks_no_tls(connect: Connect) -> None:
    async def plain(connection: Connection) -> None:
        await connection.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async with raw_server(plain) as server:
        with pytest.raises(ConnectFailed, match="TLS") as caught:
            await connect(server.url.replace("http:", "https:")).send(GET)
    assert not caught.value.may_have_arrived
    assert_discreet(caught.value)


@METHODS
async def test_a_server_that_never_answers(connect: Connect, request_: Request) -> None:
    async def silent(connection: Connection) -> None:
        await connection.request()
        await connection.gone()

    async with raw_server(silent) as server:
        with pytest.raises(UpstreamTimeout) as caught:
            await connect(server.url, timeouts=IMPATIENT).send(request_)
    assert (caught.value.phase, caught.value.seconds) == ("read", 0.3)
    assert caught.value.may_have_arrived
    assert_discreet(caught.value)
    assert len(server.requests) == 1


async def test_a_body_that_stops_coming(connect: Connect) -> None:
    stalled = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"
    async with raw_server(answering(stalled)) as server:
        with pytest.raises(UpstreamTimeout) as caught:
            await connect(server.url, timeouts=IMPATIENT).send(GET)
    assert caught.value.phase == "read"


DRIPS = {
    "a head": b"HTTP/1.1 200 OK\r\nx: ",
    "steps before the head": b"HTTP/1.1 103 Early Hints\r\nx: ",
    "a body": b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n",
    "chunks": b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffff\r\n",
}


async def _drips(connection: Connection, begin: bytes) -> None:
    await connection.request()
    await connection.send(begin)
    while not connection.writer.is_closing():
        await connection.send(b"x")
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("begin", DRIPS.values(), ids=DRIPS)
async def test_an_answer_a_byte_at_a_time_ends_in_time(connect: Connect, begin: bytes) -> None:
    timeouts = dataclasses.replace(PATIENT, pool=0.1, total=0.3)
    async with raw_server(partial(_drips, begin=begin)) as server:
        async with asyncio.timeout(5):
            with pytest.raises(UpstreamTimeout) as caught:
                await connect(server.url, timeouts=timeouts).send(GET)
    assert (caught.value.phase, caught.value.seconds) == ("total", 0.3)
    assert caught.value.may_have_arrived
    assert_discreet(caught.value)


async def test_a_streams_head_ends_in_time(connect: Connect) -> None:
    timeouts = dataclasses.replace(PATIENT, pool=0.1, total=0.3)
    async with raw_server(partial(_drips, begin=DRIPS["a head"])) as server:
        async with asyncio.timeout(5):
            with pytest.raises(UpstreamTimeout) as caught:
                async with connect(server.url, timeouts=timeouts).stream(GET):
                    pass
    assert caught.value.phase == "total"


async def test_a_streams_body_takes_its_time(connect: Connect) -> None:
    timeouts = dataclasses.replace(PATIENT, pool=0.01, total=0.05)
    async with (
        raw_server(partial(_drips, begin=DRIPS["a body"])) as server,
        connect(server.url, timeouts=timeouts).stream(GET) as answer,
    ):
        size, late = 0, asyncio.get_running_loop().time() + 0.2
        async for chunk in answer.chunks():
            size += len(chunk)
            if asyncio.get_running_loop().time() > late:
                break
    assert size > 1


@pytest.mark.filterwarnings("ignore:Sending a large body")  # aiohttp's, of what only a test sends
async def test_a_body_that_is_never_taken(connect: Connect) -> None:
    async def deaf(_connection: Connection) -> None:
        await asyncio.Event().wait()

    large = Request("POST", "/api/v4/play", (), b"x" * 50_000_000)
    async with raw_server(deaf) as server:
        with pytest.raises(UpstreamTimeout) as caught:
            await connect(server.url, timeouts=IMPATIENT).send(large)
    assert caught.value.phase in ("write", "read")
    assert caught.value.may_have_arrived


async def test_a_connection_that_does_not_come_about(connect: Connect) -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        crowd = [socket.socket() for _ in range(4)]
        for one in crowd:  # fills the line before the server, so that the next is left waiting
            one.setblocking(False)  # noqa: FBT003 - socket's own signature
            one.connect_ex(("127.0.0.1", port))
        with pytest.raises(UpstreamTimeout) as caught:
            await connect(f"http://127.0.0.1:{port}", timeouts=IMPATIENT).send(POST)
        for one in crowd:
            one.close()
    assert caught.value.phase in ("connect", "pool")
    assert not caught.value.may_have_arrived


async def test_a_pool_without_a_free_connection(connect: Connect) -> None:
    arrived = asyncio.Event()

    async def busy(connection: Connection) -> None:
        await connection.request()
        arrived.set()
        await connection.gone()

    async with raw_server(busy) as server:
        transport = connect(
            server.url,
            timeouts=type(IMPATIENT)(connect=20.0, write=20.0, read=20.0, pool=0.3),
            connections=1,
        )
        first = asyncio.create_task(transport.send(GET))
        await arrived.wait()
        with pytest.raises(UpstreamTimeout) as caught:
            await transport.send(POST)
        assert (caught.value.phase, caught.value.seconds) == ("pool", 0.3)
        assert not caught.value.may_have_arrived
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
    assert len(server.requests) == 1


Cut = Literal["nothing", "half a head", "half a body", "half a chunk", "a reset"]

HALVES: dict[Cut, bytes] = {
    "nothing": b"",
    "half a head": b"HTTP/1.1 200 OK\r\ncontent-",
    "half a body": b'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"id":',
    "half a chunk": b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\n{",
    "a reset": b"",
}


@METHODS
@pytest.mark.parametrize("cut", HALVES)
async def test_a_connection_that_breaks(connect: Connect, request_: Request, cut: Cut) -> None:
    async def breaks(connection: Connection) -> None:
        await connection.request()
        await connection.send(HALVES[cut])
        if cut == "a reset":
            connection.writer.transport.abort()

    async with raw_server(breaks) as server:
        with pytest.raises(Disconnected) as caught:
            await connect(server.url).send(request_)
    assert caught.value.may_have_arrived
    assert_discreet(caught.value)


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
        b"\x15\x03\x01\x00\x02\x02\x46 not http at all\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n{}",
    ],
    ids=["ssh", "tls", "status", "length"],
)
async def test_an_answer_that_is_not_http(connect: Connect, answer: bytes) -> None:
    async def talks(connection: Connection) -> None:
        await connection.request()
        await connection.send(answer)

    async with raw_server(talks) as server:
        with pytest.raises((InvalidResponse, Disconnected)) as caught:
            await connect(server.url).send(GET)
    assert caught.value.may_have_arrived
    assert_discreet(caught.value)


async def test_a_chunk_that_has_no_length(connect: Connect) -> None:
    answer = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"
    async with raw_server(answering(answer)) as server:
        with pytest.raises(UpstreamError) as caught:
            await connect(server.url).send(GET)
    assert caught.value.may_have_arrived


async def test_a_transport_recovers_when_gitlab_is_back(connect: Connect) -> None:
    port = unused_port()
    transport = connect(f"http://127.0.0.1:{port}")
    with pytest.raises(ConnectFailed):
        await transport.send(GET)

    async def serve_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve_once, "127.0.0.1", port):
        assert (await transport.send(GET)).body == b"{}"
