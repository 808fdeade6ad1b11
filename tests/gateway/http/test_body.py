"""Bodies over real sockets: in pieces, too large, and broken off."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from gateway.http import body as module
from gateway.limits.config import RequestLimits
from tests.gateway.example import endpoint
from tests.support.serving import serve

LIMIT = 100_000
HEADERS = {"content-type": "application/json"}


async def pieces(size: int, piece: bytes = b" " * 10_000) -> AsyncIterator[bytes]:
    yield b'{"query":"{ text }"'
    for _ in range(size // len(piece)):
        yield piece
    yield b"}"


async def test_a_body_in_pieces_is_put_together() -> None:
    async with (
        serve(endpoint(limits=RequestLimits(body_bytes=LIMIT))) as url,
        httpx.AsyncClient() as client,
    ):
        answer = await client.post(url, content=pieces(LIMIT // 2), headers=HEADERS)
    assert answer.json() == {"data": {"text": None}}


@pytest.mark.parametrize("size", [LIMIT, LIMIT * 20])
async def test_what_arrives_is_counted_whatever_was_declared(size: int) -> None:
    async with (
        serve(endpoint(limits=RequestLimits(body_bytes=LIMIT))) as url,
        httpx.AsyncClient() as client,
    ):
        answer = await client.post(url, content=pieces(size), headers=HEADERS)
    assert answer.status_code == 413
    assert answer.json()["errors"][0]["extensions"]["code"] == "REQUEST_TOO_LARGE"
    assert answer.headers["connection"] == "close"


async def test_a_declared_length_over_the_limit_is_413() -> None:
    async with (
        serve(endpoint(limits=RequestLimits(body_bytes=LIMIT))) as url,
        httpx.AsyncClient() as client,
    ):
        answer = await client.post(url, content=b" " * (LIMIT + 1), headers=HEADERS)
    assert answer.status_code == 413


async def raw(url: str, request: bytes) -> bytes:
    host, _, port = url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(request)
    await writer.drain()
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


async def test_a_client_that_asks_first_is_refused_before_it_sends() -> None:
    request = (
        b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Content-Length: 99999999\r\nExpect: 100-continue\r\n\r\n"
    )
    async with serve(endpoint(limits=RequestLimits(body_bytes=LIMIT))) as url:
        answer = await raw(url, request)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"100 Continue" not in answer


async def test_an_endless_body_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_DROPPED", 50)
    asked = 0

    async def receive() -> dict[str, Any]:
        nonlocal asked
        asked += 1
        return {"type": "http.request", "body": b"x" * 10, "more_body": True}

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "headers": [(b"content-type", b"application/json")],
        "query_string": b"",
    }
    await endpoint(limits=RequestLimits(body_bytes=100))(scope, receive, send)
    assert sent[0]["status"] == 413
    assert asked == 16


async def test_a_client_that_hangs_up_is_not_answered_and_does_no_harm() -> None:
    done = asyncio.Event()
    app = endpoint(limits=RequestLimits(body_bytes=LIMIT))

    async def watched(scope: Scope, receive: Receive, send: Send) -> None:
        await app(scope, receive, send)
        if scope["type"] == "http" and scope["method"] == "POST":
            done.set()

    async with serve(watched, lifespan="off") as url:
        host, _, port = url.removeprefix("http://").partition(":")
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b'Content-Length: 500\r\n\r\n{"query"'
        )
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        await asyncio.wait_for(done.wait(), 5)
        async with httpx.AsyncClient() as client:
            answer = await client.get(url, params={"query": "{ text }"})
    assert answer.json() == {"data": {"text": None}}
