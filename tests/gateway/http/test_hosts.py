from __future__ import annotations

import pytest
from starlette.types import Receive, Scope, Send

from gateway.app import checked_hosts
from gateway.http.hosts import AllowedHosts, HostCheck
from gateway.http.responses import send_json
from gateway.settings import read_settings
from tests.gateway.example import client_of

LOOPBACK = ["127.0.0.1", "127.0.0.1:8000", "127.9.9.9", "localhost", "LOCALHOST:80",
            "app.localhost", "localhost.", "[::1]", "[::1]:8000",
            "[::ffff:127.0.0.1]:1"]  # fmt: skip
ADDRESSES = ["10.0.0.1", "192.168.1.1:8000", "[2001:db8::1]:80", "0.0.0.0"]  # noqa: S104 - as sent
NAMES = ["evil.example.com", "localhost.example.com", "127.0.0.1.example.com", "gateway"]
NONSENSE = ["", ":80", "127.0.0.1:", "[::1", "[::1]x", "127.0.0.1:80:80", "127.0.0.1:٣", "a b",
            "127.0.0.1@evil.example.com", "2130706433", "127.1"]  # fmt: skip


def allowed(hosts: AllowedHosts, headers: list[str]) -> list[str]:
    return [header for header in headers if hosts.allow(header.encode())]


def test_loopback_answers_for_loopback_alone() -> None:
    hosts = AllowedHosts(loopback=True)
    assert allowed(hosts, LOOPBACK) == LOOPBACK
    assert allowed(hosts, ADDRESSES + NAMES) == []


def test_an_address_cannot_be_given_another_one_by_a_name_server() -> None:
    hosts = AllowedHosts(addresses=True)
    assert allowed(hosts, LOOPBACK + ADDRESSES) == LOOPBACK + ADDRESSES
    assert allowed(hosts, NAMES) == []


@pytest.mark.parametrize("hosts", [AllowedHosts(loopback=True), AllowedHosts(addresses=True)])
def test_what_is_no_host_is_not_allowed(hosts: AllowedHosts) -> None:
    assert allowed(hosts, NONSENSE) == ["127.0.0.1:"]  # RFC 3986, 3.2.3: a port may be empty


def test_names_are_allowed_by_name() -> None:
    hosts = AllowedHosts(("Gateway.example.com", ".example.org"))
    good = ["gateway.example.com", "GATEWAY.EXAMPLE.COM:443", "example.org", "a.b.example.org."]
    bad = ["x.gateway.example.com", "example.com", "badexample.org", "127.0.0.1", "localhost"]
    assert allowed(hosts, good) == good
    assert allowed(hosts, bad) == []


async def ok(scope: Scope, receive: Receive, send: Send) -> None:
    del scope, receive
    await send_json(send, 200, b"{}")


async def status(app: HostCheck, host: str, path: str = "/graphql") -> int:
    async with client_of(app) as client:
        return (await client.get(path, headers={"host": host})).status_code


async def test_a_foreign_host_is_told_what_to_do() -> None:
    async with client_of(HostCheck(ok, AllowedHosts(loopback=True))) as client:
        headers = {"host": "evil.example.com\x01:80", "x-request-id": "r1"}
        answer = await client.get("/graphql", headers=headers)
    assert answer.status_code == 421
    assert answer.headers["x-request-id"] == "r1"
    assert answer.json() == {
        "errors": [
            {
                "message": 'This gateway does not answer for the host "evil.example.com?:80": ask '
                "it under its own address, or name the host in GATEWAY_ALLOWED_HOSTS.",
                "extensions": {"code": "HOST_NOT_ALLOWED", "retryable": False},
            }
        ]
    }


async def test_every_request_is_checked_not_only_the_first() -> None:
    app = HostCheck(ok, AllowedHosts(loopback=True))
    hosts = ["127.0.0.1", "evil.example.com", "127.0.0.1", "evil.example.com"]
    assert [await status(app, host) for host in hosts] == [200, 421, 200, 421]


async def test_what_is_remembered_of_hosts_is_bounded() -> None:
    app = HostCheck(ok, AllowedHosts(loopback=True))
    for number in range(400):
        assert await status(app, f"127.0.{number // 250}.{number % 250}") == 200
    assert len(app._good) <= 256


async def test_health_is_told_to_whoever_asks() -> None:
    app = HostCheck(ok, AllowedHosts(loopback=True))
    assert await status(app, "10.0.0.7:8000", "/health/ready") == 200
    assert await status(app, "10.0.0.7:8000", "/healthy") == 421


async def test_a_request_without_a_host_is_refused() -> None:
    sent: list[dict[str, object]] = []

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    async def receive() -> dict[str, object]:
        return {"type": "http.disconnect"}

    scope = {"type": "http", "path": "/graphql", "headers": []}
    await HostCheck(ok, AllowedHosts(loopback=True))(scope, receive, send)  # type: ignore[arg-type] # simpler than ASGI's own
    assert sent[0]["status"] == 400


TOKEN = {"GITLAB_TOKEN": "glpat-secret"}
NAMED = {"GATEWAY_ALLOWED_HOSTS": "gateway.example.com"}


@pytest.mark.parametrize(
    ("environ", "loopback", "good", "bad"),
    [
        ({}, True, "localhost", "gateway.example.com"),
        (NAMED, True, "gateway.example.com", "evil.example.com"),
        ({}, False, "evil.example.com", None),
        (TOKEN, False, "10.0.0.7", "evil.example.com"),
        (TOKEN | NAMED, False, "gateway.example.com", "evil.example.com"),
        (NAMED, False, "127.0.0.1", "evil.example.com"),
        ({"GATEWAY_ALLOWED_HOSTS": "*"}, True, "evil.example.com", None),
    ],
)
async def test_the_default_goes_by_where_it_listens_and_what_strangers_may(
    environ: dict[str, str],
    loopback: bool,  # noqa: FBT001 - given by name
    good: str,
    bad: str | None,
) -> None:
    app = checked_hosts(ok, read_settings(environ), loopback=loopback)
    assert isinstance(app, HostCheck) is (bad is not None)
    if isinstance(app, HostCheck) and bad is not None:
        assert [await status(app, good), await status(app, bad)] == [200, 421]
