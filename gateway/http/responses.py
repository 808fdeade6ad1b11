"""JSON answers over ASGI."""

from __future__ import annotations

import orjson
from starlette.types import Send

from gateway.errors import Fault
from gateway.execution.encoding import Body, size_of
from gateway.http.refusal import Headers, Refusal

JSON = b"application/json; charset=utf-8"

# Answers belong to one caller's credential; nothing between us and the caller may keep them.
_FIXED: Headers = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"vary", b"Accept, Authorization, Private-Token, Job-Token"),
)


async def send_json(
    send: Send,
    status: int,
    body: Body,
    *,
    media_type: bytes = JSON,
    request_id: bytes = b"",
    headers: Headers = (),
) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": (
                (b"content-type", media_type),
                (b"content-length", b"%d" % size_of(body)),
                *(((b"x-request-id", request_id),) if request_id else ()),
                *_FIXED,
                *headers,
            ),
        }
    )
    if isinstance(body, bytes):
        await send({"type": "http.response.body", "body": body})
        return
    for index, piece in enumerate(body, 1):
        more = index < len(body)
        await send({"type": "http.response.body", "body": piece, "more_body": more})


async def send_refusal(send: Send, refusal: Refusal, *, request_id: bytes = b"") -> None:
    await send_json(
        send,
        refusal.status,
        error_body(refusal.fault),
        request_id=request_id,
        headers=refusal.headers,
    )


def error_body(fault: Fault) -> bytes:
    error = {"message": fault.message, "extensions": fault.extensions()}
    return orjson.dumps({"errors": [error]})
