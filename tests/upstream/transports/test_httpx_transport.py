"""What only the stock transport does: proxies."""

from __future__ import annotations

import base64

import pytest

from tests.upstream.raw_server import Connection, RawServer, always, http, raw_server, unused_port
from upstream.config import UpstreamConfig
from upstream.errors import ConnectFailed, Disconnected
from upstream.transports.base import Request, Response
from upstream.transports.httpx_transport import HttpxTransport

GET = Request("GET", "/api/v4/projects/a%2Fb/jobs?x=%40", (("private-token", "s3cret"),))
LOGIN = base64.b64encode(b"user:p@ss").decode()


async def ask(base_url: str, proxy: str) -> Response:
    transport = HttpxTransport(UpstreamConfig(base_url, proxy=proxy))
    try:
        return await transport.send(GET)
    finally:
        await transport.aclose()


def with_login(server: RawServer) -> str:
    return server.url.replace("http://", "http://user:p%40ss@")


async def test_a_proxy_passes_plain_requests_on() -> None:
    async with raw_server(always(http(b"[]"))) as proxy:
        assert (await ask("http://gitlab.invalid", with_login(proxy))).body == b"[]"
    head = proxy.requests[0].decode()
    assert head.startswith(f"GET http://gitlab.invalid{GET.target} HTTP/1.1\r\n")
    assert f"proxy-authorization: basic {LOGIN}".lower() in head.lower()


async def test_a_proxy_is_asked_for_a_tunnel_without_the_token() -> None:
    async def refuses_to_go_on(connection: Connection) -> None:
        await connection.request()
        await connection.send(b"HTTP/1.1 200 OK\r\n\r\n")

    async with raw_server(refuses_to_go_on) as proxy:
        with pytest.raises((ConnectFailed, Disconnected)):
            await ask("https://gitlab.invalid", with_login(proxy))
    head = proxy.requests[0].decode()
    assert head.startswith("CONNECT gitlab.invalid:443 HTTP/1.1\r\n")
    assert f"proxy-authorization: basic {LOGIN}".lower() in head.lower()
    assert "s3cret" not in head


async def test_a_proxy_that_refuses_is_no_gitlab_that_does() -> None:
    answer = http(b"", status="407 Proxy Authentication Required")
    async with raw_server(always(answer)) as proxy:
        with pytest.raises(ConnectFailed, match="proxy") as caught:
            await ask("https://gitlab.invalid", proxy.url)
    assert not caught.value.may_have_arrived


async def test_a_proxy_that_is_not_there() -> None:
    with pytest.raises(ConnectFailed, match="proxy"):
        await ask("http://gitlab.invalid", f"http://127.0.0.1:{unused_port()}")


async def test_a_proxy_is_not_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{unused_port()}")
    async with raw_server(always(http(b"{}"))) as server:
        transport = HttpxTransport(UpstreamConfig(server.url))
        assert (await transport.send(GET)).status == 200
        await transport.aclose()


async def test_a_transport_that_was_never_used_can_be_closed() -> None:
    await HttpxTransport(UpstreamConfig("http://gitlab.invalid")).aclose()
