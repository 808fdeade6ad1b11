"""What an endpoint promises of its answer: an object, or a list of objects."""

from __future__ import annotations

from typing import Any

from upstream.client import Answer
from upstream.errors import InvalidResponse


def one(answer: Answer) -> dict[str, Any]:
    """The object that a route of one thing answers with."""
    if isinstance(answer.payload, dict):
        return answer.payload
    raise _unexpected(answer, "an object")


def many(answer: Answer) -> list[dict[str, Any]]:
    """The objects that a route of many things answers with."""
    payload = answer.payload
    if isinstance(payload, list) and all(isinstance(item, dict) for item in payload):
        return payload
    raise _unexpected(answer, "a list of objects")


def _unexpected(answer: Answer, wanted: str) -> InvalidResponse:
    return InvalidResponse(
        f"GitLab answered {answer.status} with other JSON than {wanted}",
        status=answer.status,
        request_id=answer.headers.get("x-request-id"),
    )
