"""GitLab's certificate, checked unless the settings say otherwise."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.upstream.transports.conftest import PATIENT
from upstream.config import UpstreamConfig
from upstream.errors import ConnectFailed
from upstream.transports.base import Request, Transport

SELF_SIGNED = Path(__file__).with_name("self_signed.pem")  # made for these tests alone

Kind = Callable[[UpstreamConfig], Transport]


@contextlib.asynccontextmanager
async def tls_server() -> AsyncIterator[str]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}")
            await writer.drain()
        writer.close()

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(SELF_SIGNED)
    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    async with server:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def ask(kind: Kind, url: str, *, verify: bool) -> bytes:
    transport = kind(UpstreamConfig(url, timeouts=PATIENT, verify=verify))
    try:
        return (await transport.send(Request("GET", "/", (("private-token", "s3cret"),)))).body
    finally:
        await transport.aclose()


async def test_a_certificate_of_an_unknown_authority_is_refused(kind: Kind) -> None:
    async with tls_server() as url:
        with pytest.raises(ConnectFailed, match="certificate is not accepted: self-signed") as got:
            await ask(kind, url, verify=True)
    assert not got.value.may_have_arrived


async def test_an_unknown_authority_is_accepted_where_the_check_is_off(kind: Kind) -> None:
    async with tls_server() as url:
        assert await ask(kind, url, verify=False) == b"{}"
