"""Connections are cut before, during and after sending, on both sides: nothing is done twice."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx
import orjson
import pytest
from starlette.types import Receive, Scope, Send

from gateway.app import create_app
from gateway.settings import read_settings
from tests.support.serving import serve

AT_A_TIME = 32
CUTS = ("before", "in the request", "before the answer", "in the answer")
CUT_PERCENT = 30  # of the exchanges, on each side of the gateway
QUERY = """
mutation ($id: ID!, $name: String) {
  playJob(input: {projectId: "1", id: $id, clientMutationId: $name}) { job { databaseId name } }
}
"""


@dataclass
class CountingGitLab:
    """Plays any job, and says by the answer which play it was; `played` counts them by job."""

    played: Counter[int] = field(default_factory=Counter)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        while (await receive()).get("more_body"):
            pass
        number = int(scope["path"].split("/")[-2])
        self.played[number] += 1
        job = {"id": number, "name": f"play {self.played[number]} of {number}"}
        body = orjson.dumps(job)
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


class CuttingProxy:
    """Hands bytes on, and cuts a connection now and then, at a moment of its choice."""

    def __init__(self, port: int, random: Random) -> None:
        self._port = port
        self._random = random
        self.cuts: Counter[str] = Counter()
        self._serving: set[asyncio.Task[Any]] = set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        async with server:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            for task in self._serving:
                task.cancel()
            await asyncio.gather(*self._serving, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        onward, back = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            while await self._exchange(reader, writer, onward, back):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # somebody hung up, or the test is over
        finally:
            back.transport.abort()
            writer.transport.abort()
            self._serving.discard(task)

    async def _exchange(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        onward: asyncio.StreamReader,
        back: asyncio.StreamWriter,
    ) -> bool:
        """One request and its answer; False where it was cut."""
        request = await _message(reader)
        cut = self._random.choice(CUTS) if self._random.randrange(100) < CUT_PERCENT else None
        if cut is not None:
            self.cuts[cut] += 1
        if cut == "before":
            return False
        back.write(request[:-20] if cut == "in the request" else request)
        await back.drain()
        if cut == "in the request":
            return False
        answer = await _message(onward)
        if cut == "before the answer":
            return False
        writer.write(answer[:-5] if cut == "in the answer" else answer)
        await writer.drain()
        return cut is None


async def _message(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    lengths = [int(line[15:]) for line in lines if line.startswith(b"content-length:")]
    return head + await reader.readexactly(lengths[0] if lengths else 0)


def told(answer: dict[str, Any]) -> str:
    """The name of the job that an answer holds, or the code of why it holds none."""
    job = ((answer.get("data") or {}).get("playJob") or {}).get("job")
    name: str = job["name"] if job else answer["errors"][0]["extensions"]["code"]
    return name


@pytest.mark.slow
@pytest.mark.parametrize(("transport", "mutations"), [("lean", 2000), ("httpx", 500)])
async def test_each_mutation_is_done_at_most_once_and_told_truly(
    transport: str, mutations: int
) -> None:
    gitlab, random = CountingGitLab(), Random(7)
    answers: Counter[str] = Counter()

    async def mutate(client: httpx.AsyncClient, number: int, *, named: bool) -> None:
        variables = {"id": str(number), "name": f"play {number}" if named else None}
        for _ in range(4 if named else 1):  # who named a mutation may send it again
            try:
                response = await client.post(
                    "/graphql", json={"query": QUERY, "variables": variables}
                )
            except httpx.TransportError:
                answers["cut"] += 1
                continue
            name = told(response.json())
            answers[name if name.isupper() else "done"] += 1
            assert name in {"UPSTREAM_UNAVAILABLE", f"play 1 of {number}"}

    async with contextlib.AsyncExitStack() as stack:
        gitlab_url = await stack.enter_async_context(serve(gitlab))
        inner = CuttingProxy(httpx.URL(gitlab_url).port or 0, random)
        settings = {
            "GITLAB_URL": await stack.enter_async_context(inner.running()),
            "GATEWAY_TRANSPORT": transport,
        }
        gateway_url = await stack.enter_async_context(serve(create_app(read_settings(settings))))
        outer = CuttingProxy(httpx.URL(gateway_url).port or 0, random)
        outer_url = await stack.enter_async_context(outer.running())
        client = await stack.enter_async_context(httpx.AsyncClient(base_url=outer_url))
        numbers = iter(range(1, mutations + 1))

        async def worker() -> None:
            for number in numbers:
                await mutate(client, number, named=number % 2 == 0)

        await asyncio.gather(*(worker() for _ in range(AT_A_TIME)))

    print(f"\n{transport}: {mutations} mutations, {dict(answers)},")  # noqa: T201 - the count
    print(f"cut before GitLab {dict(inner.cuts)}, before the gateway {dict(outer.cuts)}")  # noqa: T201
    assert set(gitlab.played.values()) == {1}
    assert len(gitlab.played) > mutations / 2
    assert min(inner.cuts[cut] for cut in CUTS) > mutations / 40
    assert answers["done"] > mutations / 2
