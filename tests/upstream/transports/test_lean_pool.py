"""Connections of the lean transport: used again, bounded, handed on in order, never lost."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from tests.upstream.raw_server import OK, Behaviour, Connection, RawServer, always, raw_server
from tests.upstream.transports.conftest import PATIENT
from upstream.config import Limits, Timeouts, UpstreamConfig
from upstream.errors import ConnectFailed, UpstreamTimeout
from upstream.transports.base import Request
from upstream.transports.lean import LeanTransport
from upstream.transports.lean.connection import Connection as LeanConnection

GET = Request("GET", "/api/v4/job")
CLOSING = OK.replace(b" OK", b" OK\r\nconnection: close")


def get(name: str) -> Request:
    return Request("GET", f"/{name}")


def names(server: RawServer) -> list[str]:
    return [request.split()[1].decode().lstrip("/") for request in server.requests]


@contextlib.asynccontextmanager
async def lean(
    behaviour: Behaviour, *, timeouts: Timeouts = PATIENT, **limits: Any
) -> AsyncIterator[tuple[LeanTransport, RawServer]]:
    async with raw_server(behaviour) as server:
        transport = LeanTransport(
            UpstreamConfig(server.url, timeouts=timeouts, limits=Limits(**limits))
        )
        try:
            yield transport, server
        finally:
            await transport.aclose()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - what happens at the server's end has no event
            await asyncio.sleep(0)


async def requests(server: RawServer, count: int) -> None:
    await until(lambda: len(server.requests) == count)


class Held:
    """Answers each request when the test lets it."""

    def __init__(self, answer: bytes = OK) -> None:
        self.answer = answer
        self.go_on = asyncio.Semaphore(0)

    async def __call__(self, connection: Connection) -> None:
        while await connection.request():
            await self.go_on.acquire()
            await connection.send(self.answer)


async def test_calls_in_a_row_share_a_connection() -> None:
    async with lean(always(OK)) as (transport, server):
        for _ in range(5):
            assert (await transport.send(GET)).body == b"{}"
        assert (server.connections, len(server.requests)) == (1, 5)


async def test_the_connection_used_last_is_used_next() -> None:
    used: list[int] = []
    held = asyncio.Event()

    async def behaviour(connection: Connection) -> None:
        while await connection.request():
            used.append(connection.number)
            if len(used) < 3:
                await held.wait()
            await connection.send(OK)

    async with lean(behaviour) as (transport, server):
        both = asyncio.gather(transport.send(GET), transport.send(GET))
        await until(lambda: len(used) == 2)
        held.set()
        await both
        for _ in range(4):
            await transport.send(GET)
        assert server.connections == 2
        assert len(set(used[2:])) == 1


async def test_no_more_connections_than_allowed() -> None:
    held = Held()
    async with lean(held, connections=3) as (transport, server):
        calls = asyncio.gather(*(transport.send(GET) for _ in range(10)))
        await requests(server, 3)
        for done in range(10):
            assert server.connections == 3
            held.go_on.release()
            await requests(server, min(done + 4, 10))
        await calls
        assert (server.connections, len(server.requests)) == (3, 10)


async def test_those_in_line_are_served_in_order() -> None:
    held = Held()
    async with lean(held, connections=1) as (transport, server):
        calls = []
        for name in ("a", "b", "c", "d"):
            calls.append(asyncio.create_task(transport.send(get(name))))
            await asyncio.sleep(0)
        for _ in calls:
            held.go_on.release()
        await asyncio.gather(*calls)
        assert names(server) == ["a", "b", "c", "d"]


async def test_a_newcomer_does_not_overtake_the_line() -> None:
    held = Held()
    async with lean(held, connections=1) as (transport, server):
        first = asyncio.create_task(transport.send(get("first")))
        await requests(server, 1)
        second = asyncio.create_task(transport.send(get("second")))
        await asyncio.sleep(0)

        async def third() -> None:
            await first
            await transport.send(get("third"))

        newcomer = asyncio.create_task(third())
        for _ in range(3):
            held.go_on.release()
        await asyncio.gather(second, newcomer)
        assert names(server) == ["first", "second", "third"]


async def test_the_wait_for_a_connection_ends() -> None:
    held = Held()
    timeouts = Timeouts(connect=20, write=20, read=20, pool=0.2)
    async with lean(held, timeouts=timeouts, connections=1) as (transport, server):
        first = asyncio.create_task(transport.send(GET))
        await requests(server, 1)
        with pytest.raises(UpstreamTimeout) as caught:
            await transport.send(GET)
        assert (caught.value.phase, caught.value.seconds) == ("pool", 0.2)
        assert not caught.value.may_have_arrived
        held.go_on.release()
        await first
        held.go_on.release()
        await transport.send(GET)  # and leaves nothing behind in the line
        assert server.connections == 1


async def test_one_who_leaves_the_line_takes_no_place_along() -> None:
    held = Held()
    async with lean(held, connections=1) as (transport, server):
        first = asyncio.create_task(transport.send(get("first")))
        await requests(server, 1)
        leaving = asyncio.create_task(transport.send(get("leaving")))
        staying = asyncio.create_task(transport.send(get("staying")))
        await asyncio.sleep(0)
        leaving.cancel()
        held.go_on.release()
        held.go_on.release()
        await asyncio.gather(first, staying)
        assert leaving.cancelled()
        assert names(server) == ["first", "staying"]


@pytest.mark.parametrize("answer", [OK, CLOSING], ids=["connection", "place"])
async def test_what_is_given_to_one_who_is_just_leaving_is_passed_on(
    answer: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(answer)
    async with lean(held, connections=1) as (transport, server):
        first = asyncio.create_task(transport.send(get("first")))
        await requests(server, 1)
        leaving = asyncio.create_task(transport.send(get("leaving")))
        staying = asyncio.create_task(transport.send(get("staying")))
        await asyncio.sleep(0)
        (pool,) = transport._pools.values()

        def then_cancel(give: Callable[..., None]) -> Callable[..., None]:
            def given_and_cancelled(*what: Any) -> None:
                give(*what)
                monkeypatch.undo()
                leaving.cancel()

            return given_and_cancelled

        for name in ("_put_back", "_give_up_place"):
            monkeypatch.setattr(pool, name, then_cancel(getattr(pool, name)))
        held.go_on.release()
        held.go_on.release()
        await asyncio.gather(first, staying)
        assert names(server) == ["first", "staying"]


async def test_a_cancelled_call_gives_its_place_back_but_not_its_connection() -> None:
    held = Held()
    async with lean(held, connections=1) as (transport, server):
        call = asyncio.create_task(transport.send(get("cancelled")))
        await requests(server, 1)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        held.go_on.release()
        held.go_on.release()
        assert (await transport.send(get("next"))).body == b"{}"
        assert server.connections == 2


async def test_a_call_cancelled_while_it_connects_gives_its_place_back() -> None:
    async with lean(always(OK), connections=1) as (transport, server):
        call = asyncio.create_task(transport.send(GET))
        await asyncio.sleep(0)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert (await transport.send(GET)).status == 200
        assert len(server.requests) == 1


async def test_a_failure_to_connect_gives_the_place_to_the_next() -> None:
    async with raw_server(always(OK)) as server:
        url = server.url
    transport = LeanTransport(UpstreamConfig(url, limits=Limits(connections=1)))
    results = await asyncio.gather(*(transport.send(GET) for _ in range(5)), return_exceptions=True)
    assert [type(result) for result in results] == [ConnectFailed] * 5
    await transport.aclose()


async def test_one_in_line_who_is_given_a_dying_connection_makes_a_new_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held = Held()
    async with lean(held, connections=1) as (transport, server):
        first = asyncio.create_task(transport.send(GET))
        await requests(server, 1)
        in_line = asyncio.create_task(transport.send(GET))
        await asyncio.sleep(0)
        (pool,) = transport._pools.values()
        give = pool._put_back

        def given_and_broken(what: LeanConnection) -> None:
            give(what)
            what.abort()

        monkeypatch.setattr(pool, "_put_back", given_and_broken)
        held.go_on.release()
        held.go_on.release()
        responses = await asyncio.gather(first, in_line)
        assert [response.body for response in responses] == [b"{}", b"{}"]
        assert server.connections == 2
