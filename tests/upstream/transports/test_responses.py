"""What comes back: status, headers, and the body, unpacked and bounded."""

from __future__ import annotations

import gzip
import tracemalloc

import pytest

from tests.upstream.raw_server import OK, always, answering, http, raw_server
from tests.upstream.transports.conftest import Connect
from upstream.errors import InvalidResponse, ResponseTooLarge
from upstream.transports.base import Request

GET = Request("GET", "/api/v4/job", (("accept-encoding", "gzip"),))
MIB = 1024 * 1024


async def test_status_headers_and_body_arrive(connect: Connect) -> None:
    answer = http(b'{"id":1}', ("X-Request-Id", "01ABC"), ("X-Next-Page", ""), status="201 Created")
    async with raw_server(always(answer)) as server:
        response = await connect(server.url).send(GET)
    assert (response.status, response.body) == (201, b'{"id":1}')
    assert response.headers["x-request-id"] == "01ABC"
    assert response.headers["x-next-page"] == ""


async def test_repeated_headers_are_joined(connect: Connect) -> None:
    answer = http(b"", ("Link", '</a>; rel="first"'), ("Link", '</b>; rel="next"'))
    async with raw_server(always(answer)) as server:
        response = await connect(server.url).send(GET)
    assert response.headers["link"] == '</a>; rel="first", </b>; rel="next"'


async def test_long_headers_are_read(connect: Connect) -> None:
    async with raw_server(always(http(b"", ("Link", "x" * 20_000)))) as server:
        response = await connect(server.url).send(GET)
    assert len(response.headers["link"]) == 20_000


async def test_a_chunked_body_is_put_together(connect: Connect) -> None:
    answer = (
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
        b"3\r\n[1,\r\n5;x=y\r\n 2,3]\r\n0\r\n\r\n"
    )
    async with raw_server(always(answer)) as server:
        transport = connect(server.url)
        assert (await transport.send(GET)).body == b"[1, 2,3]"
        assert (await transport.send(GET)).body == b"[1, 2,3]"
    assert server.connections == 1


async def test_a_body_that_ends_with_the_connection_is_read(connect: Connect) -> None:
    async def ends(connection: object) -> None:
        await connection.request()  # type: ignore[attr-defined] # a Connection
        await connection.send(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n[]")  # type: ignore[attr-defined] # likewise

    async with raw_server(ends) as server:
        assert (await connect(server.url).send(GET)).body == b"[]"


async def test_an_answer_without_a_body_is_empty(connect: Connect) -> None:
    async with raw_server(answering(b"HTTP/1.1 204 No Content\r\n\r\n", OK)) as server:
        transport = connect(server.url)
        response = await transport.send(GET)
        assert (response.status, response.body) == (204, b"")
        assert (await transport.send(GET)).body == b"{}"


async def test_gzip_is_taken_out(connect: Connect) -> None:
    body = b'[{"id":1}]' * 100_000
    answer = http(gzip.compress(body), ("Content-Encoding", "gzip"))
    async with raw_server(always(answer)) as server:
        assert (await connect(server.url).send(GET)).body == body


@pytest.mark.parametrize(
    "answer",
    [
        http(b"plain", ("content-encoding", "gzip")),
        http(gzip.compress(b"x" * 5000)[:-20], ("content-encoding", "gzip")),
        http(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\xff\xff", ("content-encoding", "gzip")),
        http(b"what", ("content-encoding", "br")),
        http(gzip.compress(gzip.compress(b"{}")), ("content-encoding", "gzip, gzip")),
    ],
    ids=["no gzip", "cut", "broken", "brotli", "twice"],
)
async def test_packing_that_cannot_be_undone_is_an_invalid_response(
    connect: Connect, answer: bytes
) -> None:
    async with raw_server(always(answer)) as server:
        transport = connect(server.url)
        with pytest.raises(InvalidResponse):
            await transport.send(GET)
        with pytest.raises(InvalidResponse):
            await transport.send(GET)  # the transport has not been harmed


async def test_a_body_of_just_the_limit_is_read(connect: Connect) -> None:
    async with raw_server(always(http(b"x" * 1000))) as server:
        assert len((await connect(server.url, body_bytes=1000).send(GET)).body) == 1000


@pytest.mark.parametrize(
    "answer",
    [
        http(b"x" * 1001),
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3e9\r\n" + b"x" * 1001,
        b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999\r\n\r\n",
        http(gzip.compress(b"x" * 1001), ("content-encoding", "gzip")),
    ],
    ids=["length", "chunked", "announced", "gzip"],
)
async def test_a_body_over_the_limit_is_refused(connect: Connect, answer: bytes) -> None:
    async with raw_server(always(answer)) as server:
        transport = connect(server.url, body_bytes=1000)
        with pytest.raises(ResponseTooLarge, match="more than 1000 bytes") as caught:
            await transport.send(GET)
        assert caught.value.status == 200


async def test_a_gzip_bomb_stops_at_the_limit(connect: Connect) -> None:
    packed = gzip.compress(bytes(128 * MIB))
    async with raw_server(always(http(packed, ("content-encoding", "gzip")))) as server:
        transport = connect(server.url, body_bytes=4 * MIB)
        tracemalloc.start()
        try:
            with pytest.raises(ResponseTooLarge):
                await transport.send(GET)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert peak < 12 * MIB


async def test_a_connection_with_an_unread_rest_is_not_used_again(connect: Connect) -> None:
    answers = answering(http(b"x" * 200_000), OK)
    async with raw_server(answers) as server:
        transport = connect(server.url, body_bytes=1000)
        with pytest.raises(ResponseTooLarge):
            await transport.send(GET)
        with pytest.raises(ResponseTooLarge):
            await transport.send(GET)
    assert server.connections == 2
