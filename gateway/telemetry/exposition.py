"""Metrics over HTTP, on a port of their own: they are the operator's, not the callers'."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from prometheus_client import (
    CollectorRegistry,
    GCCollector,
    PlatformCollector,
    ProcessCollector,
    make_asgi_app,
)
from prometheus_client.core import Metric
from prometheus_client.registry import Collector
from starlette.types import Receive, Scope, Send

PATH = "/metrics"

_NOWHERE = b"Metrics are at /metrics.\n"


class _Families(Collector):
    def __init__(self, collect: Callable[[], Iterable[Metric]]) -> None:
        self._collect = collect

    def collect(self) -> Iterable[Metric]:
        return self._collect()


def registry_of(families: Callable[[], Iterable[Metric]]) -> CollectorRegistry:
    """What `families` gives at the time, and what Python and the operating system tell."""
    registry = CollectorRegistry(auto_describe=True)
    registry.register(_Families(families))
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    return registry


class MetricsApp:
    """GET /metrics, in the format that the caller asks for."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._exposed = make_asgi_app(registry)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            for step in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{step}.complete"})
        elif scope["type"] == "http":
            if scope["path"] == PATH and scope["method"] == "GET":
                await self._exposed(scope, receive, send)
                return
            headers = [
                (b"content-type", b"text/plain; charset=utf-8"),
                (b"content-length", b"%d" % len(_NOWHERE)),
            ]
            await send({"type": "http.response.start", "status": 404, "headers": headers})
            await send({"type": "http.response.body", "body": _NOWHERE})
