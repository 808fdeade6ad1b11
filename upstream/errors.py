"""What GitLab, or the way to it, did.

    UpstreamError
    ├── InvalidRequest          refused here, before anything was sent
    ├── ConnectFailed           no connection: name not found, refused; nothing was sent
    │   └── TlsFailed           no TLS, or a certificate that is not accepted
    ├── Disconnected            the connection broke after sending began; it may have arrived
    ├── UpstreamTimeout         connect, pool, write or read took too long
    ├── Overloaded              this process has too many calls in flight; nothing was sent
    ├── CircuitOpen             GitLab has been failing, so it is left alone; nothing was sent
    ├── InvalidResponse         an answer that is not what the route promises
    │   └── ResponseTooLarge    more bytes than the limit
    └── ResponseError           GitLab answered with an error status
        ├── Moved               3xx: the project was renamed or moved
        ├── BadRequest          400, 422
        ├── Unauthorized        401
        ├── Forbidden           403
        ├── NotFound            404, 410
        ├── MethodNotAllowed    405
        ├── Conflict            409, 412
        ├── RateLimited         429
        └── ServerError         5xx

No message holds a token, a header, or a URL with its query.
"""

from __future__ import annotations

from typing import Literal

# From a proxy that did not reach GitLab, or from GitLab on its way up or down.
UNREACHED = frozenset({502, 503, 504})

# "total" is the whole of a call, from its first byte out to its last byte in.
Phase = Literal["connect", "pool", "write", "read", "total"]


class UpstreamError(Exception):
    """Base of the tree.

    `may_have_arrived` is true unless it is certain that GitLab never saw the request; a
    mutation may be sent again only where it is false.
    """

    may_have_arrived = False

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidRequest(UpstreamError):
    """A project, id or sha that must not be put into a URL."""


class ConnectFailed(UpstreamError):
    """No connection to GitLab came about; nothing was sent."""


class TlsFailed(ConnectFailed):
    """GitLab's certificate, or its TLS, is not accepted; asking again does not help."""


class Disconnected(UpstreamError):
    """The connection broke; `sent` false says that it did so before the first byte went out."""

    def __init__(self, message: str, *, sent: bool = True) -> None:
        super().__init__(message)
        self.may_have_arrived = sent


class UpstreamTimeout(UpstreamError):
    """GitLab did not answer in time; `phase` says what was waited for, `seconds` how long."""

    def __init__(self, message: str, *, phase: Phase, seconds: float) -> None:
        super().__init__(message)
        self.phase = phase
        self.seconds = seconds
        self.may_have_arrived = phase not in ("connect", "pool")


class Overloaded(UpstreamError):
    """Too many calls are in flight or waiting already; nothing was sent."""

    def __init__(self, message: str, *, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class CircuitOpen(UpstreamError):
    """GitLab has been failing; until `retry_after` seconds have passed nothing is sent."""

    def __init__(self, message: str, *, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class InvalidResponse(UpstreamError):
    """GitLab, or a proxy before it, answered with something that the route does not promise."""

    may_have_arrived = True

    def __init__(
        self, message: str, *, status: int | None = None, request_id: str | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.request_id = request_id


class ResponseTooLarge(InvalidResponse):
    """The answer has more bytes than the limit allows."""


class ResponseError(UpstreamError):
    """GitLab answered with an error status.

    `message` is GitLab's own text, `request_id` its X-Request-Id, `retry_after` seconds.
    """

    may_have_arrived = True

    def __init__(
        self,
        message: str,
        *,
        status: int,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.request_id = request_id
        self.retry_after = retry_after


class Moved(ResponseError):
    """A redirect on a route that is not followed: the project was renamed or moved."""


class BadRequest(ResponseError):
    """400 or 422: GitLab did not accept a parameter, or refused the action."""


class Unauthorized(ResponseError):
    """401: no credential, or one that GitLab does not know, has revoked or let expire."""


class Forbidden(ResponseError):
    """403: the credential is known and may not do this, or the job does not allow it."""


class NotFound(ResponseError):
    """404 or 410: no such thing, or one that this credential may not see."""


class MethodNotAllowed(ResponseError):
    """405: GitLab does not offer this kind of request here."""


class Conflict(ResponseError):
    """409 or 412: the thing is in a state, or being worked on, that rules this out now."""


class RateLimited(ResponseError):
    """429: too many requests; `retry_after` says when GitLab listens again."""


class ServerError(ResponseError):
    """5xx from GitLab or a proxy before it."""


def is_unreachable(error: BaseException) -> bool:
    """Whether GitLab could not be reached, or gave no answer in time."""
    if isinstance(error, UpstreamTimeout):
        return error.phase != "pool"  # there it was this process that had no place for the call
    if isinstance(error, ServerError):
        return error.status in UNREACHED
    return isinstance(error, ConnectFailed | Disconnected | CircuitOpen)
