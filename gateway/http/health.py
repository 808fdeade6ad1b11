"""Two questions of whoever runs the process: is it alive, and may it be sent requests."""

from __future__ import annotations

from collections.abc import Callable

from starlette.types import Receive, Scope, Send

from gateway.http.refusal import method_not_allowed
from gateway.http.responses import send_json, send_refusal


class Readiness:
    """Ready between the end of start-up and the beginning of shutdown."""

    def __init__(self) -> None:
        self.ready = False
        self.reason = "starting"

    def opened(self) -> None:
        self.ready = True
        self.reason = ""

    def closing(self) -> None:
        self.ready = False
        self.reason = "shutting down"


class Live:
    """/health/live: this answers, so the event loop turns."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del receive
        if await _refused_method(scope, send):
            return
        await send_json(send, 200, b'{"status":"ok"}')


class Ready:
    """/health/ready: 503 says to send requests elsewhere, not to restart.

    `breaker` gives the state of the one before GitLab. It is told and decides nothing: a GitLab
    that is down is down for the other instances, too, and with all of them unready clients would
    get a balancer's page instead of errors with a code, and of what can be served without GitLab.
    """

    def __init__(self, readiness: Readiness, breaker: Callable[[], str]) -> None:
        self._readiness = readiness
        self._breaker = breaker

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del receive
        if await _refused_method(scope, send):
            return
        if self._readiness.ready:
            body = b'{"status":"ok","breaker":"%b"}' % self._breaker().encode()
            await send_json(send, 200, body)
        else:
            body = b'{"status":"unready","reason":"%b"}' % self._readiness.reason.encode()
            await send_json(send, 503, body)


async def _refused_method(scope: Scope, send: Send) -> bool:
    if scope["method"] in {"GET", "HEAD"}:
        return False
    await send_refusal(send, method_not_allowed("Health is asked for by GET.", b"GET, HEAD"))
    return True
