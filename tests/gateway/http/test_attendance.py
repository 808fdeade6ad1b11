"""Clients that hang up, over sockets: who still waits, and what is given up."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import orjson
import pytest
from starlette.types import Message

from gateway.app import Gateway, create_app
from gateway.execution.sharing import Flight, Sharing
from gateway.settings import read_settings
from schema import build_schema
from tests.gateway.example import ExampleContext, endpoint
from tests.support.serving import serve
from upstream.demo import MAINTAINER_TOKEN, DemoGitLab, Fault, examples
from upstream.demo.effects import Hold

JOB = f'{{ job(projectId: "1", id: "{examples.FINISHED_JOB}") {{ name }} }}'
ANSWER = {"data": {"job": {"name": "compile"}}}

_schema = functools.cache(build_schema)


class Client:
    """A connection that sends one request, and can be dropped before the answer."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def answer(self) -> Any:
        head = await self._reader.readuntil(b"\r\n\r\n")
        lines = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:] if line)
        return orjson.loads(await self._reader.readexactly(int(lines[b"content-length"])))

    async def hang_up(self) -> None:
        self._writer.close()
        await self._writer.wait_closed()


class Site:
    """The gateway on a port."""

    def __init__(self, app: Gateway, url: str) -> None:
        self.app = app
        self._url = urlsplit(url)

    async def ask(self, query: str = JOB, *, method: str = "POST") -> Client:
        reader, writer = await asyncio.open_connection(self._url.hostname, self._url.port)
        lines = [f"POST /graphql HTTP/1.1\r\nHost: x\r\nPRIVATE-TOKEN: {MAINTAINER_TOKEN}\r\n"]
        body = orjson.dumps({"query": query})
        if method == "GET":
            target = query.replace(" ", "%20").replace('"', "%22")
            lines[0] = lines[0].replace("POST /graphql", f"GET /graphql?query={target}")
            body = b""
        else:
            lines.append(f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n")
        writer.write("".join(lines).encode() + b"\r\n" + body)
        return Client(reader, writer)


class Tally:
    """Counts, and lets a test wait for a count."""

    def __init__(self) -> None:
        self._count = 0
        self._changed = asyncio.Event()

    def add(self) -> None:
        self._count += 1
        self._changed.set()

    async def reaches(self, count: int) -> None:
        async with asyncio.timeout(10):
            while self._count < count:
                self._changed.clear()
                await self._changed.wait()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Tally:
    """Queries that execute or have joined others, as of the event loop's next turn."""
    tally = Tally()
    real = Sharing.key

    def key(self: Sharing, *args: Any) -> Any:
        tally.add()
        return real(self, *args)

    monkeypatch.setattr(Sharing, "key", key)
    return tally


@pytest.fixture
def left(monkeypatch: pytest.MonkeyPatch) -> Tally:
    """Those who have left a shared execution."""
    tally = Tally()
    real = Flight.leave

    def leave(self: Flight) -> None:
        real(self)
        tally.add()

    monkeypatch.setattr(Flight, "leave", leave)
    return tally


@pytest.fixture
def shared() -> str:
    """The value of GATEWAY_SHARE_QUERIES."""
    return "true"


@pytest.fixture
async def site(demo_url: str, shared: str) -> AsyncIterator[Site]:
    environ = {
        "GITLAB_URL": demo_url,
        "GATEWAY_SHARE_QUERIES": shared,
        "GATEWAY_SINGLE_FLIGHT": "false",
        "GATEWAY_CACHE_BYTES": "0",
    }
    app = create_app(read_settings(environ), schema=_schema())
    async with serve(app) as url:
        yield Site(app, url)


@pytest.mark.parametrize("shared", ["true", "false"])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_query_that_nobody_waits_for_is_given_up(
    demo: DemoGitLab, site: Site, method: str
) -> None:
    hold = Hold()
    demo.faults.add(Fault(hold))
    client = await site.ask(method=method)
    await asyncio.wait_for(hold.arrived.wait(), 10)
    await client.hang_up()
    await asyncio.wait_for(hold.client_gone.wait(), 10)
    again = await site.ask(method=method)
    assert await again.answer() == ANSWER
    await again.hang_up()


async def test_many_clients_share_one_execution(demo: DemoGitLab, site: Site, asked: Tally) -> None:
    hold = Hold()
    demo.faults.add(Fault(hold))
    clients = [await site.ask() for _ in range(20)]
    await asked.reaches(20)
    hold.release.set()
    assert [await client.answer() for client in clients] == [ANSWER] * 20
    assert len(demo.calls) == 1
    assert (site.app.sharing.executed, site.app.sharing.shared) == (1, 19)
    for client in clients:
        await client.hang_up()


@pytest.mark.parametrize("leaving", [0, 1, 2])
async def test_a_client_that_hangs_up_leaves_the_others_their_answer(
    demo: DemoGitLab, site: Site, asked: Tally, left: Tally, leaving: int
) -> None:
    hold = Hold()
    demo.faults.add(Fault(hold))
    clients = [await site.ask() for _ in range(3)]
    await asked.reaches(3)
    await clients.pop(leaving).hang_up()
    await left.reaches(1)
    hold.release.set()
    assert [await client.answer() for client in clients] == [ANSWER] * 2
    assert len(demo.calls) == 1
    assert not hold.client_gone.is_set()
    for client in clients:
        await client.hang_up()


async def test_the_last_client_that_hangs_up_takes_the_execution_along(
    demo: DemoGitLab, site: Site, asked: Tally, left: Tally
) -> None:
    hold = Hold()
    demo.faults.add(Fault(hold))
    clients = [await site.ask() for _ in range(3)]
    await asked.reaches(3)
    for count, client in enumerate(clients, 1):
        assert not hold.client_gone.is_set()
        await client.hang_up()
        await left.reaches(count)
    await asyncio.wait_for(hold.client_gone.wait(), 10)
    assert len(demo.calls) == 1


async def test_a_mutation_is_not_given_up() -> None:
    sent: list[Message] = []
    received: list[str] = []
    context = ExampleContext(values={"text": "done"})

    async def receive() -> Message:
        received.append("http.request" if not received else "http.disconnect")
        body = orjson.dumps({"query": "mutation { act { text } }"})
        return {"type": received[-1], "body": body, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "headers": headers, "query_string": b""}
    await endpoint(lambda _: context)(scope, receive, send)
    assert received == ["http.request"]  # nobody has asked whether the client is still there
    assert sent[-1]["body"] == b'{"data":{"act":{"text":"done"}}}'
