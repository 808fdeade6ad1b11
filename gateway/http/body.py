"""A request's body, whole and bounded."""

from __future__ import annotations

from starlette.types import Receive

from gateway.errors import ErrorCode
from gateway.http.head import Head
from gateway.http.refusal import Refusal
from gateway.limits.excess import Excess

# A client that is still sending when its connection closes sees a reset instead of our answer, so
# what comes after the limit is read and dropped, up to this many bytes.
MAX_DROPPED = 8 * 1024 * 1024


class ClientGoneError(Exception):
    """The client hung up before its request was complete: nobody is left to answer."""


async def read_body(receive: Receive, head: Head, limit: int) -> bytes:
    """What counts is what arrives; Content-Length only spares the sending of too much."""
    if head.get(b"expect") is not None and _declared(head) > limit:
        # The client waits for a word from us before it sends the body.
        raise _too_large(limit, _declared(head))
    message = await receive()
    body: bytes = message.get("body", b"")
    if message["type"] == "http.request" and not message.get("more_body", False):
        if len(body) > limit:
            raise _too_large(limit, len(body))
        return body
    if message["type"] == "http.disconnect":
        raise ClientGoneError
    return await _read_rest(receive, bytearray(body), limit)


async def _read_rest(receive: Receive, body: bytearray, limit: int) -> bytes:
    total = len(body)
    more = True
    while more and total <= limit + MAX_DROPPED:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        chunk = message.get("body", b"")
        more = message.get("more_body", False)
        total += len(chunk)
        if total <= limit:
            body += chunk
        else:
            body.clear()
    if total > limit:
        raise _too_large(limit, 0 if more else total)
    return bytes(body)


def _declared(head: Head) -> int:
    length = head.get(b"content-length") or b""
    return int(length) if length.isdigit() else 0


def _too_large(limit: int, found: int = 0) -> Refusal:
    excess = Excess(
        "body bytes",
        "The request's body is larger than {allowed} bytes",
        max(found, limit + 1),
        limit,
        "GATEWAY_BODY_BYTES",
        at_least=not found,
    )
    fault = excess.fault(ErrorCode.REQUEST_TOO_LARGE)
    return Refusal.of(413, fault, headers=((b"connection", b"close"),))
