"""What a fault does to a request. Each effect is a small value; `play` is its whole behaviour."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from upstream.demo.answers import JSON_TYPE, dump, keyset_unavailable
from upstream.demo.exchange import Exchange, Recorded

HTML_TYPE = "text/html"
_KEYSET = frozenset({"pagination", "cursor", "order_by", "sort"})


class Effect(Protocol):
    async def play(self, exchange: Exchange) -> None:
        """Take the request over; `exchange.proceed()` hands it to GitLab."""
        ...


@dataclass(frozen=True, slots=True)
class Delay:
    """Let real seconds pass before GitLab sees the request."""

    seconds: float

    async def play(self, exchange: Exchange) -> None:
        await asyncio.sleep(self.seconds)
        await exchange.proceed()


@dataclass(frozen=True, slots=True, eq=False)
class Hold:
    """Say nothing until `release` is set, or the client has gone; `arrived` tells of the request.

    For tests that want a call in flight without waiting by the clock.
    """

    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    release: asyncio.Event = field(default_factory=asyncio.Event)
    client_gone: asyncio.Event = field(default_factory=asyncio.Event)

    async def play(self, exchange: Exchange) -> None:
        recorded = await exchange.record()  # reads the body, so that only the end can come next
        self.arrived.set()
        gone = asyncio.ensure_future(exchange.gone())
        released = asyncio.ensure_future(self.release.wait())
        try:
            await asyncio.wait((gone, released), return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.cancel()
            released.cancel()
        if self.release.is_set():
            await exchange.respond(recorded)
        else:
            self.client_gone.set()


@dataclass(frozen=True, slots=True)
class Silence:
    """Never say anything, `before` or `after` GitLab has acted, until the client has gone."""

    when: Literal["before", "after"] = "before"

    async def play(self, exchange: Exchange) -> None:
        if self.when == "after":
            await exchange.record()
        await exchange.gone()


@dataclass(frozen=True, slots=True)
class Respond:
    """Answer in GitLab's place; GitLab never sees the request."""

    status: int
    body: bytes = b""
    content_type: str = JSON_TYPE
    headers: tuple[tuple[str, str], ...] = ()

    async def play(self, exchange: Exchange) -> None:
        headers = [(name.encode(), value.encode()) for name, value in self.headers]
        headers.append((b"content-type", self.content_type.encode()))
        await exchange.respond(Recorded(self.status, headers, self.body))


def rate_limited(retry_after: int = 60, *, text: bool = False) -> Respond:
    """429 as GitLab's application words it, or as `text` from the throttle before it."""
    headers = (("retry-after", str(retry_after)),)
    if text:
        return Respond(429, b"Retry later\n", "text/plain", headers)
    sentence = "This endpoint has been requested too many times. Try again later."
    return Respond(429, dump({"message": {"error": sentence}}), headers=headers)


def server_error(status: int = 500) -> Respond:
    return Respond(status, dump({"message": f"{status} Internal Server Error"}))


def bad_gateway(status: int = 502) -> Respond:
    """An HTML page from the proxy before GitLab."""
    page = f"<!DOCTYPE html><html><body><h1>{status}: GitLab is not responding</h1></body></html>"
    return Respond(status, page.encode(), HTML_TYPE)


def html(status: int = 200) -> Respond:
    """A page from a web server that is not GitLab, or from a proxy that wants a login first."""
    page = f"<!DOCTYPE html><html><head><title>{status} Web server</title></head></html>"
    return Respond(status, page.encode(), HTML_TYPE)


def broken_error(status: int = 500) -> Respond:
    """An error whose JSON breaks off, though its length says that it is whole."""
    return Respond(status, b'{"message":"')


def gzip_bomb(mebibytes: int = 64) -> Respond:
    """JSON of that size, of which a thousandth goes over the wire."""
    pack = zlib.compressobj(wbits=16 + zlib.MAX_WBITS)
    parts = [pack.compress(b"[")]
    parts += [pack.compress(b" " * 2**20) for _ in range(mebibytes)]
    packed = b"".join([*parts, pack.compress(b"]"), pack.flush()])
    return Respond(200, packed, headers=(("content-encoding", "gzip"),))


def redirect(location: str, status: int = 302) -> Respond:
    return Respond(status, b"", "text/plain", (("location", location),))


@dataclass(frozen=True, slots=True)
class Cut:
    """End the connection without an answer, `before` or `after` GitLab has acted."""

    when: Literal["before", "after"] = "before"
    reset: bool = False

    async def play(self, exchange: Exchange) -> None:
        if self.when == "after":
            await exchange.record()
        await exchange.cut(reset=self.reset)


@dataclass(frozen=True, slots=True)
class HalfBody:
    """Promise the whole answer, send `share` of it, and end the connection."""

    share: float = 0.5

    async def play(self, exchange: Exchange) -> None:
        recorded = await exchange.record()
        await exchange.start(recorded.status, recorded.headers)
        await exchange.write(recorded.body[: int(len(recorded.body) * self.share)])
        await exchange.cut()


@dataclass(frozen=True, slots=True)
class Drip:
    """Send the answer in pieces of `size` bytes with real `seconds` between them."""

    size: int
    seconds: float

    async def play(self, exchange: Exchange) -> None:
        recorded = await exchange.record()
        await exchange.start(recorded.status, recorded.headers)
        for begin in range(0, len(recorded.body), self.size):
            await exchange.write(recorded.body[begin : begin + self.size])
            await asyncio.sleep(self.seconds)
        await exchange.write(b"", last=True)


@dataclass(frozen=True, slots=True)
class Endless:
    """Send `chunk` again and again until the client goes away; only over a real connection.

    Real `seconds` pass between two of them.
    """

    first: bytes = b"["
    chunk: bytes = b"{}," * 4096
    content_type: str = JSON_TYPE
    seconds: float = 0.0

    async def play(self, exchange: Exchange) -> None:
        await exchange.start(200, [(b"content-type", self.content_type.encode())])
        await exchange.write(self.first)
        gone = asyncio.ensure_future(exchange.gone())
        try:
            while not gone.done():
                await exchange.write(self.chunk)
                # Without a pause, too, for a client that has gone makes write return at once.
                await asyncio.sleep(self.seconds)
        finally:
            gone.cancel()


@dataclass(frozen=True, slots=True)
class RewriteBytes:
    """GitLab's own answer with another body."""

    change: Callable[[bytes], bytes]

    async def play(self, exchange: Exchange) -> None:
        recorded = await exchange.record()
        recorded.body = self.change(recorded.body)
        await exchange.respond(recorded)


def rewrite(change: Callable[[Any], Any]) -> RewriteBytes:
    """GitLab's own answer with its JSON changed: wrong types, missing or unknown keys."""
    return RewriteBytes(lambda body: dump(change(json.loads(body))))


def invalid_json() -> RewriteBytes:
    """An answer that breaks off, though its length says that it is whole."""
    return RewriteBytes(lambda body: body[: len(body) // 2])


def wrong_types() -> RewriteBytes:
    """Numbers become text, text becomes numbers, objects become lists and lists objects."""
    return rewrite(_scramble)


@dataclass(frozen=True, slots=True)
class WithoutKeyset:
    """GitLab before 15.9: it knows pages by offset only, and does not look at what asks for more.

    `refused`: it answers 405 instead.
    """

    refused: bool = False

    async def play(self, exchange: Exchange) -> None:
        query = exchange.scope["query_string"].decode("latin-1").split("&")
        kept = [pair for pair in query if pair.partition("=")[0] not in _KEYSET]
        if self.refused and len(kept) < len(query):
            refusal = keyset_unavailable()
            await Respond(refusal.status, dump(refusal.payload)).play(exchange)
            return
        exchange.scope["query_string"] = "&".join(kept).encode("latin-1")
        await exchange.proceed()


def _scramble(value: Any) -> Any:
    if isinstance(value, list):
        return [_scramble(one) for one in value]
    return {key: _swap(one) for key, one in value.items()}


def _swap(value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return "neither"
    if isinstance(value, int | float):
        return f"{value}"
    if isinstance(value, str):
        return len(value)
    return [] if isinstance(value, dict) else {}
