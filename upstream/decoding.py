"""GitLab's answers as payloads, and its errors, in all their shapes, as `upstream.errors`.

An error is `{"message": text}`, `{"message": {field: [text]}}`, `{"error": text}` with or without
`error_description`, plain text from a rate limiter, an HTML page from a proxy, or nothing at all.
Sources: lib/api/helpers.rb, lib/api/api_guard.rb, lib/gitlab/rack_attack.rb of GitLab 18.9.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote, urlsplit

import orjson

from upstream.errors import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidResponse,
    MethodNotAllowed,
    Moved,
    NotFound,
    RateLimited,
    ResponseError,
    ServerError,
    Unauthorized,
    UpstreamError,
)
from upstream.messages import clean, is_html, is_json, message_in
from upstream.waits import asked_wait

REDIRECTS = frozenset({301, 302, 303, 307, 308})

_BY_STATUS: Mapping[int, type[ResponseError]] = {
    400: BadRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    405: MethodNotAllowed,
    406: BadRequest,
    409: Conflict,
    410: NotFound,
    412: Conflict,
    413: BadRequest,
    414: BadRequest,
    415: BadRequest,
    422: BadRequest,
    429: RateLimited,
}

_NOT_FOUND = frozenset({404, 410})
_REQUEST_ID = re.compile(r"[\w.:+/=-]{1,128}", re.ASCII)
_PROJECT = re.compile(r"/api/v4/projects/([^/]+)")


def json_payload(status: int, headers: Mapping[str, str], body: bytes) -> Any:
    """The JSON of an answer that must be JSON; raises InvalidResponse where it is not."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        what = "something else"
        if not body.strip():
            what = "nothing"
        elif is_html(headers, body):
            what = "an HTML page"
        raise InvalidResponse(
            f"GitLab answered {status} with {what} instead of JSON",
            status=status,
            request_id=request_id(headers),
        ) from None


def error_of(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    asked: str = "",
    secret: str | None = None,
) -> UpstreamError:
    """The error for an answer of status 300 and above to a request for the target `asked`.

    `secret` is masked wherever the answer repeats it.
    """
    if status in REDIRECTS:
        return _moved(status, headers, asked)
    if status in _NOT_FOUND and body.strip() and not is_json(body):
        return _elsewhere(status, headers, body)
    if status < HTTPStatus.BAD_REQUEST:
        return InvalidResponse(
            f"GitLab answered {status}, which this route never does",
            status=status,
            request_id=request_id(headers),
        )
    kind = _BY_STATUS.get(status)
    if kind is None:
        kind = ServerError if status >= HTTPStatus.INTERNAL_SERVER_ERROR else ResponseError
    return kind(
        message_in(status, headers, body, secret),
        status=status,
        request_id=request_id(headers),
        retry_after=asked_wait(status, headers),
    )


def request_id(headers: Mapping[str, str]) -> str | None:
    """X-Request-Id, where it is one: it goes into answers and logs."""
    value = headers.get("x-request-id")
    return value if value is not None and _REQUEST_ID.fullmatch(value) else None


def _elsewhere(status: int, headers: Mapping[str, str], body: bytes) -> UpstreamError:
    """A web server that is not GitLab does not say that a job does not exist."""
    what = "an HTML page" if is_html(headers, body) else "something else than JSON"
    return InvalidResponse(
        f"GitLab answered {status} with {what}, which its API never does: GITLAB_URL may lead to "
        "another server, or a proxy on the way puts its own page in place of GitLab's answer",
        status=status,
        request_id=request_id(headers),
    )


def _moved(status: int, headers: Mapping[str, str], asked: str) -> UpstreamError:
    """GitLab redirects a renamed project to its number; a proxy redirects http to https."""
    try:
        project = _PROJECT.search(urlsplit(headers.get("location", "")).path)
    except ValueError:
        project = None
    before = _PROJECT.search(asked)
    if project is not None and (before is None or project[1] != before[1]):
        name = clean(unquote(project[1]))
        message = f"the project was renamed or moved: GitLab redirects to project {name!r}"
        return Moved(message, status=status, request_id=request_id(headers))
    return InvalidResponse(
        "GitLab redirects this request; its address may have changed, or be https, not http",
        status=status,
        request_id=request_id(headers),
    )
