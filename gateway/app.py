"""Where the parts are joined: settings, upstream, schema, engine and HTTP."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus

import strawberry
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import BaseRoute, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.errors import ErrorCode
from gateway.execution.compiled.engine import CompiledEngine
from gateway.execution.documents import Documents
from gateway.execution.engine import Engine
from gateway.execution.sharing import Sharing
from gateway.execution.stock import StockEngine
from gateway.http.cors import Cors
from gateway.http.graphiql import graphiql_response, graphiql_routes
from gateway.http.graphql import GraphQLEndpoint
from gateway.http.head import read_head
from gateway.http.health import Live, Readiness, Ready
from gateway.http.hosts import ANY_HOST, AllowedHosts, HostCheck
from gateway.http.refusal import Refusal, method_not_allowed
from gateway.http.responses import send_refusal
from gateway.rest.endpoint import GUIDE_PATH, RestEndpoint
from gateway.rest.guide import guide
from gateway.settings import Settings
from gateway.telemetry.telemetry import Telemetry
from resolvers.context import RequestContext
from resolvers.mutations.once import Actions
from resolvers.room import Room
from schema import build_schema
from upstream.client import Upstream
from upstream.credentials import Credential
from upstream.events import Hook, no_hook
from upstream.transports.lean import LeanTransport
from upstream.urls import API

GRAPHQL_PATH = "/graphql"

logger = logging.getLogger("gateway")


class Gateway:
    """The ASGI application.

    An `Upstream` that is handed in stays its owner's to close; otherwise one is opened and closed
    with the lifespan. `sharing` counts the queries that were spared an execution; `telemetry` is
    told of every operation and call.
    """

    def __init__(
        self,
        settings: Settings,
        schema: strawberry.Schema,
        upstream: Upstream | None = None,
        telemetry: Telemetry | None = None,
    ) -> None:
        self.readiness = Readiness()
        self.sharing = Sharing()
        self.actions = Actions(settings.execution.repeat_seconds)
        self._settings = settings
        self._room = Room(settings.resolvers.large_requests)
        self._upstream = upstream
        self._owns_upstream = upstream is None
        self.telemetry = telemetry or Telemetry()
        documents = _documents(settings, schema)
        self.telemetry.watch(self.readiness, documents, self.sharing)
        endpoint = GraphQLEndpoint(
            documents,
            _engine(settings, schema),
            self._make_context,
            limits=settings.http.limits,
            fallback=settings.http.fallback,
            page=_page(settings) if settings.http.graphiql else None,
            sharing=self.sharing if settings.execution.share_queries else None,
            observer=self.telemetry,
        )
        self._served: Mapping[str, ASGIApp] = {
            GRAPHQL_PATH: _with_cors(endpoint, settings),
            "/health/live": Live(),
            "/health/ready": Ready(self.readiness, self._breaker_state),
        }
        self._rest = _rest(settings, self._find_upstream, self.telemetry)
        self._others = Router(_page_routes(settings), redirect_slashes=False, default=_not_found)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            app = self._served.get(scope["path"], self._elsewhere)
            await app(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self._others(scope, receive, send)

    async def _elsewhere(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._rest is not None and scope["path"].startswith(f"{API}/"):
            await self._rest(scope, receive, send)
            return
        scope["app"] = self  # has starlette raise its refusals, rather than write them as text
        try:
            await self._others(scope, receive, send)
        except HTTPException as error:
            await send_refusal(send, _refusal(error), request_id=read_head(scope).request_id)

    def _find_upstream(self) -> Upstream:
        if self._upstream is None:
            raise RuntimeError("a request came before the lifespan's start-up")
        return self._upstream

    def _make_context(
        self, credential: Credential | None, idempotency_key: str | None = None
    ) -> RequestContext:
        return RequestContext(
            self._find_upstream(),
            credential,
            limits=self._settings.resolvers,
            room=self._room,
            actions=self.actions,
            idempotency_key=idempotency_key,
        )

    def _breaker_state(self) -> str:
        return "closed" if self._upstream is None else self._upstream.breaker.state

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()  # lifespan.startup
        try:
            if self._upstream is None:
                self._upstream = open_upstream(self._settings, self.telemetry.hook)
        except Exception as error:
            logger.exception("cannot start")
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        self.telemetry.opened(self._upstream)
        self.readiness.opened()
        await send({"type": "lifespan.startup.complete"})
        try:
            await receive()  # lifespan.shutdown
        finally:  # a server that is told to hurry cancels this instead
            self.readiness.closing()
            if self._owns_upstream:
                upstream, self._upstream = self._upstream, None
                await upstream.aclose()
            await self.telemetry.aclose()
        await send({"type": "lifespan.shutdown.complete"})


def create_app(
    settings: Settings,
    *,
    schema: strawberry.Schema | None = None,
    upstream: Upstream | None = None,
    telemetry: Telemetry | None = None,
) -> Gateway:
    if schema is None:
        schema = build_schema(federation=settings.execution.federation)
    return Gateway(settings, schema, upstream, telemetry)


def checked_hosts(app: ASGIApp, settings: Settings, *, loopback: bool) -> ASGIApp:
    """`app` for the hosts that it is to answer for; `loopback`: this machine alone reaches it.

    Where nothing is said, loopback answers for loopback. Elsewhere a caller's rights are those of
    its own token, which no page knows, but for GITLAB_TOKEN: with that, any name that a page can
    have would do, so only addresses are left.
    """
    names = settings.server.allowed_hosts
    if ANY_HOST in names or not (names or loopback or settings.http.fallback):
        return app
    return HostCheck(app, AllowedHosts(names, loopback=loopback, addresses=not loopback))


def open_upstream(settings: Settings, hook: Hook = no_hook) -> Upstream:
    """The way to GitLab; only httpx knows proxies, so it carries the calls where there is one."""
    config = settings.upstream
    if settings.transport == "lean" and config.proxy is None:
        return Upstream(config, LeanTransport(config), hook=hook)
    return Upstream(config, hook=hook)


def _documents(settings: Settings, schema: strawberry.Schema) -> Documents:
    execution = settings.execution
    return Documents(
        schema._schema,  # noqa: SLF001 - Strawberry offers no public way to it
        max_documents=execution.documents,
        max_bytes=execution.document_bytes,
        limits=execution.limits,
        introspection=execution.introspection,
    )


def _engine(settings: Settings, schema: strawberry.Schema) -> Engine:
    hide_suggestions = not settings.execution.introspection
    engine: Engine = StockEngine(schema, hide_suggestions=hide_suggestions)
    if settings.execution.compiled:
        engine = CompiledEngine(schema, engine, hide_suggestions=hide_suggestions)
    return engine


def _rest(
    settings: Settings, find_upstream: Callable[[], Upstream], telemetry: Telemetry
) -> ASGIApp | None:
    if not settings.http.rest:
        return None
    body_bytes = settings.http.limits.body_bytes
    endpoint = RestEndpoint(find_upstream, body_bytes=body_bytes, observer=telemetry)
    return _with_cors(endpoint, settings)


def _with_cors(app: ASGIApp, settings: Settings) -> ASGIApp:
    origins = settings.http.cors_origins
    return Cors(app, origins) if origins else app


def _page(settings: Settings) -> ASGIApp:
    async def page(scope: Scope, receive: Receive, send: Send) -> None:
        response = graphiql_response(Request(scope), demo=settings.demo)
        await response(scope, receive, send)

    return page


def _page_routes(settings: Settings) -> list[BaseRoute]:
    pages: list[BaseRoute] = list(graphiql_routes(settings.demo)) if settings.http.graphiql else []
    if settings.http.rest:
        pages.append(Route(GUIDE_PATH, guide, methods=["GET"]))
    return pages


def _refusal(error: HTTPException) -> Refusal:
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = (error.headers or {}).get("Allow", "GET, HEAD")
        return method_not_allowed(f"Only {allowed} here.", allowed.encode())
    return Refusal(
        HTTPStatus.NOT_FOUND,
        ErrorCode.PATH_NOT_FOUND,
        f"There is nothing here; GraphQL is at {GRAPHQL_PATH}.",
    )


async def _not_found(scope: Scope, receive: Receive, send: Send) -> None:
    del receive
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": "no WebSocket here"})
        return
    refusal = Refusal(
        404, ErrorCode.PATH_NOT_FOUND, f"There is nothing here; GraphQL is at {GRAPHQL_PATH}."
    )
    await send_refusal(send, refusal, request_id=read_head(scope).request_id)
