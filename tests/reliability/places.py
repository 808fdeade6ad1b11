"""GitLabs that fail: the demo behind its fault door, a server below HTTP, an address of nobody."""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import orjson

from tests.support.serving import serve
from tests.upstream.raw_server import Connection, http, raw_server, unused_port
from upstream.demo import DemoGitLab, Fault, ManualClock, examples
from upstream.demo.effects import Effect

CERTIFICATES = Path(__file__).with_name("tls")  # of an authority that nobody else trusts

Kind = Literal["query", "nested", "mutation"]
KINDS: tuple[Kind, ...] = ("query", "nested", "mutation")


@dataclass(frozen=True)
class Place:
    """A GitLab at `url`. `strike` begins the fault; `came` counts what came to its door.

    `job` and `broken` are the job that is asked for and the pipeline that fails.
    """

    url: str
    strike: Callable[[], None]
    came: Callable[[], dict[Kind, int]] | None
    job: int = 7
    broken: int = 11


Open = Callable[[], AbstractAsyncContextManager[Place]]


def demo(effect: Effect, times: int | None = None, *, calls: tuple[Kind, ...] = KINDS) -> Open:
    """The demo, of which the calls of the three questions meet `effect`."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Place]:
        gitlab = DemoGitLab(ManualClock())
        oldest = gitlab.seed_jobs(1, 4, per_pipeline=2)[0]
        job, broken = examples.FINISHED_JOB, gitlab.job(1, oldest).pipeline.id
        paths: dict[Kind, str] = {
            "query": f"/api/v4/projects/1/jobs/{job}",
            "nested": f"/api/v4/projects/1/pipelines/{broken}",
            "mutation": f"/api/v4/projects/1/jobs/{job}/retry",
        }

        def strike() -> None:
            gitlab.calls.clear()
            for kind in calls:
                gitlab.faults.add(Fault(effect, path=paths[kind], times=times))

        def came() -> dict[Kind, int]:
            return {kind: gitlab.calls.count(path=path) for kind, path in paths.items()}

        async with serve(gitlab.app) as url:
            yield Place(url, strike, came, job, broken)

    return opened


LIST = [
    {"id": number, "name": "job", "pipeline": {"id": 10 + number, "project_id": 1}}
    for number in (2, 1)
]
PATHS: dict[Kind, re.Pattern[bytes]] = {
    "query": re.compile(rb"GET /api/v4/projects/1/jobs/7 "),
    "nested": re.compile(rb"GET /api/v4/projects/1/pipelines/11 "),
    "mutation": re.compile(rb"POST /api/v4/projects/1/jobs/7/retry "),
}

Fails = Callable[[Connection], Awaitable[None]]


def below_http(fails: Fails) -> Open:
    """A GitLab that lists two jobs, and fails by `fails` at what the questions are about."""

    async def behaviour(connection: Connection) -> None:
        while request := await connection.request():
            if request.startswith(b"GET /api/v4/projects/1/jobs?"):
                await connection.send(http(orjson.dumps(LIST)))
            elif request.startswith(b"GET /api/v4/projects/1/pipelines/12 "):
                await connection.send(http(orjson.dumps({"id": 12, "duration": 5})))
            else:
                await fails(connection)
                return

    @asynccontextmanager
    async def opened() -> AsyncIterator[Place]:
        async with raw_server(behaviour) as server:

            def came() -> dict[Kind, int]:
                return {
                    kind: sum(bool(path.match(request)) for request in server.requests)
                    for kind, path in PATHS.items()
                }

            yield Place(server.url, lambda: None, came)

    return opened


def says(data: bytes) -> Fails:
    """Sends `data`, and nothing more."""

    async def fails(connection: Connection) -> None:
        await connection.send(data)
        await connection.gone()

    return fails


def resets() -> Fails:
    async def fails(connection: Connection) -> None:
        connection.writer.transport.abort()

    return fails


def drips(begin: bytes) -> Fails:
    """Sends `begin`, and then a byte now and then for ever."""

    async def fails(connection: Connection) -> None:
        await connection.send(begin)
        while not connection.writer.is_closing():
            await connection.send(b"x")
            await asyncio.sleep(0.02)

    return fails


def at(url: Callable[[], str]) -> Open:
    """An address where no GitLab is."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Place]:
        yield Place(url(), lambda: None, None)

    return opened


def nobody() -> str:
    return f"http://127.0.0.1:{unused_port()}"


@asynccontextmanager
async def unreachable() -> AsyncIterator[Place]:
    """Connections are neither taken nor refused: the line before the server is full."""
    with contextlib.ExitStack() as stack:
        full = stack.enter_context(socket.socket())
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        for _ in range(4):
            one = stack.enter_context(socket.socket())
            one.setblocking(False)  # noqa: FBT003 - socket's own signature
            one.connect_ex(address)
        yield Place(f"http://127.0.0.1:{address[1]}", lambda: None, None)


@asynccontextmanager
async def mute_tls() -> AsyncIterator[Place]:
    """Takes connections, and never answers the TLS handshake."""

    async def silent(connection: Connection) -> None:
        await connection.gone()

    async with raw_server(silent) as server:
        yield Place(server.url.replace("http:", "https:"), lambda: None, None)


def certified(name: str) -> Open:
    """Speaks TLS with a certificate of the tests' authority."""

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    @asynccontextmanager
    async def opened() -> AsyncIterator[Place]:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(CERTIFICATES / f"{name}.pem")
        server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
        async with server:
            port = server.sockets[0].getsockname()[1]
            yield Place(f"https://127.0.0.1:{port}", lambda: None, None)

    return opened


@asynccontextmanager
async def no_tls() -> AsyncIterator[Place]:
    async def plain(connection: Connection) -> None:
        await connection.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async with raw_server(plain) as server:
        yield Place(server.url.replace("http:", "https:"), lambda: None, None)


def with_body(*headers: str, body: bytes = b"{}", status: str = "200 OK") -> Fails:
    lines = [f"HTTP/1.1 {status}", "content-type: application/json", "connection: close", *headers]
    lines.append(f"content-length: {len(body)}")
    return says("\r\n".join([*lines, "", ""]).encode() + body)
