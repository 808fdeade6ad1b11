"""Each row of the table is run once: three questions at the same time, through a real gateway."""

from __future__ import annotations

import asyncio
import functools
import os
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from gateway.app import create_app
from gateway.settings import Settings, read_settings
from schema import build_schema
from tests.reliability.places import CERTIFICATES, KINDS, Kind, Place
from tests.reliability.rows import ENVIRON, Row
from tests.support.serving import serve
from upstream.client import Upstream
from upstream.demo import MAINTAINER_TOKEN
from upstream.events import CallStarted, Event
from upstream.transports import httpx_transport
from upstream.transports.base import Transport
from upstream.transports.httpx_transport import HttpxTransport
from upstream.transports.lean import LeanTransport

LIST = "GET /projects/:id/jobs"
ROUTES: dict[Kind, str] = {
    "query": "GET /projects/:id/jobs/:job_id",
    "nested": LIST,
    "mutation": "POST /projects/:id/jobs/:job_id/retry",
}

_schema = functools.cache(build_schema)


@dataclass(frozen=True)
class Came:
    """What one question came to: the answer as JSON, the calls that went out, the time it took."""

    answer: dict[str, Any]
    status: int
    calls: int
    seconds: float
    broken: int


@functools.cache
def outcomes(row: Row, transport: str) -> dict[Kind, Came]:
    """In a thread and an event loop of its own, so that all tests of a row can share it."""
    result: list[dict[Kind, Came]] = []
    failure: list[BaseException] = []

    def work() -> None:
        try:
            result.append(asyncio.run(_run(row, transport)))
        except BaseException as error:  # noqa: BLE001 - handed on below
            failure.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    if failure:
        raise failure[0]
    return result[0]


async def _run(row: Row, transport: str) -> dict[Kind, Came]:
    started: Counter[str] = Counter()

    def hook(event: Event) -> None:
        if isinstance(event, CallStarted):
            started[event.route] += 1

    async with row.gitlab() as place:
        with _trusting(row.environ):
            settings = _settings(row, place)
            async with _gateway(settings, transport, hook) as client:
                if row.first:
                    await asyncio.gather(*(_ask(client, kind, place) for kind in KINDS[:2]))
                place.strike()
                if row.opened:
                    await _ask(client, "query", place)
                    place.strike()
                started.clear()
                asked = await _ask_all(client, place, in_turn=row.stale)
        calls = _calls(place, started, whole=row.whole)
    return {
        kind: Came(response.json(), response.status_code, calls[kind], seconds, place.broken)
        for kind, (response, seconds) in zip(KINDS, asked, strict=True)
    }


def _calls(place: Place, started: Counter[str], *, whole: bool) -> dict[Kind, int]:
    """As they came to the door, where there is one; else as they set out."""
    if place.came is not None and not whole:
        return place.came()
    return {kind: started[route] for kind, route in ROUTES.items()}


def _settings(row: Row, place: Place) -> Settings:
    own = {name: value for name, value in row.environ.items() if name.startswith("GATEWAY_")}
    return read_settings({**ENVIRON, "GITLAB_URL": place.url, **own})


@asynccontextmanager
async def _gateway(
    settings: Settings, transport: str, hook: Any
) -> AsyncIterator[httpx.AsyncClient]:
    config = settings.upstream
    carrier: Transport = LeanTransport(config) if transport == "lean" else HttpxTransport(config)
    async with (
        Upstream(config, carrier, hook=hook) as upstream,
        serve(create_app(settings, schema=_schema(), upstream=upstream)) as url,
        httpx.AsyncClient(base_url=url, timeout=20, trust_env=False) as client,
    ):
        yield client


@contextmanager
def _trusting(environ: Mapping[str, str]) -> Iterator[None]:
    """With the tests' authority among those of the machine."""
    name = environ.get("SSL_CERT_FILE")
    if name is None:
        yield
        return
    httpx_transport._tls.cache_clear()
    os.environ["SSL_CERT_FILE"] = str(CERTIFICATES / name)
    try:
        yield
    finally:
        del os.environ["SSL_CERT_FILE"]
        httpx_transport._tls.cache_clear()


def question(kind: Kind, place: Place) -> str:
    if kind == "query":
        return f'{{ job(projectId: "1", id: "{place.job}") {{ name }} }}'
    if kind == "nested":
        return """{ project(id: "1") { jobs(first: 4, scope: [SUCCESS]) {
            nodes { name pipeline { databaseId duration } } } } }"""
    return f"""mutation {{ retryJob(input: {{ projectId: "1", id: "{place.job}" }}) {{
        job {{ name }} errors {{ code }} }} }}"""


async def _ask_all(
    client: httpx.AsyncClient, place: Place, *, in_turn: bool
) -> list[tuple[httpx.Response, float]]:
    """In turn where one matters to the next: what an action may have changed is not stale."""
    if in_turn:
        return [await _ask(client, kind, place) for kind in KINDS]
    return await asyncio.gather(*(_ask(client, kind, place) for kind in KINDS))


async def _ask(client: httpx.AsyncClient, kind: Kind, place: Place) -> tuple[httpx.Response, float]:
    began = time.monotonic()
    response = await client.post(
        "/graphql",
        json={"query": question(kind, place)},
        headers={"PRIVATE-TOKEN": MAINTAINER_TOKEN},
    )
    return response, time.monotonic() - began
