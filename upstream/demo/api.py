"""The REST API as an ASGI application."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from upstream.demo.answers import FRESH, Answer, ApiError, dump, no_route
from upstream.demo.auth import Caller, Presented, Tokens
from upstream.demo.limits import RateLimit
from upstream.demo.params import parse_body, parse_query
from upstream.demo.routes import actions, artifacts, commits, instance, job_token, jobs, pipelines
from upstream.demo.routing import Context, Login, Match, Route, Router
from upstream.demo.world import World

PREFIX = "/api/v4"
OLD_PREFIX = "/api/v3"

ROUTES: tuple[Route, ...] = (
    *jobs.ROUTES,
    *actions.ROUTES,
    *artifacts.ROUTES,
    *pipelines.ROUTES,
    *commits.ROUTES,
    *job_token.ROUTES,
    *instance.ROUTES,
)
_GONE = {"error": "API V3 is no longer supported. Use API V4 instead."}


def raw_path(scope: Scope) -> str:
    """The path as it came over the wire, without the prefix that the application is mounted at."""
    raw = scope.get("raw_path") or scope["path"].encode()
    path = bytes(raw).split(b"?", 1)[0].decode("latin-1")
    return path.removeprefix(scope.get("root_path", ""))


@dataclass(slots=True)
class Api:
    """Brings the world up to date, then answers.

    `base_url` begins all web addresses; the links of pages use `link_origin` where it is set,
    else the host that the request named.
    """

    world: World
    tokens: Tokens
    now: Callable[[], float]
    base_url: str
    link_origin: str | None
    router: Router
    rate_limit: RateLimit
    served: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        body = await request.body()
        began = self.now()
        self.world.timeline.run_until(began)
        self.served += 1
        caller, answer = self._answer(request, body)
        headers = {
            "content-type": answer.content_type,
            "vary": "Origin",
            "x-content-type-options": "nosniff",
            "x-frame-options": "SAMEORIGIN",
            "x-gitlab-meta": dump({"correlation_id": self._request_id(), "version": "1"}).decode(),
            "x-request-id": self._request_id(),
            "x-runtime": f"{self.now() - began:.6f}",
            **self.rate_limit.headers(caller.user.username if caller.user else None, began),
            **answer.headers,
        }
        await _send(answer, headers, request, send)

    def _request_id(self) -> str:
        return f"01DEMO{self.served:020d}"

    def _answer(self, request: Request, body: bytes) -> tuple[Caller, Answer]:
        caller = Caller()
        path = raw_path(request.scope)
        try:
            route, arguments = self._route(request.method, path)
            query = parse_query(request.url.query)
            params = {**query, **parse_body(request.headers.get("content-type", ""), body)}
            caller = self._identify(request, params, route)
            context = Context(
                self.world,
                self.base_url,
                caller,
                request.method,
                {**params, **arguments},
                self._origin(request) + request.scope.get("root_path", "") + path,
                request.url.query,
            )
            return caller, _validated(route.handler(context), request)
        except ApiError as error:
            return caller, error.answer()

    def _route(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        if path.startswith(OLD_PREFIX):
            raise ApiError(410, _GONE)
        if not path.startswith(PREFIX + "/"):
            raise no_route()
        match: Match = self.router.match(method, path.removeprefix(PREFIX))
        if match.route is not None:
            return match.route, match.arguments
        if match.allowed:
            raise ApiError(405, {"error": "405 Not Allowed"}, {"allow": ", ".join(match.allowed)})
        raise no_route()

    def _identify(self, request: Request, params: dict[str, Any], route: Route) -> Caller:
        reads = request.method in ("GET", "HEAD")
        caller = self.tokens.identify(
            Presented.read(request.headers, params), reads=reads, job_allowed=route.job_token
        )
        must = route.login is Login.ALWAYS or (route.login is Login.WRITES and not reads)
        if must:
            caller.require_user()
        return caller

    def _origin(self, request: Request) -> str:
        return self.link_origin or f"{request.url.scheme}://{request.headers.get('host', '')}"


def _validated(answer: Answer, request: Request) -> Answer:
    """Add the entity tag; where the caller has this very answer already, 304."""
    if answer.status != 200 or not isinstance(answer.body, bytes):  # noqa: PLR2004 - HTTP's OK
        answer.headers.setdefault("cache-control", FRESH)
        return answer
    digest = hashlib.md5(answer.body, usedforsecurity=False).hexdigest()
    tag = f'W/"{digest}"'
    headers = {**answer.headers, "etag": tag, "cache-control": FRESH}
    known = [one.strip() for one in request.headers.get("if-none-match", "").split(",")]
    if request.method == "GET" and (tag in known or tag.removeprefix("W/") in known):
        return Answer(304, b"", headers, answer.content_type)
    return Answer(answer.status, answer.body, headers, answer.content_type)


async def _send(answer: Answer, headers: dict[str, str], request: Request, send: Send) -> None:
    if isinstance(answer.body, bytes) and answer.status not in (204, 304):
        headers["content-length"] = str(len(answer.body))
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    if request.method != "HEAD":
        for chunk in answer.chunks():
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
