"""Where requests go, and how they look on the wire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from upstream.errors import InvalidRequest
from upstream.transports.base import Request

_DEFAULT_PORTS = {"http": 80, "https": 443}
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})  # RFC 9110: these say so when they have none


@dataclass(frozen=True, slots=True)
class Origin:
    """`host_line` is the header that names it."""

    host: str
    port: int
    tls: bool
    host_line: str

    @classmethod
    def parse(cls, origin: str) -> Self:
        """From `scheme://host[:port]`; ValueError for anything else."""
        parts = urlsplit(origin)
        host = parts.hostname
        if parts.scheme not in _DEFAULT_PORTS or not host:
            raise ValueError("an origin is http:// or https:// and a host, with or without a port")
        if not host.isascii():
            host = host.encode("idna").decode()
        default = _DEFAULT_PORTS[parts.scheme]
        port = parts.port or default
        named = f"[{host}]" if ":" in host else host
        if port != default:
            named = f"{named}:{port}"
        return cls(host, port, parts.scheme == "https", f"host: {named}")

    def encode(self, request: Request) -> bytes:
        """The request's head; InvalidRequest where a part of it would break out of its line."""
        target, body = request.target, request.body
        lines = [f"{request.method} {target} HTTP/1.1", self.host_line]
        lines += [f"{name}: {value}" for name, value in request.headers]
        if body:
            lines.append(f"content-length: {len(body)}")
        elif body is not None or request.method in _WITH_BODY:
            lines.append("content-length: 0")
        # One look at the whole is cheaper than one at each part: there are as many line ends as
        # were put in, or somebody else has put in more.
        ends = len(lines) + 1
        head = "\r\n".join((*lines, "", ""))
        if head.count("\r") != ends or head.count("\n") != ends or "\0" in head:
            raise InvalidRequest("a header or the address holds a line break or a NUL")
        if " " in target or not target.startswith("/") or not target.isascii():
            raise InvalidRequest("the address is not a percent-encoded path that begins with /")
        try:
            return head.encode("latin-1")
        except UnicodeEncodeError:
            raise InvalidRequest("a header holds characters outside latin-1") from None
