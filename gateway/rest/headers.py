"""Which headers go to GitLab, and which come back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from upstream.urls import API

Header = tuple[bytes, bytes]

# What a REST client may tell GitLab. Not the cookies of whoever else lives on the gateway's host,
# and nothing that speaks of the connection.
_TO_GITLAB = frozenset(
    {
        b"accept",
        b"accept-language",
        b"authorization",
        b"content-type",
        b"if-modified-since",
        b"if-none-match",
        b"if-range",
        b"job-token",
        b"private-token",
        b"range",
        b"sudo",
        b"user-agent",
        b"x-request-id",
    }
)
# The body is unpacked on its way, and the connection is another one; the rest speaks of GitLab's
# host, which the gateway's is not.
_NOT_BACK = frozenset(
    {
        "alt-svc",
        "connection",
        "content-encoding",
        "keep-alive",
        "nel",
        "proxy-authenticate",
        "report-to",
        "set-cookie",
        "strict-transport-security",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
_LINKED = re.compile(r"<([^<>]*)>")


def to_gitlab(headers: Iterable[Header]) -> tuple[tuple[str, str], ...]:
    given = [(name, value) for name, value in headers if name in _TO_GITLAB]
    sent = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in given]
    # A part of a packed body would be a part of nothing.
    partial = any(name == b"range" for name, _ in given)
    return (*sent, ("accept-encoding", "identity" if partial else "gzip"))


def to_client(headers: Mapping[str, str], address: str, successor: str) -> list[Header]:
    """GitLab's headers, with links into its API led through the gateway at `address`.

    `successor` is where the equivalent operation is described.
    """
    packed = headers.get("content-encoding", "identity").strip().lower() not in ("", "identity")
    links = [f'<{successor}>; rel="successor-version"']
    back: list[Header] = []
    for name, value in headers.items():
        if name in _NOT_BACK or (packed and name == "content-length"):
            continue
        if name == "link":
            links.insert(0, _LINKED.sub(lambda link: f"<{_led(link[1], address)}>", value))
        else:
            shown = _led(value, address) if name == "location" else value
            back.append((name.encode("latin-1"), shown.encode("latin-1")))
    back.append((b"link", ", ".join(links).encode("latin-1")))
    return back


def _led(url: str, address: str) -> str:
    """The same place behind the gateway, where it lies in GitLab's API; else the place itself.

    GitLab names itself by the address that its users know, which need not be the one that the
    gateway calls it by.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    _, found, rest = parts.path.partition(f"{API}/")
    if not found:
        return url
    query = f"?{parts.query}" if parts.query else ""
    return f"{address}{API}/{rest}{query}"
