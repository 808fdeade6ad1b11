"""Repeats and the breaker as they meet real calls."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from tests.upstream.conftest import CREDENTIAL, World
from tests.upstream.raw_server import Behaviour, Connection, RawServer, answering, http, raw_server
from tests.upstream.transports.conftest import IMPATIENT
from upstream.client import Upstream
from upstream.config import Breaking, Limits, Repeating, Timeouts, UpstreamConfig
from upstream.credentials import Credential, TokenKind
from upstream.errors import (
    CircuitOpen,
    Disconnected,
    NotFound,
    RateLimited,
    ServerError,
    UpstreamError,
    UpstreamTimeout,
)
from upstream.events import CallFailed, CallFinished, CallRepeated, CallStarted, Event
from upstream.journal import keep_journal
from upstream.transports.base import Transport
from upstream.transports.httpx_transport import HttpxTransport
from upstream.transports.lean import LeanTransport

TRACE = "/projects/:id/jobs/:job_id/trace"
PATH = "/projects/1/jobs/2/trace"
UNAVAILABLE = http(b"", status="503 Service Unavailable")
CUT_HEAD = b"HTTP/1.1 200 OK\r\ncontent-le"
NO_BYTE = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n"
HALF = NO_BYTE + b"half"

TRANSPORTS: list[Callable[[UpstreamConfig], Transport]] = [HttpxTransport, LeanTransport]


@pytest.fixture(params=TRANSPORTS, ids=lambda kind: kind.__name__)
def kind(request: pytest.FixtureRequest) -> Callable[[UpstreamConfig], Transport]:
    made: Callable[[UpstreamConfig], Transport] = request.param
    return made


@dataclass
class Opened:
    upstream: Upstream
    events: list[Event] = field(default_factory=list)

    async def read(self) -> bytes:
        async with self.upstream.stream(TRACE, PATH, CREDENTIAL) as chunks:
            return b"".join([chunk async for chunk in chunks])

    async def get(self, credential: Credential | None = CREDENTIAL) -> object:
        return (await self.upstream.get("/job", "/job", credential)).payload

    def told(self, kind: type[Event]) -> int:
        return sum(isinstance(event, kind) for event in self.events)


CONFIG = UpstreamConfig("", repeating=Repeating(repeats=2, first_wait=0.001))


@asynccontextmanager
async def opened(
    url: str, kind: Callable[[UpstreamConfig], Transport] = LeanTransport, **changes: Any
) -> AsyncIterator[Opened]:
    config = replace(CONFIG, base_url=url, **changes)
    events: list[Event] = []
    async with Upstream(config, kind(config), hook=events.append) as upstream:
        yield Opened(upstream, events)


def in_turn(*answers: bytes) -> Behaviour:
    """Each connection gets the next answer and is closed; the last answer again and again."""

    async def behaviour(connection: Connection) -> None:
        if await connection.request():
            await connection.send(answers[min(connection.number, len(answers)) - 1])

    return behaviour


@asynccontextmanager
async def server(*answers: bytes) -> AsyncIterator[RawServer]:
    async with raw_server(in_turn(*answers)) as running:
        yield running


LOG = http(b"the log", content_type="text/plain")


@pytest.mark.parametrize(
    "broken",
    [UNAVAILABLE, CUT_HEAD, NO_BYTE, http(b"", ("retry-after", "0"), status="429 Too Many")],
    ids=["503", "half a head", "no byte", "429"],
)
async def test_a_log_is_asked_for_again_until_its_first_byte(
    kind: Callable[[UpstreamConfig], Transport], broken: bytes
) -> None:
    async with server(broken, LOG) as gitlab, opened(gitlab.url, kind) as it:
        assert await it.read() == b"the log"
    assert len(gitlab.requests) == 2
    assert it.told(CallRepeated) == 1


async def test_from_its_first_byte_on_it_is_not(
    kind: Callable[[UpstreamConfig], Transport],
) -> None:
    async with server(HALF, LOG) as gitlab, opened(gitlab.url, kind) as it:
        with pytest.raises(Disconnected):
            await it.read()
    assert len(gitlab.requests) == 1


async def test_an_error_of_its_reader_repeats_nothing() -> None:
    async with server(LOG) as gitlab, opened(gitlab.url) as it:
        with pytest.raises(Disconnected, match="the reader's"):
            async with it.upstream.stream(TRACE, PATH, CREDENTIAL):
                raise Disconnected("the reader's")
    assert len(gitlab.requests) == 1


async def test_a_log_without_end_ends_in_time(
    kind: Callable[[UpstreamConfig], Transport],
) -> None:
    async def drips(connection: Connection) -> None:
        await connection.request()
        await connection.send(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n")
        while not connection.writer.is_closing():
            await connection.send(b"x")
            await asyncio.sleep(0.01)

    timeouts = replace(IMPATIENT, log=0.4)
    async with raw_server(drips) as gitlab, opened(gitlab.url, kind, timeouts=timeouts) as it:
        with pytest.raises(UpstreamTimeout) as caught:
            await it.read()
    assert (caught.value.phase, caught.value.seconds) == ("total", 0.4)
    assert len(gitlab.requests) == 1


async def test_each_call_stands_in_journal_and_events() -> None:
    async with server(UNAVAILABLE, http(b"[]")) as gitlab, opened(gitlab.url) as it:
        with keep_journal() as journal:
            assert await it.get() == []
    assert [(call.means, call.status) for call in journal.calls] == [("sent", 503), ("sent", 200)]
    assert [type(event) for event in it.events] == [
        *(CallStarted, CallFinished, CallRepeated),
        *(CallStarted, CallFinished),
    ]


async def test_who_waits_for_a_repeat_takes_no_turn_from_others() -> None:
    asked = asyncio.Event()

    def hook(event: Event) -> None:
        if isinstance(event, CallRepeated):
            asked.set()

    config = replace(
        CONFIG,
        repeating=Repeating(repeats=1, first_wait=0.0, longest_wait=60.0),
        limits=Limits(in_flight=1, waiting=0),
    )
    refused = http(b"", ("retry-after", "30"), status="429 Too Many Requests")
    async with server(refused, http(b"[]")) as gitlab:
        config = replace(config, base_url=gitlab.url)
        async with Upstream(config, LeanTransport(config), hook=hook) as upstream:
            waiting = asyncio.create_task(upstream.get("/job", "/job", CREDENTIAL))
            await asked.wait()
            assert (await upstream.get("/job", "/job", CREDENTIAL)).payload == []
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting


async def test_a_wait_beyond_the_deadline_is_told_instead(world: World) -> None:
    gitlab = await world.gitlab(
        PlainTextResponse("Retry later\n", status_code=429, headers={"Retry-After": "2"})
    )
    config = replace(CONFIG, base_url=gitlab.url)
    async with Upstream(config, remaining=lambda: 1.5) as upstream:
        with pytest.raises(RateLimited) as caught:
            await upstream.get("/job", "/job", CREDENTIAL)
    assert caught.value.retry_after == 2.0
    assert len(gitlab.received) == 1


BREAKING = Breaking(bad_share=0.5, fewest_calls=4, slow_seconds=0.0, open_seconds=60.0)


async def test_a_gitlab_that_fails_is_left_alone(
    kind: Callable[[UpstreamConfig], Transport],
) -> None:
    once = Repeating(repeats=0)
    async with (
        server(UNAVAILABLE) as gitlab,
        opened(gitlab.url, kind, breaking=BREAKING, repeating=once) as it,
    ):
        for _ in range(4):
            with pytest.raises(ServerError):
                await it.get()
        assert it.upstream.breaker.state == "open"
        for ask in (it.get, it.read, lambda: it.upstream.post("/x", "/x", CREDENTIAL)):
            with pytest.raises(CircuitOpen) as caught:
                await ask()
            assert 59 < caught.value.retry_after <= 60
    assert len(gitlab.requests) == 4


async def test_calls_in_line_are_not_sent_once_it_is_open() -> None:
    limits, once = Limits(in_flight=1), Repeating(repeats=0)
    async with (
        server(UNAVAILABLE) as gitlab,
        opened(gitlab.url, breaking=BREAKING, repeating=once, limits=limits) as it,
    ):
        outcomes = await asyncio.gather(*(it.get() for _ in range(9)), return_exceptions=True)
    assert [type(one) for one in outcomes] == [ServerError] * 4 + [CircuitOpen] * 5
    assert len(gitlab.requests) == 4


async def test_repeats_end_when_it_opens() -> None:
    often = Repeating(repeats=10, first_wait=0.001)
    async with (
        server(UNAVAILABLE) as gitlab,
        opened(gitlab.url, breaking=BREAKING, repeating=often) as it,
    ):
        with pytest.raises(CircuitOpen):
            await it.get()
    assert len(gitlab.requests) == 4


async def test_one_credentials_limit_is_nobody_elses() -> None:
    refused = http(b"", ("retry-after", "60"), status="429 Too Many Requests")
    async with (
        raw_server(answering(*[refused] * 50, http(b"[]"))) as gitlab,
        opened(gitlab.url, breaking=BREAKING) as it,
    ):
        for _ in range(50):
            with pytest.raises(RateLimited):
                await it.get()
        assert await it.get(Credential(TokenKind.PRIVATE_TOKEN, "glpat-0ther")) == []


async def test_a_storage_that_fails_is_not_gitlab(world: World) -> None:
    storage = await world.gitlab(Response(status_code=503))
    gitlab = await world.gitlab(RedirectResponse(f"{storage.url}/log", 302))
    async with opened(gitlab.url, breaking=BREAKING) as it:
        for _ in range(10):
            with pytest.raises(UpstreamError, match="redirected to answered 503"):
                await it.read()
        assert it.upstream.breaker.state == "closed"


async def test_logs_count_as_calls() -> None:
    once = Repeating(repeats=0)
    async with (
        server(CUT_HEAD) as gitlab,
        opened(gitlab.url, breaking=BREAKING, repeating=once) as it,
    ):
        for _ in range(4):
            with pytest.raises(Disconnected):
                await it.read()
        assert it.upstream.breaker.state == "open"
    assert it.told(CallFailed) == 4


async def test_gitlabs_own_refusals_keep_it_closed(world: World) -> None:
    gitlab = await world.gitlab(Response(b'{"message": "404 Not found"}', status_code=404))
    async with opened(gitlab.url, breaking=BREAKING, timeouts=Timeouts()) as it:
        for _ in range(20):
            with pytest.raises(NotFound):
                await it.get()
        assert it.upstream.breaker.state == "closed"
