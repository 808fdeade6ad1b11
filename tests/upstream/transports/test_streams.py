"""Bodies as they come."""

from __future__ import annotations

import asyncio
import gzip
import tracemalloc

import pytest

from tests.upstream.raw_server import OK, Connection, always, answering, http, raw_server
from tests.upstream.transports.conftest import IMPATIENT, Connect
from upstream.errors import ConnectFailed, Disconnected, InvalidResponse, UpstreamTimeout
from upstream.transports.base import Request, Transport

GET = Request("GET", "/api/v4/projects/1/jobs/2/trace")
MIB = 1024 * 1024


async def read(transport: Transport, request: Request = GET) -> bytes:
    async with transport.stream(request) as answer:
        return b"".join([chunk async for chunk in answer.chunks()])


async def test_the_head_is_there_before_the_body(connect: Connect) -> None:
    go_on = asyncio.Event()

    async def slow(connection: Connection) -> None:
        await connection.request()
        await connection.send(
            b"HTTP/1.1 200 OK\r\nx-request-id: 01A\r\ncontent-length: 4\r\n\r\nab"
        )
        await go_on.wait()
        await connection.send(b"cd")
        await connection.gone()

    async with raw_server(slow) as server, connect(server.url).stream(GET) as answer:
        assert (answer.status, answer.headers["x-request-id"]) == (200, "01A")
        chunks = answer.chunks()
        assert await anext(chunks) == b"ab"
        go_on.set()
        assert [chunk async for chunk in chunks] == [b"cd"]


async def test_an_empty_log_has_no_chunks(connect: Connect) -> None:
    async with raw_server(always(http(b"", content_type="text/plain"))) as server:
        assert await read(connect(server.url)) == b""


async def test_bytes_come_through_unchanged(connect: Connect) -> None:
    body = bytes(range(256)) * 4000
    async with raw_server(always(http(body))) as server:
        assert await read(connect(server.url)) == body


async def test_gzip_is_taken_out_on_the_way(connect: Connect) -> None:
    body = b"line of a log\n" * 100_000
    async with raw_server(
        always(http(gzip.compress(body), ("content-encoding", "gzip")))
    ) as server:
        assert await read(connect(server.url)) == body


async def test_a_stream_is_not_bounded_as_a_body_is(connect: Connect) -> None:
    async with raw_server(always(http(b"x" * 5000))) as server:
        assert len(await read(connect(server.url, body_bytes=1000))) == 5000


async def test_a_large_log_passes_through_little_memory(connect: Connect) -> None:
    packed = gzip.compress(bytes(64 * MIB))
    async with raw_server(always(http(packed, ("content-encoding", "gzip")))) as server:
        transport = connect(server.url)
        tracemalloc.start()
        try:
            async with transport.stream(GET) as answer:
                size = 0
                async for chunk in answer.chunks():
                    size += len(chunk)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert size == 64 * MIB
    assert peak < 8 * MIB


async def test_a_stream_that_is_left_early_frees_its_connection(connect: Connect) -> None:
    async def endless(connection: Connection) -> None:
        while await connection.request():
            if len(connection.server.requests) > 1:
                await connection.send(OK)
                continue
            await connection.send(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n" + b"x" * 10)

    async with raw_server(endless) as server:
        transport = connect(server.url, connections=1)
        async with transport.stream(GET) as answer:
            async for _ in answer.chunks():
                break
        assert await read(transport) == b"{}"
    assert server.connections == 2


async def test_a_whole_stream_leaves_its_connection_to_the_next(connect: Connect) -> None:
    async with raw_server(always(http(b"x" * 5000))) as server:
        transport = connect(server.url)
        await read(transport)
        await read(transport)
    assert server.connections == 1


async def test_a_log_that_is_cut_is_no_whole_log(connect: Connect) -> None:
    async def cut(connection: Connection) -> None:
        await connection.request()
        await connection.send(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf")

    async with raw_server(cut) as server:
        with pytest.raises(Disconnected):
            await read(connect(server.url))


async def test_a_log_that_stops_coming_is_given_up(connect: Connect) -> None:
    stalled = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf"
    async with raw_server(answering(stalled)) as server:
        with pytest.raises(UpstreamTimeout) as caught:
            await read(connect(server.url, timeouts=IMPATIENT))
    assert caught.value.phase == "read"


async def test_packing_that_was_not_asked_for_is_refused(connect: Connect) -> None:
    async with raw_server(always(http(b"x", ("content-encoding", "zstd")))) as server:
        with pytest.raises(InvalidResponse):
            await read(connect(server.url))


async def test_an_error_of_the_reader_is_left_alone(connect: Connect) -> None:
    async with raw_server(always(http(b"x" * 5000))) as server:
        transport = connect(server.url)
        with pytest.raises(ConnectionResetError, match="the reader's own"):
            async with transport.stream(GET):
                raise ConnectionResetError("the reader's own")


async def test_another_origin_is_asked_where_one_is_given(connect: Connect) -> None:
    async with (
        raw_server(always(http(b"gitlab"))) as gitlab,
        raw_server(always(http(b"storage"))) as storage,
    ):
        transport = connect(gitlab.url)
        async with transport.stream(GET, origin=storage.url) as answer:
            assert [chunk async for chunk in answer.chunks()] == [b"storage"]
    assert gitlab.requests == []
    host = storage.url.removeprefix("http://")
    assert f"\r\nhost: {host}\r\n".encode() in storage.requests[0].lower()


async def test_redirects_are_not_followed_here(connect: Connect) -> None:
    answer = http(b"", ("location", "/elsewhere"), status="302 Found")
    async with raw_server(always(answer)) as server, connect(server.url).stream(GET) as got:
        assert (got.status, got.headers["location"]) == (302, "/elsewhere")
    assert len(server.requests) == 1


async def test_no_connection_is_no_stream(connect: Connect) -> None:
    with pytest.raises(ConnectFailed):
        await read(connect("http://gitlab.invalid"))
