"""What the gateway itself answers on a REST route, in the form of GitLab's own errors."""

from __future__ import annotations

from gateway.errors import Fault
from gateway.http.refusal import Headers, Refusal
from gateway.rest.routes import methods_of
from upstream.errors import Overloaded, UpstreamError, UpstreamTimeout


class Refused(Exception):
    def __init__(self, status: int, message: str, headers: Headers = ()) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers


def not_served(method: str, path: str) -> Refused:
    methods = methods_of(path)
    if methods:
        allowed = ", ".join(methods)
        return Refused(
            405,
            f"405 Method Not Allowed: the gateway serves this route by {allowed}, not {method}",
            ((b"allow", allowed.encode()),),
        )
    return Refused(
        404,
        "404 Not Found: the gateway hands on the routes of jobs, their pipelines, bridges, commits "
        "and artifacts only; ask GitLab itself for anything else",
    )


def unreadable(refusal: Refusal) -> Refused:
    return Refused(refusal.status, refusal.fault.message, refusal.headers)


def unavailable(error: UpstreamError, fault: Fault | None) -> Refused:
    """No answer of GitLab's to hand on."""
    message = fault.message if fault is not None else error.message
    if isinstance(error, Overloaded):
        seconds = str(max(1, round(error.retry_after))).encode()
        return Refused(503, f"503 Service Unavailable: {message}", ((b"retry-after", seconds),))
    if isinstance(error, UpstreamTimeout):
        return Refused(504, f"504 Gateway Timeout: {message}")
    return Refused(502, f"502 Bad Gateway: {message}")


def unexpected() -> Refused:
    return Refused(500, "500 Internal Server Error")
