"""What goes on the wire, and how often."""

from __future__ import annotations

import asyncio

import pytest

from tests.upstream.raw_server import OK, Connection, always, http, raw_server
from tests.upstream.transports.conftest import Connect
from upstream.errors import Disconnected
from upstream.transports.base import Request

TARGETS = [
    "/api/v4/projects/group%2Fsub%2Fproject/jobs",
    "/api/v4/projects/1/jobs?scope%5B%5D=pending&scope%5B%5D=running&per_page=20",
    "/api/v4/projects/1/repository/commits/a%40b%2Bc%25",
    "/storage/%2e%2e/x?X-Amz-Credential=AK%2F2026%2Fs3&sig=a%2Bb%3d%3D&mail=a%40b",
    "/api/v4/x?ref=feature%20one%2Ftwo%C3%A9",
]


@pytest.mark.parametrize("target", TARGETS)
async def test_the_target_goes_out_as_it_is(connect: Connect, target: str) -> None:
    async with raw_server(always(OK)) as server:
        await connect(server.url).send(Request("GET", target))
    assert server.requests[0].startswith(f"GET {target} HTTP/1.1\r\n".encode())


async def test_headers_go_out_once_and_nothing_is_added_but_the_host(connect: Connect) -> None:
    headers = (("accept", "application/json"), ("private-token", "s3cret"), ("user-agent", "gw"))
    async with raw_server(always(OK)) as server:
        await connect(server.url).send(Request("GET", "/api/v4/job", headers))
    head = server.requests[0].decode().lower().split("\r\n")[1:-2]
    sent = dict(line.split(": ", 1) for line in head)
    assert len(sent) == len(head)
    assert sent.pop("host") == server.url.removeprefix("http://")
    assert sent.pop("connection", "keep-alive") == "keep-alive"
    assert sent == dict(headers)


async def test_a_body_goes_out_whole_with_its_length(connect: Connect) -> None:
    body = b'{"job_variables_attributes":[{"key":"A","value":"\xc3\xa9"}]}' * 2000
    headers = (("content-type", "application/json"),)
    async with raw_server(always(OK)) as server:
        await connect(server.url).send(Request("POST", "/api/v4/play", headers, body))
    head, _, sent = server.requests[0].partition(b"\r\n\r\n")
    assert sent == body
    assert f"content-length: {len(body)}".encode() in head.lower()
    assert b"transfer-encoding" not in head.lower()


@pytest.mark.parametrize("body", [None, b""])
async def test_a_post_without_a_body_says_so(connect: Connect, body: bytes | None) -> None:
    async with raw_server(always(OK)) as server:
        await connect(server.url).send(Request("POST", "/api/v4/cancel", (), body))
    assert b"\r\ncontent-length: 0\r\n" in server.requests[0].lower()


async def test_one_connection_serves_many_requests(connect: Connect) -> None:
    async with raw_server(always(OK)) as server:
        transport = connect(server.url)
        for number in range(5):
            await transport.send(Request("GET", f"/{number}"))
    assert (server.connections, len(server.requests)) == (1, 5)


async def test_no_more_connections_are_opened_than_allowed(connect: Connect) -> None:
    async with raw_server(always(OK)) as server:
        transport = connect(server.url, connections=3)
        requests = (transport.send(Request("GET", f"/{number}")) for number in range(20))
        answers = await asyncio.gather(*requests)
    assert [answer.body for answer in answers] == [b"{}"] * 20
    assert 1 <= server.connections <= 3


async def test_cookies_of_one_answer_are_not_sent_with_the_next_request(connect: Connect) -> None:
    answer = http(b"{}", ("set-cookie", "_gitlab_session=of-another-user; path=/"))
    async with raw_server(always(answer)) as server:
        # A jar keeps no cookies of bare addresses, so the name is what counts.
        transport = connect(server.url.replace("127.0.0.1", "localhost"))
        await transport.send(Request("GET", "/one"))
        await transport.send(Request("GET", "/two"))
    assert b"cookie" not in server.requests[1].lower()


async def _hangs_up_on_the_second(connection: Connection) -> None:
    """The first connection dies under its second request, as an idle one does at a proxy."""
    while await connection.request():
        if connection.number == 1 and len(connection.server.requests) == 2:
            return
        await connection.send(OK)


async def test_a_get_on_a_stale_connection_is_repeated_once(connect: Connect) -> None:
    async with raw_server(_hangs_up_on_the_second) as server:
        transport = connect(server.url)
        await transport.send(Request("GET", "/one"))
        answer = await transport.send(Request("GET", "/two"))
    assert answer.status == 200
    assert len(server.requests) == 3


async def test_a_post_on_a_stale_connection_is_not_repeated(connect: Connect) -> None:
    async with raw_server(_hangs_up_on_the_second) as server:
        transport = connect(server.url)
        await transport.send(Request("GET", "/one"))
        with pytest.raises(Disconnected) as caught:
            await transport.send(Request("POST", "/retry", (), b"{}"))
        assert caught.value.may_have_arrived
        await transport.send(Request("GET", "/three"))
    assert [request.split(b" ", 1)[0] for request in server.requests] == [b"GET", b"POST", b"GET"]


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_server_that_always_hangs_up_is_not_asked_for_ever(
    connect: Connect, method: str
) -> None:
    async def hangs_up(connection: Connection) -> None:
        await connection.request()

    async with raw_server(hangs_up) as server:
        with pytest.raises(Disconnected):
            await connect(server.url).send(
                Request(method, "/x", (), b"{}" if method == "POST" else None)
            )
    assert len(server.requests) == 1


async def test_cancelling_a_call_ends_it_and_leaves_the_transport_usable(connect: Connect) -> None:
    arrived = asyncio.Event()

    async def slow_at_first(connection: Connection) -> None:
        while await connection.request():
            if len(connection.server.requests) == 1:
                arrived.set()
                await connection.gone()
                return
            await connection.send(OK)

    async with raw_server(slow_at_first) as server:
        transport = connect(server.url, connections=1)
        call = asyncio.create_task(transport.send(Request("GET", "/slow")))
        await arrived.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert (await transport.send(Request("GET", "/next"))).status == 200
