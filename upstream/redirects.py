"""Where a redirect leads, and what may be taken along: never the credential to another place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from upstream.errors import InvalidResponse

_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]")
_AS_IT_IS = "/%:@!$&'()*+,;=~?-._"  # what may stand in a path and a query unencoded


@dataclass(frozen=True, slots=True)
class Place:
    """An address without its fragment; `origin` is normalised, so that it can be compared."""

    origin: str
    target: str

    @property
    def url(self) -> str:
        return self.origin + self.target


def place_of(url: str) -> Place:
    """Raises InvalidResponse for what is no address that a redirect may lead to."""
    try:
        parts = urlsplit(url)
        origin = _origin(parts)
    except ValueError:
        raise _refused("to something that is no address") from None
    target = quote(parts.path or "/", safe=_AS_IT_IS)
    if parts.query:
        target += "?" + quote(parts.query, safe=_AS_IT_IS)
    return Place(origin, target)


def follow(here: Place, location: str) -> Place:
    """The place that `location`, read at `here`, leads to."""
    try:
        there = place_of(urljoin(here.url, location))
    except ValueError:  # urljoin's, for half an IPv6 address
        raise _refused("to something that is no address") from None
    if here.origin.startswith("https:") and there.origin.startswith("http:"):
        raise _refused("from https to http")
    return there


def _origin(parts: SplitResult) -> str:
    if parts.scheme not in _DEFAULT_PORTS:
        raise _refused("to something other than http and https")
    if "@" in parts.netloc:
        raise _refused("to an address with a user name")
    host = parts.netloc[: parts.netloc.rindex("]") + 1] if "[" in parts.netloc else parts.hostname
    if not host or not _HOST.fullmatch(host):
        raise _refused("to something that is no address")
    port = parts.port
    suffix = "" if port is None or port == _DEFAULT_PORTS[parts.scheme] else f":{port}"
    return f"{parts.scheme}://{host.lower()}{suffix}"


def _refused(where: str) -> InvalidResponse:
    return InvalidResponse(
        f"GitLab redirects {where}; such a redirect is not followed", status=HTTPStatus.FOUND
    )
