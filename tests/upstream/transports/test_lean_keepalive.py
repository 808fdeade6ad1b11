"""A server may close an idle connection just as the next request sets out on it."""

from __future__ import annotations

import asyncio
import os
import socket

import pytest

from tests.upstream.raw_server import OK, Connection, RawServer
from tests.upstream.transports.test_lean_pool import lean, until
from upstream.errors import Disconnected
from upstream.transports.base import Request
from upstream.transports.lean import connection

GET = Request("GET", "/api/v4/job")
POST = Request("POST", "/api/v4/play", (), b"{}")


class Closing:
    """Answers once on a connection; `reading` says whether it reads on before it hangs up.

    What is left unanswered was sent on a connection that looked idle.
    """

    def __init__(self, *, unanswered: int, says: bytes = b"") -> None:
        self.unanswered = unanswered
        self.says = says

    async def __call__(self, connection: Connection) -> None:
        if connection.number > 1 and self.unanswered:
            await connection.request()
            self.unanswered -= 1
            return
        while await connection.request():
            if self.unanswered and len(connection.server.requests) > 1:
                self.unanswered -= 1
                await connection.send(self.says)
                return
            await connection.send(OK)


def sent(server: RawServer, method: bytes) -> int:
    return sum(request.startswith(method) for request in server.requests)


async def test_a_get_is_repeated_on_a_new_connection() -> None:
    async with lean(Closing(unanswered=1)) as (transport, server):
        await transport.send(GET)
        assert (await transport.send(GET)).body == b"{}"
        assert (server.connections, sent(server, b"GET")) == (2, 3)


async def test_a_stream_is_repeated_too() -> None:
    async with lean(Closing(unanswered=1)) as (transport, server):
        await transport.send(GET)
        async with transport.stream(GET) as answer:
            assert [chunk async for chunk in answer.chunks()] == [b"{}"]
        assert server.connections == 2


async def test_a_get_is_repeated_once_only() -> None:
    async with lean(Closing(unanswered=2), connections=1) as (transport, server):
        await transport.send(GET)
        with pytest.raises(Disconnected):
            await transport.send(GET)
        assert sent(server, b"GET") == 3
        assert (await transport.send(GET)).body == b"{}"  # and its place is free again


async def test_a_get_on_a_new_connection_is_not_repeated() -> None:
    async def hangs_up(connection: Connection) -> None:
        await connection.request()

    async with lean(hangs_up) as (transport, server):
        with pytest.raises(Disconnected):
            await transport.send(GET)
        assert len(server.requests) == 1


async def test_a_get_that_was_answered_in_part_is_not_repeated() -> None:
    async with lean(Closing(unanswered=1, says=b"HTTP/1.1 2")) as (transport, server):
        await transport.send(GET)
        with pytest.raises(Disconnected):
            await transport.send(GET)
        assert sent(server, b"GET") == 2


async def test_a_post_is_not_repeated() -> None:
    async with lean(Closing(unanswered=1)) as (transport, server):
        await transport.send(GET)
        with pytest.raises(Disconnected) as caught:
            await transport.send(POST)
        assert caught.value.may_have_arrived
        assert sent(server, b"POST") == 1


async def test_a_post_finds_a_closed_connection_before_it_is_sent() -> None:
    async def behaviour(connection: Connection) -> None:
        await connection.request()
        await connection.send(OK)

    async with lean(behaviour, connections=1) as (transport, server):
        await transport.send(GET)
        await until(lambda: server._tasks == set())
        assert (await transport.send(POST)).body == b"{}"
        assert (server.connections, sent(server, b"POST")) == (2, 1)


async def test_a_post_finds_news_that_the_event_loop_has_not_read_yet() -> None:
    last: list[asyncio.StreamWriter] = []

    async def behaviour(connection: Connection) -> None:
        last.append(connection.writer)
        while await connection.request():
            await connection.send(OK)

    async with lean(behaviour) as (transport, server):
        await transport.send(GET)
        # Closed at once, and the request is sent before this loop has looked at any socket.
        with socket.socket(fileno=os.dup(last[0].get_extra_info("socket").fileno())) as raw:
            raw.shutdown(socket.SHUT_RDWR)
        assert (await transport.send(POST)).body == b"{}"
        assert (server.connections, sent(server, b"POST")) == (2, 1)


async def test_a_post_that_was_never_written_goes_out_on_another_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The connection closes between the look at it and the first byte."""

    async def behaviour(accepted: Connection) -> None:
        while await accepted.request():
            await accepted.send(OK)

    async with lean(behaviour) as (transport, server):
        await transport.send(GET)

        def closes(idle: connection.Connection) -> bool:
            idle.close()
            return True

        monkeypatch.setattr(connection.Connection, "quiet", closes)
        assert (await transport.send(POST)).body == b"{}"
        assert (server.connections, sent(server, b"POST")) == (2, 1)
