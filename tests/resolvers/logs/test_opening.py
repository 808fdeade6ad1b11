from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from resolvers.logs import LogLimits, OpenLogs
from tests.resolvers.logs.streams import Trace
from upstream.errors import Disconnected, NotFound, ResponseTooLarge


async def test_a_log_is_fetched_once() -> None:
    logs, trace = OpenLogs(), Trace(b"a\n", b"b\n")
    one, two = await asyncio.gather(logs.open(("p", 1), trace), logs.open(("p", 1), trace))
    assert one is two is await logs.open(("p", 1), trace)
    assert one is not None
    assert await one.text() == "a\nb\n"
    assert (trace.opened, trace.left) == (1, 1)
    await logs.aclose()


async def test_each_job_has_its_own_log() -> None:
    logs = OpenLogs()
    one, two = await asyncio.gather(logs.open(1, Trace(b"one")), logs.open(2, Trace(b"two")))
    assert one is not None
    assert two is not None
    assert (await one.text(), await two.text()) == ("one", "two")
    await logs.aclose()


@pytest.mark.parametrize("chunks", [(), (b"",)])
async def test_an_empty_body_is_no_log(chunks: tuple[bytes, ...]) -> None:
    logs = OpenLogs()
    assert await logs.open(1, Trace(*chunks)) is None
    await logs.aclose()


async def test_a_failure_is_that_of_every_field() -> None:
    trace = Trace(error=NotFound("404 Not found", status=404))
    logs = OpenLogs()
    results = await asyncio.gather(logs.open(1, trace), logs.open(1, trace), return_exceptions=True)
    assert [type(result) for result in results] == [NotFound, NotFound]
    assert trace.opened == 1
    await logs.aclose()


async def test_a_log_cut_off_is_an_error_and_no_shorter_log() -> None:
    logs = OpenLogs()
    with pytest.raises(Disconnected):
        await logs.open(1, Trace(b"half", error=Disconnected("the connection broke")))
    await logs.aclose()


async def test_a_log_over_the_limit_ends_its_stream() -> None:
    trace = Trace(b"x" * 60, b"x" * 60)
    logs = OpenLogs(LogLimits(log_bytes=100))
    with pytest.raises(ResponseTooLarge, match=r"more than 100 bytes.*\(GATEWAY_LOG_BYTES\)"):
        await logs.open(1, trace)
    assert trace.left == 1
    await logs.aclose()


async def test_a_field_given_up_does_not_take_the_log_from_others() -> None:
    arrived, go_on = asyncio.Event(), asyncio.Event()

    @contextlib.asynccontextmanager
    async def stream() -> AsyncIterator[AsyncIterator[bytes]]:
        async def body() -> AsyncIterator[bytes]:
            arrived.set()
            await go_on.wait()
            yield b"log"

        yield body()

    logs = OpenLogs()
    given_up = asyncio.create_task(logs.open(1, stream))
    other = asyncio.create_task(logs.open(1, stream))
    await arrived.wait()
    given_up.cancel()
    go_on.set()
    record = await other
    assert record is not None
    assert record.size == 3
    assert given_up.cancelled()
    await logs.aclose()


async def test_closing_ends_what_is_in_flight() -> None:
    arrived = asyncio.Event()
    trace = Trace(b"beginning")

    @contextlib.asynccontextmanager
    async def stream() -> AsyncIterator[AsyncIterator[bytes]]:
        async with trace() as chunks:

            async def body() -> AsyncIterator[bytes]:
                async for chunk in chunks:
                    yield chunk
                arrived.set()
                await asyncio.Event().wait()

            yield body()

    logs = OpenLogs()
    waiting = asyncio.create_task(logs.open(1, stream))
    await arrived.wait()
    await logs.aclose()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert trace.left == 1


async def test_closing_drops_what_was_read() -> None:
    logs = OpenLogs(LogLimits(memory_bytes=1))
    record = await logs.open(1, Trace(b"a log on disk"))
    assert record is not None
    await logs.aclose()
    with pytest.raises(ValueError, match="closed file"):
        await record.text()


async def test_closing_unused_logs_is_fine() -> None:
    await OpenLogs().aclose()


async def test_after_forgetting_a_log_is_fetched_anew() -> None:
    logs, trace = OpenLogs(), Trace(b"log")
    before = await logs.open(1, trace)
    logs.forget()
    after = await logs.open(1, trace)
    assert trace.opened == 2
    assert before is not None
    assert after is not None
    assert await before.text() == await after.text() == "log"
    await logs.aclose()
