"""Cross-origin requests: which other origins' pages may read our answers.

Tokens travel in headers that a page sets itself, never in cookies, so no `Allow-Credentials` is
ever sent, and a page that is not allowed gains nothing by the requests that it may send anyway.
"""

from __future__ import annotations

import re

from starlette.types import ASGIApp, Message, Receive, Scope, Send

ANY_ORIGIN = "*"
MAX_AGE = b"7200"  # seconds; Chromium's upper limit

# What is sent back must be able to be a header again.
_HEADER_NAMES = re.compile(rb"[A-Za-z0-9!#$%&'*+.^_`|~, -]{0,2048}")

_EXPOSED = b"X-Request-Id, Retry-After"


class Cors:
    """`origins`: as browsers send them ("https://app.example.com"), or "*" for every one."""

    def __init__(self, app: ASGIApp, origins: tuple[str, ...]) -> None:
        self._app = app
        self._any = ANY_ORIGIN in origins
        self._origins = frozenset(origin.encode("latin-1") for origin in origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers: dict[bytes, bytes] = dict(scope["headers"])
        origin = headers.get(b"origin")
        if origin is None:
            await self._app(scope, receive, send)
        elif scope["method"] == "OPTIONS" and b"access-control-request-method" in headers:
            await self._answer_preflight(headers, origin, send)
        else:
            await self._app(scope, receive, self._adding(send, origin))

    def _allowed(self, origin: bytes) -> list[tuple[bytes, bytes]]:
        if self._any:
            return [(b"access-control-allow-origin", b"*")]
        vary = (b"vary", b"Origin")
        if origin not in self._origins:
            return [vary]
        return [(b"access-control-allow-origin", origin), vary]

    async def _answer_preflight(
        self, headers: dict[bytes, bytes], origin: bytes, send: Send
    ) -> None:
        answer = self._allowed(origin)
        if answer[0][0] == b"access-control-allow-origin":
            requested = headers.get(b"access-control-request-headers", b"content-type")
            named = _HEADER_NAMES.fullmatch(requested) is not None
            answer += [
                (b"access-control-allow-methods", b"GET, POST"),
                (b"access-control-allow-headers", requested if named else b"content-type"),
                (b"access-control-max-age", MAX_AGE),
            ]
        await send({"type": "http.response.start", "status": 204, "headers": answer})
        await send({"type": "http.response.body", "body": b""})

    def _adding(self, send: Send, origin: bytes) -> Send:
        extra = [*self._allowed(origin), (b"access-control-expose-headers", _EXPOSED)]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *extra]
            await send(message)

        return send_with_headers
