"""Running ASGI applications under uvicorn, until a signal says to stop."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import ipaddress
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Self

import uvicorn
from starlette.types import ASGIApp

from gateway.http.protocol import bounded_protocol
from gateway.limits.config import ArrivalLimits

KEEP_ALIVE_SECONDS = 75  # longer than the 60 s of common balancers, so that they close first
BACKLOG = 2048

_STOPPING = (signal.SIGINT, signal.SIGTERM)


class CannotListenError(Exception):
    """The address is not ours, or another process has the port."""


class _Server(uvicorn.Server):
    """uvicorn's server, but for signals: whoever runs it decides what they mean.

    uvicorn itself raises a caught signal again after its shutdown, so that a clean stop would end
    with the status of a killed process.
    """

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def bind(host: str, port: int, *, shared: bool = False) -> socket.socket:
    """A socket that listens; raises CannotListenError with a message for people.

    `shared`: other processes may listen there, too, and the kernel gives each its share of the
    connections. All of them have to ask for it, and to belong to one user.
    """
    if shared and not hasattr(socket, "SO_REUSEPORT"):
        raise CannotListenError("this system lets no two processes share a port")
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        return socket.create_server(address[:2], family=family, backlog=BACKLOG, reuse_port=shared)
    except socket.gaierror as error:
        raise CannotListenError(f"cannot listen on {host}: {error.strerror}") from error
    except OSError as error:
        # Its own text repeats the address.
        reason = os.strerror(error.errno) if error.errno else "the address cannot be used"
        raise CannotListenError(f"cannot listen on {host} port {port}: {reason}") from error


def address_of(listener: socket.socket) -> str:
    """The URL that leads to a socket from this machine, without a trailing slash."""
    host, port = listener.getsockname()[:2]
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - recognised, not bound
        host = "127.0.0.1" if host == "0.0.0.0" else "::1"  # noqa: S104 - likewise
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def is_loopback(listener: socket.socket) -> bool:
    """Whether nothing but this machine itself can reach the socket."""
    return ipaddress.ip_address(listener.getsockname()[0]).is_loopback


class Stop:
    """What SIGINT and SIGTERM mean inside the block: the first asks to stop, the second insists."""

    def __init__(self) -> None:
        self.requested = asyncio.Event()
        self._on_request: list[Callable[[], None]] = []
        self._on_insistence: list[Callable[[], None]] = []

    def on_request(self, callback: Callable[[], None]) -> None:
        self._on_request.append(callback)

    def on_insistence(self, callback: Callable[[], None]) -> None:
        self._on_insistence.append(callback)

    def __enter__(self) -> Self:
        for number in _STOPPING:
            asyncio.get_running_loop().add_signal_handler(number, self._receive)
        return self

    def __exit__(self, *_: object) -> None:
        for number in _STOPPING:
            asyncio.get_running_loop().remove_signal_handler(number)

    def _receive(self) -> None:
        for callback in self._on_insistence if self.requested.is_set() else self._on_request:
            callback()
        self.requested.set()


@contextlib.asynccontextmanager
async def running(
    app: ASGIApp,
    listener: socket.socket,
    stop: Stop,
    *,
    shutdown_seconds: int,
    arrival: ArrivalLimits | None = None,
) -> AsyncIterator[None]:
    """Serves `app` inside the block; at its end, requests in flight are answered first.

    `stop` only decides how long that end may take: it does not end the block.
    """
    server = _Server(_config(app, shutdown_seconds, arrival or ArrivalLimits()))
    task = asyncio.create_task(server.serve([listener]))
    stop.on_insistence(functools.partial(setattr, server, "force_exit", True))  # noqa: FBT003 - setattr's value
    try:
        while not server.started:
            if task.done():
                await task
                raise RuntimeError("the server stopped before it had started")
            await asyncio.sleep(0.005)  # uvicorn offers no event for readiness
        yield
    finally:
        server.should_exit = True
        await task


def _config(app: ASGIApp, shutdown_seconds: int, arrival: ArrivalLimits) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="uvloop",
        http=bounded_protocol(arrival),
        interface="asgi3",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=shutdown_seconds,
    )
