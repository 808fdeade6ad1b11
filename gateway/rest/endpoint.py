"""/api/v4: a request is handed to GitLab, and GitLab's answer handed back as it comes."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable
from contextlib import aclosing
from typing import Any, cast

import orjson
from starlette.types import Message, Receive, Scope, Send

from gateway.errors import fault_of
from gateway.http.body import ClientGoneError, read_body
from gateway.http.head import read_credential, read_head
from gateway.http.observation import Observation, Observer, Observing
from gateway.http.refusal import Refusal
from gateway.rest.headers import Header, to_client, to_gitlab
from gateway.rest.refusals import Refused, not_served, unavailable, unexpected, unreadable
from gateway.rest.routes import Passage, passage
from upstream.client import Upstream
from upstream.errors import UpstreamError
from upstream.transports.base import Request, StreamedResponse
from upstream.urls import API

GUIDE_PATH = "/migration"

logger = logging.getLogger("gateway.rest")

_HOST = re.compile(rb"[A-Za-z0-9._\[\]:-]{1,255}")


class RestEndpoint:
    """`find_upstream` gives the way to GitLab. Only the caller's own credential is ever used.

    `observer` is told of each request as it begins and ends.
    """

    def __init__(
        self,
        find_upstream: Callable[[], Upstream],
        *,
        body_bytes: int,
        observer: Observer | None = None,
    ) -> None:
        self._find_upstream = find_upstream
        self._body_bytes = body_bytes
        self._observer = observer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        seen = Observation(read_head(scope))
        if self._observer is None:
            await self._answer(scope, receive, send, seen)
            return
        with Observing(self._observer, seen):
            await self._answer(scope, receive, send, seen)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, seen: Observation) -> None:
        head = seen.head
        answering = _Answering(send, seen)
        try:
            await self._forward(scope, receive, seen, answering)
        except ClientGoneError:
            return
        except Refusal as refusal:
            await answering.refuse(unreadable(refusal))
        except Refused as refused:
            await answering.refuse(refused)
        except UpstreamError as error:
            await answering.refuse(unavailable(error, fault_of(error, acting=_acts(scope))))
        except Exception:
            logger.exception("request %s: unexpected error", head.request_id.decode())
            await answering.refuse(unexpected())

    async def _forward(
        self, scope: Scope, receive: Receive, seen: Observation, answering: _Answering
    ) -> None:
        head = seen.head
        path = _raw_path(scope).removeprefix(API)
        found = passage(scope["method"], path)
        if found is None:
            raise not_served(scope["method"], path)
        seen.route = f"{scope['method']} {found.template}"
        credential = seen.credential = read_credential(head, None)
        body = await read_body(receive, head, self._body_bytes)
        query = scope["query_string"].decode("latin-1")
        request = Request(
            scope["method"],
            f"{path}?{query}" if query else path,
            to_gitlab(scope["headers"]),
            body or (b"" if _acts(scope) else None),
        )
        upstream = self._find_upstream()
        async with upstream.forward(found.template, request, credential) as answer:
            headers = to_client(answer.headers, address_of(scope), _successor(scope, found))
            handing = answering.hand_back(answer, headers, headless=scope["method"] == "HEAD")
            if _acts(scope):
                await handing  # what has been asked for is not given up half-way
            else:
                await _while_somebody_waits(handing, receive)


class _Answering:
    """The way back to the client; once begun, an answer can only be broken off."""

    def __init__(self, send: Send, seen: Observation) -> None:
        self._send = send
        self._seen = seen
        self._request_id = seen.head.request_id
        self._begun = False

    async def hand_back(
        self, answer: StreamedResponse, headers: list[Header], *, headless: bool
    ) -> None:
        if all(name != b"x-request-id" for name, _ in headers):
            headers = [*headers, (b"x-request-id", self._request_id)]
        await self._begin(answer.status, headers)
        size = 0
        if not headless:
            async with aclosing(cast("Any", answer.chunks())) as chunks:
                async for chunk in chunks:
                    size += len(chunk)
                    await self._send(_part(chunk, more=True))
        self._seen.executed = True
        self._seen.answered(answer.status, size)
        await self._send(_part(b"", more=False))

    async def refuse(self, refused: Refused) -> None:
        if self._begun:
            # The missing end tells the client that this is not all; no status can any more.
            raise refused
        body = orjson.dumps({"message": refused.message})
        self._seen.answered(refused.status, len(body))
        length = (b"content-length", b"%d" % len(body))
        fixed = [(b"content-type", b"application/json"), (b"x-request-id", self._request_id)]
        await self._begin(refused.status, [*fixed, length, *refused.headers])
        await self._send(_part(body, more=False))

    async def _begin(self, status: int, headers: list[Header]) -> None:
        self._begun = True
        await self._send({"type": "http.response.start", "status": status, "headers": headers})


async def _while_somebody_waits(handing: Any, receive: Receive) -> None:
    """Hands on what comes until it ends, or the client hangs up."""
    work = asyncio.ensure_future(handing)
    gone = asyncio.ensure_future(_gone(receive))
    try:
        await asyncio.wait((work, gone), return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            raise ClientGoneError
        await work
    finally:
        for task in (work, gone):
            task.cancel()
        await asyncio.gather(work, gone, return_exceptions=True)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _part(body: bytes, *, more: bool) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": more}


def _acts(scope: Scope) -> bool:
    return scope["method"] not in {"GET", "HEAD"}


def _raw_path(scope: Scope) -> str:
    """The path as it came: `group%2Fproject` is one segment of it."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return raw.decode("latin-1")


def address_of(scope: Scope) -> str:
    """scheme://host[:port] by which the client has reached the gateway."""
    host = next((value for name, value in scope["headers"] if name == b"host"), b"")
    if not _HOST.fullmatch(host):
        name, port = scope["server"] or ("localhost", None)
        host = (name if port is None else f"{name}:{port}").encode()
    return f"{scope['scheme']}://{host.decode('latin-1')}"


def _successor(scope: Scope, found: Passage) -> str:
    place = f"#{found.anchor}" if found.anchor else ""
    return f"{address_of(scope)}{GUIDE_PATH}{place}"
