"""Broken connections as a client on a real socket sees them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Literal

import httpx
import pytest
import uvloop

from tests.support.serving import serve
from upstream.demo import MAINTAINER_TOKEN, DemoGitLab, Fault, ManualClock, effects, examples

JOB = f"/projects/1/jobs/{examples.FINISHED_JOB}"
CANCEL = f"/projects/1/jobs/{examples.RUNNING_JOB}/cancel"


@pytest.fixture(params=["httptools", "h11"])
async def client(
    demo: DemoGitLab, request: pytest.FixtureRequest
) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        serve(demo.app, http=request.param) as base,
        httpx.AsyncClient(
            base_url=f"{base}/api/v4",
            headers={"private-token": MAINTAINER_TOKEN},
            timeout=10,
            trust_env=False,
        ) as client,
    ):
        yield client


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("reset", [False, True])
async def test_a_cut_connection_has_no_answer(
    demo: DemoGitLab,
    client: httpx.AsyncClient,
    caplog: pytest.LogCaptureFixture,
    when: Literal["before", "after"],
    *,
    reset: bool,
) -> None:
    demo.faults.add(Fault(effects.Cut(when, reset=reset)))
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        await client.post(CANCEL)
    assert demo.job(1, examples.RUNNING_JOB).status == (
        "running" if when == "before" else "canceling"
    )
    assert (await client.get(JOB)).status_code == 200
    assert caplog.records == []


async def test_half_a_body_is_noticed(
    demo: DemoGitLab, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    demo.faults.add(Fault(effects.HalfBody()))
    received = bytearray()

    async def read(answer: httpx.Response) -> None:
        async for chunk in answer.aiter_raw():
            received.extend(chunk)

    async with client.stream("GET", JOB) as answer:
        assert answer.status_code == 200
        promised = int(answer.headers["content-length"])
        with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
            await read(answer)
    assert len(received) == promised // 2
    assert caplog.records == []


async def test_an_endless_body_ends_with_the_client(
    demo: DemoGitLab, client: httpx.AsyncClient
) -> None:
    demo.faults.add(Fault(effects.Endless()))
    received = 0
    async with client.stream("GET", JOB) as answer:
        async for chunk in answer.aiter_raw():
            received += len(chunk)
            if received > 2_000_000:
                break
    await asyncio.wait_for(demo.calls.idle(), 10)
    assert (await client.get(JOB)).status_code == 200


async def test_a_call_that_is_held_learns_that_the_client_has_gone(
    demo: DemoGitLab, client: httpx.AsyncClient
) -> None:
    hold = effects.Hold()
    demo.faults.add(Fault(hold))
    call = asyncio.create_task(client.get(JOB))
    await hold.arrived.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await asyncio.wait_for(hold.client_gone.wait(), 10)
    assert not hold.release.is_set()


async def test_a_long_log_is_streamed(demo: DemoGitLab, client: httpx.AsyncClient) -> None:
    job = demo.new_job(1)
    demo.set_log(1, job, lambda: (b"x" * 65_536 for _ in range(64)))
    answer = await client.get(f"/projects/1/jobs/{job}/trace")
    assert len(answer.content) == 64 * 65_536
    assert answer.headers["transfer-encoding"] == "chunked"


async def test_an_encoded_slash_survives_the_server(client: httpx.AsyncClient) -> None:
    answer = await client.get("/projects/demo%2Fshop%2Fapi/pipelines")
    assert answer.status_code == 200
    assert answer.json()[0]["project_id"] == 2


async def test_a_conditional_request_over_the_wire(client: httpx.AsyncClient) -> None:
    tag = (await client.get(JOB)).headers["etag"]
    answer = await client.get(JOB, headers={"if-none-match": tag})
    assert (answer.status_code, answer.content) == (304, b"")


async def test_a_connection_is_cut_under_uvloop_too() -> None:
    async def session() -> None:
        demo = DemoGitLab(ManualClock())
        async with (
            serve(demo.app) as base,
            httpx.AsyncClient(
                base_url=f"{base}/api/v4",
                headers={"private-token": MAINTAINER_TOKEN},
                trust_env=False,
            ) as client,
        ):
            for effect in (effects.Cut(), effects.Cut(reset=True), effects.HalfBody()):
                demo.faults.add(Fault(effect))
                with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
                    await client.get(JOB)

    def work() -> None:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(session())

    await asyncio.to_thread(work)
