"""One HTTP request by the standard library.

A comparison asks GitLab by other means than the gateway does, so that a mistake in those shows.
"""

from __future__ import annotations

import asyncio
import http.client
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any

MAX_BYTES = 256 * 1024 * 1024


class CannotAsk(Exception):
    """The server could not be reached; the message says why, and holds no URL."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`headers` by names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Way:
    """How a server is reached: `seconds` it may stay silent, by a proxy or none."""

    seconds: float = 30.0
    proxy: str | None = None
    verify: bool = True


async def ask(
    url: str, headers: Mapping[str, str], way: Way, content: bytes | None = None
) -> Answer:
    """A GET, or a POST of `content`; redirects are not followed, since the token would be, too."""
    return await asyncio.to_thread(_ask, url, headers, way, content)


def _ask(url: str, headers: Mapping[str, str], way: Way, content: bytes | None) -> Answer:
    if not url.startswith(("http://", "https://")):
        raise CannotAsk("the address begins with neither http:// nor https://")
    context = ssl.create_default_context()
    if not way.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    proxies = {"http": way.proxy, "https": way.proxy} if way.proxy else {}
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler(proxies),
        urllib.request.HTTPSHandler(context=context),
        _NoRedirects(),
    )
    request = urllib.request.Request(url, content, dict(headers))  # noqa: S310 - checked above
    try:
        with opener.open(request, timeout=way.seconds) as response:
            return _answer(response.status, response)
    except urllib.error.HTTPError as error:
        with error:
            return _answer(error.code, error)
    except urllib.error.URLError as error:
        raise CannotAsk(_reason(error.reason)) from None
    except (http.client.HTTPException, OSError, ValueError) as error:
        raise CannotAsk(_reason(error)) from None


def _answer(status: int, response: Any) -> Answer:
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(status, headers, response.read(MAX_BYTES))


def _reason(error: object) -> str:
    """What the system says of it; other texts may repeat the URL."""
    if isinstance(error, TimeoutError):
        return "it did not answer in time"
    if isinstance(error, ssl.SSLError):
        return error.reason or "TLS failed"
    strerror = getattr(error, "strerror", None)
    return strerror if isinstance(strerror, str) else type(error).__name__


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> None:
        """None, which has the redirect come out as the answer that it is."""
