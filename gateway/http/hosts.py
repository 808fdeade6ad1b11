"""Which names the gateway answers to, against DNS rebinding.

A page from anywhere can have its own name resolve to 127.0.0.1, or to an address of the visitor's
network, and then speaks to what listens there as its own origin: no browser's rule holds it back.
Only the Host header still tells the name that the page came under.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable

from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.errors import ErrorCode
from gateway.http.head import read_head
from gateway.http.refusal import Refusal, bad_request
from gateway.http.responses import send_refusal

ANY_HOST = "*"
SETTING = "GATEWAY_ALLOWED_HOSTS"

_REMEMBERED = 256  # Host headers that were found good
_MAX_SHOWN = 100


class AllowedHosts:
    """What a Host header may say.

    `names`: "gateway.example.com" for one host, ".example.com" for it and all below it. `loopback`
    adds what leads to this machine only, `addresses` every IP address: a page that came under an
    address has not been given another one by a name server.
    """

    def __init__(
        self, names: tuple[str, ...] = (), *, loopback: bool = False, addresses: bool = False
    ) -> None:
        self._names = frozenset(name.lower() for name in names if not name.startswith("."))
        self._domains = tuple(name.lower() for name in names if name.startswith("."))
        self._loopback = loopback
        self._addresses = addresses

    def allow(self, header: bytes) -> bool:
        host = _host_of(header)
        if host is None:
            return False
        if host in self._names or any(f".{host}".endswith(domain) for domain in self._domains):
            return True
        address = _address(host)
        if address is None:
            named = host == "localhost" or host.endswith(".localhost")
            return named and (self._loopback or self._addresses)
        return self._addresses or (self._loopback and address.is_loopback)


class HostCheck:
    """Refuses requests for hosts that are not ours.

    Health is exempt: who asks for it takes whatever address it has, and learns nothing.
    """

    def __init__(self, app: ASGIApp, allowed: AllowedHosts) -> None:
        self._app = app
        self._allowed = allowed
        self._good: set[bytes] = set()

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] == "lifespan":
            return self._app(scope, receive, send)
        host = None
        for name, value in scope["headers"]:
            if name == b"host":
                host = value
                break
        if host in self._good or scope["path"].startswith("/health/"):
            return self._app(scope, receive, send)
        return self._check(host, scope, receive, send)

    async def _check(self, host: bytes | None, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(host)
        if refusal is not None:
            await send_refusal(send, refusal, request_id=read_head(scope).request_id)
            return
        if host is not None and len(self._good) < _REMEMBERED:
            self._good.add(host)
        await self._app(scope, receive, send)

    def _refusal(self, host: bytes | None) -> Refusal | None:
        if host is None:
            return bad_request("The request has no Host header.")
        if self._allowed.allow(host):
            return None
        return Refusal(
            421,
            ErrorCode.HOST_NOT_ALLOWED,
            f"This gateway does not answer for the host {_shown(host)}: ask it under its own "
            f"address, or name the host in {SETTING}.",
        )


def _host_of(header: bytes) -> str | None:
    """The host without its port; None where it is none."""
    text = header.decode("latin-1").strip().lower()
    if text.startswith("["):
        host, bracket, port = text[1:].partition("]")
        well_formed = bool(bracket) and (not port or port.startswith(":"))
        port = port[1:]
    else:
        host, _, port = text.partition(":")
        well_formed = True
    if not well_formed or (port and not (port.isascii() and port.isdigit())):
        return None
    return host.removesuffix(".") or None


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _shown(host: bytes) -> str:
    text = host[:_MAX_SHOWN].decode("latin-1")
    return '"' + "".join(each if each.isprintable() else "?" for each in text) + '"'
