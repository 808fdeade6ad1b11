"""What `jobs-gateway` does: one function for each of its commands."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import platform
import socket
import sys
import time
from collections.abc import AsyncIterator, Coroutine, Mapping
from typing import Any

import uvloop
from starlette.types import ASGIApp

from gateway import __version__
from gateway.app import checked_hosts, create_app
from gateway.collecting import Collecting
from gateway.environment import SettingsError
from gateway.serving import (
    CannotListenError,
    Stop,
    address_of,
    bind,
    is_loopback,
    running,
)
from gateway.settings import Settings, TelemetrySettings, load_settings
from gateway.telemetry.exposition import MetricsApp, registry_of
from gateway.telemetry.logs import AUTOMATIC, Log, open_log
from gateway.telemetry.opening import TracingUnavailableError, open_telemetry
from gateway.telemetry.telemetry import Telemetry
from schema import build_schema

DEMO_SHUTDOWN_SECONDS = 5
METRICS_SHUTDOWN_SECONDS = 1
LOOPBACK = "127.0.0.1"

logger = logging.getLogger("gateway")


class CommandError(Exception):
    """A command that cannot be done; `problems` has a line for each reason."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def serve(*, host: str | None, port: str | None, gitlab_url: str | None) -> None:
    settings = _settings({"GATEWAY_HOST": host, "GATEWAY_PORT": port, "GITLAB_URL": gitlab_url})
    server, wanted = settings.server, settings.telemetry
    log = open_log(wanted.log_format, server.log_level, colors=wanted.colors)
    with (
        _bound(server.host, server.port, shared=server.shared_port) as listener,
        _bound_for_metrics(wanted) or contextlib.nullcontext() as metrics,
    ):
        _run(_serve(settings, listener, metrics, log))


def demo(*, host: str, port: int, faults: bool = False) -> None:
    open_log(AUTOMATIC, "info")
    _run(_demo(_bound(host, port), faults=faults))


def schema(*, federation: bool) -> None:
    """`federation` asks for the subgraph, and so does GATEWAY_FEDERATION."""
    subgraph = federation or _settings({}).execution.federation
    _say(build_schema(federation=subgraph).as_str())


async def _serve(
    settings: Settings, listener: socket.socket, metrics: socket.socket | None, log: Log
) -> None:
    began = time.monotonic()
    async with contextlib.AsyncExitStack() as stack:
        stop = stack.enter_context(Stop())
        if settings.demo:
            address = await stack.enter_async_context(_demo_gitlab(stop))
            settings = settings.in_front_of(address)
        telemetry = _telemetry(settings, log, metrics=metrics is not None)
        if metrics is not None:
            await stack.enter_async_context(_metrics(telemetry, metrics, stop))
        app = create_app(settings, telemetry=telemetry)
        stop.on_request(app.readiness.closing)
        stop.on_request(telemetry.settle)
        stop.on_request(lambda: logger.info("stopping"))
        seconds = settings.server.shutdown_seconds
        await stack.enter_async_context(
            running(
                checked_hosts(app, settings, loopback=is_loopback(listener)),
                listener,
                stop,
                shutdown_seconds=seconds,
                arrival=settings.server.arrival,
            )
        )
        stack.enter_context(Collecting())
        _tell_start(settings, address_of(listener), metrics)
        _say(_welcome(settings, address_of(listener)))
        await stop.requested.wait()
    logger.info("stopped", extra={"after_seconds": round(time.monotonic() - began, 1)})


def _telemetry(settings: Settings, log: Log, *, metrics: bool) -> Telemetry:
    try:
        return open_telemetry(settings, log, metrics=metrics)
    except TracingUnavailableError as error:
        raise CommandError([str(error)]) from error


@contextlib.asynccontextmanager
async def _metrics(
    telemetry: Telemetry, listener: socket.socket, stop: Stop
) -> AsyncIterator[None]:
    """Before and after the gateway itself is there, so that its start and end can be seen."""
    app = MetricsApp(registry_of(telemetry.families))
    async with running(app, listener, stop, shutdown_seconds=METRICS_SHUTDOWN_SECONDS):
        yield


def _tell_start(settings: Settings, address: str, metrics: socket.socket | None) -> None:
    known = {
        "version": __version__,
        "python": platform.python_version(),
        "pid": os.getpid(),
        "address": address,
        "gitlab": settings.upstream.base_url,
        "demo": settings.demo,
        "metrics": None if metrics is None else f"{address_of(metrics)}/metrics",
        "settings": dict(settings.given),
    }
    logger.info("started", extra=known)
    if settings.http.fallback is not None:
        logger.warning("callers without a token of their own act as the owner of GITLAB_TOKEN")
    if not settings.upstream.verify:
        logger.warning("GitLab's certificate is not checked: GATEWAY_VERIFY_TLS is off")


async def _demo(listener: socket.socket, *, faults: bool) -> None:
    app = _demo_app(door=faults)
    with Stop() as stop:
        async with running(app, listener, stop, shutdown_seconds=DEMO_SHUTDOWN_SECONDS):
            _say(f"The demo GitLab answers at {address_of(listener)}/api/v4\n{_token_list()}")
            await stop.requested.wait()


@contextlib.asynccontextmanager
async def _demo_gitlab(stop: Stop) -> AsyncIterator[str]:
    """The embedded demo on a free port: the gateway talks to it as to any other GitLab."""
    listener = _bound(LOOPBACK, 0)
    app = _demo_app()
    async with running(app, listener, stop, shutdown_seconds=DEMO_SHUTDOWN_SECONDS):
        yield address_of(listener)


def _demo_app(*, door: bool = False) -> ASGIApp:
    from upstream.demo import DemoGitLab  # noqa: PLC0415 - a gateway before a GitLab starts sooner

    return DemoGitLab(door=door).app


def _welcome(settings: Settings, address: str) -> str:
    lines = [f"GraphQL at {address}/graphql"]
    if settings.http.graphiql:
        lines.insert(0, f"Open {address}/ in a browser")
    if settings.demo:
        lines.append("in front of an embedded demo GitLab (set GITLAB_URL for a real one)")
        lines.append(_token_list())
    else:
        lines.append(f"in front of {settings.upstream.base_url}")
    if settings.http.fallback is not None:
        lines.append("Callers without a token of their own act as the owner of GITLAB_TOKEN!")
    return "\n".join(lines)


def _token_list() -> str:
    from upstream.demo import tokens  # noqa: PLC0415 - see above

    known = (
        (tokens.MAINTAINER_TOKEN, "may do everything"),
        (tokens.DEVELOPER_TOKEN, "may run and cancel jobs"),
        (tokens.REPORTER_TOKEN, "may read, not act"),
        (tokens.OUTSIDER_TOKEN, "sees the public project only"),
    )
    lines = [f"  {token:<16} {what}" for token, what in known]
    return "\n".join(("Its tokens, for the PRIVATE-TOKEN header:", *lines))


def _settings(overrides: Mapping[str, str | None]) -> Settings:
    try:
        return load_settings(overrides)
    except SettingsError as error:
        raise CommandError(error.problems) from error


def _bound(host: str, port: int, *, shared: bool = False) -> socket.socket:
    try:
        return bind(host, port, shared=shared)
    except CannotListenError as error:
        raise CommandError([str(error)]) from error


def _bound_for_metrics(wanted: TelemetrySettings) -> socket.socket | None:
    """None where metrics are off, or only wanted by default and their port is taken."""
    if wanted.metrics_port == 0:
        return None
    try:
        return bind(wanted.metrics_host, wanted.metrics_port)
    except CannotListenError as error:
        if wanted.port_given:
            raise CommandError([f"{error} (GATEWAY_METRICS_PORT)"]) from error
        logger.warning("no metrics: %s; set GATEWAY_METRICS_PORT to another port, or to 0", error)
        return None


def _run(main: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
