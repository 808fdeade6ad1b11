"""How long the lean transport's connections live, and how they end."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from tests.upstream.raw_server import OK, Connection, always, raw_server
from tests.upstream.transports.conftest import IMPATIENT
from tests.upstream.transports.test_lean_pool import lean, requests
from upstream.errors import ConnectFailed, Disconnected, UpstreamTimeout
from upstream.transports.base import Request

GET = Request("GET", "/api/v4/job")


async def test_an_idle_connection_is_closed_in_time() -> None:
    closed = asyncio.Event()

    async def behaviour(connection: Connection) -> None:
        while await connection.request():
            await connection.send(OK)
        closed.set()

    async with lean(behaviour, keepalive_seconds=0.05) as (transport, server):
        await transport.send(GET)
        async with asyncio.timeout(5):
            await closed.wait()
        await transport.send(GET)
        assert server.connections == 2


async def test_no_connection_is_kept_where_none_shall_be() -> None:
    async with lean(always(OK), keepalive_seconds=0) as (transport, server):
        await transport.send(GET)
        await transport.send(GET)
        assert server.connections == 2


async def test_bytes_that_nobody_asked_for_end_an_idle_connection() -> None:
    speak, gone = asyncio.Event(), asyncio.Event()

    async def behaviour(connection: Connection) -> None:
        await connection.request()
        await connection.send(OK)
        if connection.number == 1:
            await speak.wait()
            await connection.send(b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nforged")
        await connection.gone()
        gone.set()

    async with lean(behaviour) as (transport, server):
        await transport.send(GET)
        speak.set()
        async with asyncio.timeout(5):
            await gone.wait()
        assert (await transport.send(GET)).body == b"{}"
        assert server.connections == 2


async def test_a_second_answer_to_one_request_is_not_kept_for_the_next() -> None:
    async with lean(always(OK + OK.replace(b"{}", b"[]"))) as (transport, server):
        assert (await transport.send(GET)).body == b"{}"
        assert (await transport.send(GET)).body == b"{}"
        assert server.connections == 2


async def test_closing_ends_what_is_under_way_and_refuses_what_comes() -> None:
    gone = asyncio.Event()

    async def silent(connection: Connection) -> None:
        await connection.request()
        await connection.gone()
        gone.set()

    async with lean(silent, connections=1) as (transport, server):
        asked = asyncio.create_task(transport.send(GET))
        await requests(server, 1)
        in_line = asyncio.create_task(transport.send(GET))
        await asyncio.sleep(0)
        await transport.aclose()
        with pytest.raises(Disconnected, match="stopped"):
            await asked
        with pytest.raises(ConnectFailed, match="stopping"):
            await in_line
        for origin in (None, "http://127.0.0.1:9"):
            with pytest.raises(ConnectFailed, match="stopping"):
                async with transport.stream(GET, origin=origin):
                    pass
        async with asyncio.timeout(5):
            await gone.wait()
        assert server.connections == 1


async def test_a_connection_made_while_all_is_closed_is_not_used() -> None:
    async with lean(always(OK)) as (transport, server):
        call = asyncio.create_task(transport.send(GET))
        await asyncio.sleep(0)
        await transport.aclose()
        with pytest.raises(ConnectFailed, match="stopping"):
            await call
        assert server.requests == []


async def test_pools_of_places_long_left_are_given_up() -> None:
    async with contextlib.AsyncExitStack() as stack:
        transport, home = await stack.enter_async_context(lean(always(OK)))
        await transport.send(GET)
        others = [await stack.enter_async_context(raw_server(always(OK))) for _ in range(20)]
        for other in others:
            async with transport.stream(GET, origin=other.url) as answer:
                assert [chunk async for chunk in answer.chunks()] == [b"{}"]
        assert len(transport._pools) <= 10
        await transport.send(GET)
        assert home.connections == 1


async def test_timeouts_are_kept_on_a_connection_that_is_used_again() -> None:
    async def behaviour(connection: Connection) -> None:
        for _ in range(3):
            await connection.request()
            await connection.send(OK)
        await connection.request()
        await connection.gone()

    async with lean(behaviour, timeouts=IMPATIENT) as (transport, server):
        for _ in range(3):
            await transport.send(GET)
        started = asyncio.get_running_loop().time()
        with pytest.raises(UpstreamTimeout) as caught:
            await transport.send(GET)
        assert caught.value.phase == "read"
        assert asyncio.get_running_loop().time() - started >= 0.29
        assert server.connections == 1
