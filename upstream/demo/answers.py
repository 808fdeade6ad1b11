"""Answers of the API, and the errors that end a request early."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

JSON_TYPE = "application/json"
TEXT_TYPE = "text/plain"
FRESH = "max-age=0, private, must-revalidate"


@dataclass(slots=True)
class Answer:
    """Status, bytes and headers (lower-case names). A streamed body has no length."""

    status: int = 200
    body: bytes | Iterable[bytes] = b""
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = JSON_TYPE

    def chunks(self) -> Iterator[bytes]:
        if isinstance(self.body, bytes):
            yield self.body
        else:
            yield from self.body


def json_answer(
    payload: Any, *, status: int = 200, headers: dict[str, str] | None = None
) -> Answer:
    return Answer(status, dump(payload), headers or {})


def dump(payload: Any) -> bytes:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


class ApiError(Exception):
    """An error status; `payload` None is an empty body, text goes out as text/plain."""

    def __init__(self, status: int, payload: Any, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status} {payload!r}")
        self.status = status
        self.payload = payload
        self.headers = headers or {}

    def answer(self) -> Answer:
        headers = {"cache-control": "no-cache", **self.headers}
        if isinstance(self.payload, str):
            return Answer(self.status, self.payload.encode(), headers, TEXT_TYPE)
        return json_answer(self.payload, status=self.status, headers=headers)


def message(status: int, text: Any, headers: dict[str, str] | None = None) -> ApiError:
    return ApiError(status, {"message": text}, headers)


def invalid_parameters(*problems: str) -> ApiError:
    """400 as GitLab's parameter validation words it."""
    return ApiError(400, {"error": ", ".join(problems)})


def bad_request(reason: str) -> ApiError:
    return message(400, f"400 Bad request - {reason}")


def unauthorized() -> ApiError:
    return message(401, "401 Unauthorized")


def forbidden(reason: str | None = None) -> ApiError:
    return message(403, f"403 Forbidden - {reason}" if reason else "403 Forbidden")


def not_found(what: str | None = None) -> ApiError:
    return message(404, f"404 {what} Not Found" if what else "404 Not found")


def no_route() -> ApiError:
    return ApiError(404, {"error": "404 Not Found"})


def keyset_unavailable() -> ApiError:
    return ApiError(
        405, {"error": "Keyset pagination is not yet available for this type of request"}
    )


def server_error() -> ApiError:
    return message(500, "500 Internal Server Error")
