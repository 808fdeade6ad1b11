"""What a client may see of an error: a closed list of codes, and what leads to which.

Exceptions of the layers below are looked up in RULES; whatever is not found there is nobody's
business but the log's. docs/errors.md explains each code.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from resolvers import errors as resolver
from upstream import errors as upstream

MASKED_MESSAGE = "Internal server error."
MAX_MESSAGE = 1000  # characters; GitLab's own texts are short, a proxy's page is not


class ErrorCode(enum.StrEnum):
    """Every value of `extensions.code`."""

    # what GitLab, or the way to it, did
    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    BAD_USER_INPUT = "BAD_USER_INPUT"
    CONFLICT = "CONFLICT"
    RATE_LIMITED = "RATE_LIMITED"
    OVERLOADED = "OVERLOADED"
    UPSTREAM_TIMEOUT = "UPSTREAM_TIMEOUT"
    UPSTREAM_UNAVAILABLE = "UPSTREAM_UNAVAILABLE"
    UPSTREAM_ERROR = "UPSTREAM_ERROR"
    UPSTREAM_INVALID = "UPSTREAM_INVALID"
    # the GraphQL request
    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    OPERATION_RESOLUTION_FAILURE = "OPERATION_RESOLUTION_FAILURE"
    LIMIT_EXCEEDED = "LIMIT_EXCEEDED"
    # the HTTP request
    BAD_REQUEST = "BAD_REQUEST"
    PATH_NOT_FOUND = "PATH_NOT_FOUND"
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED"
    NOT_ACCEPTABLE = "NOT_ACCEPTABLE"
    REQUEST_TOO_LARGE = "REQUEST_TOO_LARGE"
    REQUEST_HEAD_TOO_LARGE = "REQUEST_HEAD_TOO_LARGE"
    REQUEST_TIMEOUT = "REQUEST_TIMEOUT"
    HOST_NOT_ALLOWED = "HOST_NOT_ALLOWED"
    UNSUPPORTED_MEDIA_TYPE = "UNSUPPORTED_MEDIA_TYPE"
    # the gateway itself
    INTERNAL_SERVER_ERROR = "INTERNAL_SERVER_ERROR"


class Retry(enum.Enum):
    """Whether asking again may help."""

    NEVER = enum.auto()
    ALWAYS = enum.auto()  # the answer itself says that nothing was done
    IF_UNDONE = enum.auto()  # reads; an action only where it certainly never reached GitLab


@dataclass(frozen=True, slots=True)
class Rule:
    """`code` may depend on the exception, where one class covers several situations."""

    code: ErrorCode | Callable[[Any], ErrorCode]
    retry: Retry = Retry.NEVER


@dataclass(frozen=True, slots=True)
class Fault:
    """An exception as a client may see it; `limit` is what `Excess.shown` gives."""

    code: ErrorCode
    message: str
    retryable: bool = False
    status: int | None = None
    request_id: str | None = None
    retry_after: float | None = None
    limit: Mapping[str, Any] | None = None

    def extensions(self) -> dict[str, Any]:
        shown: dict[str, Any] = {"code": self.code.value, "retryable": self.retryable}
        if self.status is not None:
            shown["http"] = {"status": self.status}
        if self.request_id:
            shown["requestId"] = self.request_id
        if self.retry_after is not None:
            shown["retryAfter"] = max(0, math.ceil(self.retry_after))
        if self.limit is not None:
            shown["limit"] = dict(self.limit)
        return shown


def _server_error(error: upstream.ServerError) -> ErrorCode:
    """502 to 504 come from what stands before GitLab: it was not reached."""
    unreached = error.status in upstream.UNREACHED
    return ErrorCode.UPSTREAM_UNAVAILABLE if unreached else ErrorCode.UPSTREAM_ERROR


RULES: Mapping[type[Exception], Rule] = MappingProxyType(
    {
        upstream.UpstreamError: Rule(ErrorCode.UPSTREAM_ERROR),
        upstream.InvalidRequest: Rule(ErrorCode.BAD_USER_INPUT),
        upstream.ConnectFailed: Rule(ErrorCode.UPSTREAM_UNAVAILABLE, Retry.IF_UNDONE),
        upstream.TlsFailed: Rule(ErrorCode.UPSTREAM_UNAVAILABLE),
        upstream.Disconnected: Rule(ErrorCode.UPSTREAM_UNAVAILABLE, Retry.IF_UNDONE),
        upstream.UpstreamTimeout: Rule(ErrorCode.UPSTREAM_TIMEOUT, Retry.IF_UNDONE),
        upstream.Overloaded: Rule(ErrorCode.OVERLOADED, Retry.IF_UNDONE),
        upstream.CircuitOpen: Rule(ErrorCode.UPSTREAM_UNAVAILABLE, Retry.IF_UNDONE),
        upstream.InvalidResponse: Rule(ErrorCode.UPSTREAM_INVALID),
        upstream.ResponseTooLarge: Rule(ErrorCode.UPSTREAM_INVALID),
        upstream.ResponseError: Rule(ErrorCode.UPSTREAM_ERROR),
        upstream.Moved: Rule(ErrorCode.NOT_FOUND),
        upstream.BadRequest: Rule(ErrorCode.BAD_USER_INPUT),
        upstream.Unauthorized: Rule(ErrorCode.UNAUTHENTICATED),
        upstream.Forbidden: Rule(ErrorCode.FORBIDDEN),
        upstream.NotFound: Rule(ErrorCode.NOT_FOUND),
        upstream.MethodNotAllowed: Rule(ErrorCode.UPSTREAM_ERROR),
        upstream.Conflict: Rule(ErrorCode.CONFLICT, Retry.ALWAYS),
        upstream.RateLimited: Rule(ErrorCode.RATE_LIMITED, Retry.ALWAYS),
        upstream.ServerError: Rule(_server_error, Retry.IF_UNDONE),
        resolver.ResolverError: Rule(ErrorCode.BAD_USER_INPUT),
        resolver.BadUserInput: Rule(ErrorCode.BAD_USER_INPUT),
    }
)


def rule_for(error: Exception) -> Rule | None:
    """The rule of the nearest class; None means that the error has to be masked."""
    for cls in type(error).__mro__:
        rule = RULES.get(cls)
        if rule is not None:
            return rule
    return None


def fault_of(error: Exception, *, acting: bool) -> Fault | None:
    """What a client may know of `error`; None where it has to be masked.

    `acting`: the call was to change something, so that it must not be suggested to make it again
    unless it certainly had no effect.
    """
    rule = rule_for(error)
    if rule is None:
        return None
    code = rule.code if isinstance(rule.code, ErrorCode) else rule.code(error)
    return Fault(
        code,
        shortened(str(getattr(error, "message", ""))),
        retryable=_is_retryable(rule.retry, error, acting=acting),
        status=getattr(error, "status", None),
        request_id=getattr(error, "request_id", None),
        retry_after=getattr(error, "retry_after", None),
    )


def masked() -> Fault:
    return Fault(ErrorCode.INTERNAL_SERVER_ERROR, MASKED_MESSAGE)


def _is_retryable(retry: Retry, error: Exception, *, acting: bool) -> bool:
    if retry is Retry.IF_UNDONE:
        return not (acting and getattr(error, "may_have_arrived", True))
    return retry is Retry.ALWAYS


def shortened(message: str) -> str:
    return message if len(message) <= MAX_MESSAGE else f"{message[:MAX_MESSAGE]}..."
