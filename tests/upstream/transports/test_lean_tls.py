"""TLS of the lean transport: whom it trusts, what it asks for, and that it is closed well."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.upstream.raw_server import OK
from tests.upstream.transports.conftest import PATIENT
from upstream.config import Timeouts, UpstreamConfig
from upstream.errors import ConnectFailed, UpstreamTimeout
from upstream.transports.base import Request
from upstream.transports.lean import LeanTransport

AUTHORITY = Path(__file__).with_name("self_signed.pem")  # for localhost and 127.0.0.1
GET = Request("GET", "/api/v4/job", (("private-token", "s3cret"),))


def trusting() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=AUTHORITY)


@dataclass
class Seen:
    port: int = 0
    connections: int = 0
    names: list[str | None] = field(default_factory=list)
    protocols: list[str | None] = field(default_factory=list)
    ends: list[BaseException] = field(default_factory=list)
    over: asyncio.Event = field(default_factory=asyncio.Event)


@contextlib.asynccontextmanager
async def tls_server(host: str = "127.0.0.1") -> AsyncIterator[Seen]:
    seen = Seen()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.connections += 1
        seen.protocols.append(writer.get_extra_info("ssl_object").selected_alpn_protocol())
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                writer.write(OK)
        except (asyncio.IncompleteReadError, ConnectionError) as end:
            seen.ends.append(end)
            seen.over.set()
        writer.close()

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(AUTHORITY)
    context.set_alpn_protocols(["h2", "http/1.1"])
    context.sni_callback = lambda _socket, name, _context: seen.names.append(name)
    server = await asyncio.start_server(serve, host, 0, ssl=context)
    async with server:
        seen.port = server.sockets[0].getsockname()[1]
        yield seen


@contextlib.asynccontextmanager
async def lean(url: str, tls: ssl.SSLContext) -> AsyncIterator[LeanTransport]:
    transport = LeanTransport(UpstreamConfig(url, timeouts=PATIENT), tls=tls)
    try:
        yield transport
    finally:
        await transport.aclose()


async def test_a_connection_is_used_again_and_closed_with_a_goodbye() -> None:
    async with tls_server() as seen:
        async with lean(f"https://127.0.0.1:{seen.port}", trusting()) as transport:
            for _ in range(3):
                assert (await transport.send(GET)).body == b"{}"
        assert seen.connections == 1
        async with asyncio.timeout(5):
            await seen.over.wait()
        assert [type(end) for end in seen.ends] == [asyncio.IncompleteReadError]


async def test_the_host_is_named_and_only_http_1_asked_for() -> None:
    async with tls_server() as seen:
        transport = LeanTransport(
            UpstreamConfig(f"https://localhost:{seen.port}", timeouts=PATIENT, verify=False)
        )
        assert (await transport.send(GET)).status == 200
        await transport.aclose()
        assert (seen.names, seen.protocols) == (["localhost"], ["http/1.1"])


async def test_the_certificate_of_another_host_is_refused() -> None:
    async with (
        tls_server("127.0.0.2") as seen,
        lean(f"https://127.0.0.2:{seen.port}", trusting()) as transport,
    ):
        with pytest.raises(ConnectFailed, match="certificate is not accepted") as caught:
            await transport.send(GET)
        assert "s3cret" not in str(caught.value)
        assert not caught.value.may_have_arrived


async def test_a_server_that_never_finishes_the_handshake_is_given_up() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    async with server:
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        transport = LeanTransport(UpstreamConfig(url, timeouts=Timeouts(connect=0.2)))
        with pytest.raises(UpstreamTimeout) as caught:
            await transport.send(GET)
        await transport.aclose()
    assert (caught.value.phase, caught.value.may_have_arrived) == ("connect", False)


async def test_a_large_body_goes_both_ways() -> None:
    body = bytes(range(256)) * 8192

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        received = await reader.readexactly(len(body))
        writer.write(f"HTTP/1.1 200 OK\r\ncontent-length: {len(received)}\r\n\r\n".encode())
        writer.write(received)
        await writer.drain()
        await reader.read()
        writer.close()

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(AUTHORITY)
    server = await asyncio.start_server(echo, "127.0.0.1", 0, ssl=context)
    async with server:
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with (
            lean(url, trusting()) as transport,
            transport.stream(Request("POST", "/", (), body)) as answer,
        ):
            assert b"".join([part async for part in answer.chunks()]) == body
