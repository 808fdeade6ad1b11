"""However much GitLab sends, little of it is held; and what the health page says of it."""

from __future__ import annotations

import asyncio
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest

from gateway.app import create_app
from gateway.settings import read_settings
from schema import build_schema
from tests.reliability.places import says
from tests.resolvers.gateways import gateway_to
from tests.support.serving import serve
from tests.upstream.raw_server import Behaviour, Connection, raw_server
from tests.upstream.transports.conftest import PATIENT
from upstream.config import Limits, UpstreamConfig
from upstream.demo import DemoGitLab, Fault, effects, examples
from upstream.errors import InvalidResponse, UpstreamError, UpstreamTimeout
from upstream.transports.base import Request, Transport
from upstream.transports.httpx_transport import HttpxTransport
from upstream.transports.lean import LeanTransport

MIB = 2**20
OK = b"HTTP/1.1 200 OK\r\n"
JOB = f'{{ job(projectId: "1", id: "{examples.FINISHED_JOB}") {{ name status }} }}'


def bomb(mebibytes: int) -> bytes:
    pack = zlib.compressobj(wbits=16 + zlib.MAX_WBITS)
    spaces = b" " * MIB
    packed = b"".join(pack.compress(spaces) for _ in range(mebibytes)) + pack.flush()
    head = b"content-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(packed)
    return OK + head + packed


def endless(begin: bytes, piece: bytes) -> Behaviour:
    async def behaviour(connection: Connection) -> None:
        await connection.request()
        await connection.send(begin)
        while not connection.writer.is_closing():
            await connection.send(piece)
            await asyncio.sleep(0)

    return behaviour


async def blows(connection: Connection) -> None:
    await connection.request()
    await says(bomb(64))(connection)


FLOODS: dict[str, Behaviour] = {
    "a gzip bomb": blows,
    "a body without end": endless(OK + b"\r\n", b"x" * 65536),
    "chunks without end": endless(
        OK + b"transfer-encoding: chunked\r\n\r\n", b"10000\r\n" + b"x" * 65536 + b"\r\n"
    ),
    "a head without end": endless(OK, b"x: y\r\n" * 10_000),
    "a line without end": endless(OK + b"x: ", b"y" * 65536),
    "hints without end": endless(b"", b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" * 1000),
}


@pytest.mark.parametrize("flood", FLOODS.values(), ids=FLOODS)
@pytest.mark.parametrize("kind", [HttpxTransport, LeanTransport], ids=["httpx", "lean"])
async def test_a_flood_is_not_held(
    kind: Callable[[UpstreamConfig], Transport], flood: Behaviour
) -> None:
    async with raw_server(flood) as server:
        timeouts = replace(PATIENT, pool=0.1, total=1.0)
        config = UpstreamConfig(server.url, timeouts=timeouts, limits=Limits(body_bytes=MIB))
        transport = kind(config)
        tracemalloc.start()
        try:
            with pytest.raises(UpstreamError) as caught:
                await transport.send(Request("GET", "/api/v4/job"))
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
            await transport.aclose()
    assert isinstance(caught.value, InvalidResponse | UpstreamTimeout)
    assert peak < 8 * MIB


@asynccontextmanager
async def gateway(url: str, **environ: str) -> AsyncIterator[httpx.AsyncClient]:
    settings = read_settings({"GITLAB_URL": url, **environ})
    async with (
        serve(create_app(settings, schema=build_schema())) as served,
        httpx.AsyncClient(base_url=served, trust_env=False) as client,
    ):
        yield client


async def test_an_open_breaker_is_told_and_leaves_the_gateway_ready(
    demo: DemoGitLab, demo_url: str
) -> None:
    environ = {"GATEWAY_BREAKER_CALLS": "1", "GATEWAY_RETRIES": "0"}
    async with gateway(demo_url, **environ) as client:

        async def ready() -> tuple[int, Any]:
            answer = await client.get("/health/ready")
            return answer.status_code, answer.json()

        assert await ready() == (200, {"status": "ok", "breaker": "closed"})
        demo.faults.add(Fault(effects.bad_gateway()))
        await client.post("/graphql", json={"query": JOB})
        assert await ready() == (200, {"status": "ok", "breaker": "open"})


async def test_answers_that_are_stale_say_so_by_route(demo: DemoGitLab, demo_url: str) -> None:
    environ = {"GATEWAY_STALE_SECONDS": "60", "GATEWAY_CACHE_JOB_SECONDS": "0"}
    known = f"""
      one: job(projectId: "1", id: "{examples.FINISHED_JOB}") {{ name }}
      other: job(projectId: "1", id: "{examples.FAILED_JOB}") {{ name }}"""
    missing = f'missing: job(projectId: "1", id: "{examples.RUNNING_JOB}") {{ name }}'
    async with gateway_to(demo_url, **environ) as ask:
        before = await ask(f"{{ {known} }}")
        assert "extensions" not in before
        demo.faults.add(Fault(effects.bad_gateway(), times=None))
        after = await ask(f"{{ {known} {missing} }}")
    assert after["data"] == {**before["data"], "missing": None}
    assert [error["path"] for error in after["errors"]] == [["missing"]]
    (shown,) = after["extensions"]["stale"]
    assert shown.pop("ageSeconds") in range(60)
    assert shown == {"route": "GET /projects/:id/jobs/:job_id", "answers": 2}
