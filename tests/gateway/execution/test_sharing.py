from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

import httpx
import orjson
import pytest
from graphql import GraphQLError

from gateway.execution import sharing
from gateway.execution.engine import ExecutionResult
from gateway.execution.operation import Operation
from gateway.execution.sharing import Sharing
from gateway.limits.config import RequestLimits, VariableLimits
from tests.gateway.example import client_of, endpoint
from upstream.credentials import Credential, TokenKind
from upstream.errors import ServerError

TEXT = "query ($t: String!) { echo(text: $t) }"
GRAPHQL = "application/graphql-response+json"


class HeldEngine:
    """Answers when the test lets it; `calls` are the executions begun."""

    def __init__(self) -> None:
        self.calls = 0
        self.cancelled = 0
        self.go = asyncio.Event()
        self.outcome: ExecutionResult | Exception = ExecutionResult({"echo": "hi"})

    async def execute(self, _operation: Operation, _context: Any) -> ExecutionResult:
        self.calls += 1
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


class Place:
    """An endpoint over a held engine, and its clients."""

    def __init__(self, *, shared: bool = True) -> None:
        self.engine = HeldEngine()
        self.sharing = Sharing()
        limits = RequestLimits(variables=VariableLimits(depth=1000))
        self._app = endpoint(sharing=self.sharing if shared else None, limits=limits)
        self._app._engine = self.engine

    async def ask(
        self,
        query: str = TEXT,
        variables: Any = None,
        *,
        name: str | None = None,
        content: bytes | None = None,
        **headers: str,
    ) -> asyncio.Task[httpx.Response]:
        """A request that has gone as far as it goes by itself."""
        payload = {"query": query, "variables": variables or {"t": "a"}, "operationName": name}
        sent = {
            "content-type": "application/json",
            "private-token": "t1",
            **{key.replace("_", "-"): value for key, value in headers.items()},
        }
        body = orjson.dumps(payload) if content is None else content
        return await self._begun(lambda client: client.post("/graphql", content=body, headers=sent))

    async def ask_by_get(self, query: str, variables: Any) -> asyncio.Task[httpx.Response]:
        params = {"query": query, "variables": orjson.dumps(variables).decode()}
        return await self._begun(
            lambda client: client.get("/graphql", params=params, headers={"private-token": "t1"})
        )

    async def _begun(
        self, request: Callable[[httpx.AsyncClient], Coroutine[Any, Any, httpx.Response]]
    ) -> asyncio.Task[httpx.Response]:
        async def send() -> httpx.Response:
            async with client_of(self._app) as client:
                return await request(client)

        task = asyncio.create_task(send())
        await settled()
        return task


async def settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_identical_queries_in_flight_are_executed_once() -> None:
    place = Place()
    tasks = [await place.ask() for _ in range(5)]
    place.engine.go.set()
    answers = await asyncio.gather(*tasks)
    assert place.engine.calls == 1
    assert {(answer.status_code, answer.content) for answer in answers} == {
        (200, b'{"data":{"echo":"hi"}}')
    }
    assert (place.sharing.executed, place.sharing.shared) == (1, 4)


async def test_each_answer_has_its_own_request_id() -> None:
    place = Place()
    tasks = [await place.ask(x_request_id=f"r-{number}") for number in range(3)]
    place.engine.go.set()
    answers = await asyncio.gather(*tasks)
    assert [answer.headers["x-request-id"] for answer in answers] == ["r-0", "r-1", "r-2"]


async def test_nothing_is_kept_of_an_answer() -> None:
    place = Place()
    place.engine.go.set()
    for _ in range(2):
        await (await place.ask())
    assert (place.engine.calls, place.sharing.shared) == (2, 0)


async def test_a_query_by_get_shares_with_one_by_post() -> None:
    place = Place()
    tasks = [await place.ask(), await place.ask_by_get(TEXT, {"t": "a"})]
    place.engine.go.set()
    assert len({(await task).content for task in tasks}) == 1
    assert place.engine.calls == 1


async def test_the_order_of_variables_does_not_tell_queries_apart() -> None:
    place = Place()
    texts = (b'{"t":"a","x":{"y":1,"z":2}}', b'{ "x": {"z":2,"y":1}, "t": "a" }')
    tasks = [
        await place.ask(content=b'{"query":' + orjson.dumps(TEXT) + b',"variables":' + text + b"}")
        for text in texts
    ]
    place.engine.go.set()
    await asyncio.gather(*tasks)
    assert place.engine.calls == 1


A, B = "query A { text }", "query B { text }"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"query": A}, {"query": f"{A} "}),
        ({"query": A + B, "name": "A"}, {"query": A + B, "name": "B"}),
        ({"variables": {"t": "a"}}, {"variables": {"t": "b"}}),
        ({"variables": {"t": 1}}, {"variables": {"t": True}}),
        ({"variables": {"t": 1}}, {"variables": {"t": 1.0}}),
        ({"variables": {"t": 0}}, {"variables": {"t": False}}),
        ({"variables": {"t": "a"}}, {"variables": {"t": "a", "u": None}}),
        ({"private_token": "t1"}, {"private_token": "t2"}),
    ],
)
async def test_what_differs_is_not_shared(one: dict[str, Any], other: dict[str, Any]) -> None:
    place = Place()
    tasks = [await place.ask(**one), await place.ask(**other)]
    assert place.engine.calls == 2
    place.engine.go.set()
    await asyncio.gather(*tasks)
    assert place.sharing.shared == 0


async def test_a_credential_shares_with_itself_alone() -> None:
    fallback = Credential(TokenKind.PRIVATE_TOKEN, "t1")
    place = Sharing()
    operation: Any = type("Operation", (), {"variables": {}, "name": None, "document": None})
    operation.document = type("Document", (), {"text": "{ text }"})
    credentials = [None, fallback, *(Credential(kind, "t2") for kind in TokenKind)]
    assert len({place.key(operation, credential) for credential in credentials}) == 5
    again = Credential(TokenKind.PRIVATE_TOKEN, "t1")
    assert place.key(operation, again) == place.key(operation, fallback)


async def test_mutations_are_never_shared() -> None:
    place = Place()
    tasks = [await place.ask("mutation { act { text } }") for _ in range(2)]
    assert place.engine.calls == 2
    place.engine.go.set()
    await asyncio.gather(*tasks)


async def test_after_a_mutation_nobody_joins_what_was_in_flight_beside_it() -> None:
    place = Place()
    acting = await place.ask("mutation { act { text } }")
    before = await place.ask()
    joined = await place.ask()
    acting.cancel()  # whatever becomes of it, it may have changed something
    await settled()
    after = await place.ask()
    assert place.engine.calls == 3
    place.engine.go.set()
    await asyncio.gather(before, joined, after)
    assert place.sharing.shared == 1


async def test_a_refusal_has_the_status_of_each_ones_media_type() -> None:
    place = Place()
    place.engine.outcome = ExecutionResult(None, (GraphQLError("no"),), started=False)
    tasks = [await place.ask(accept=accept) for accept in (GRAPHQL, "application/json")]
    place.engine.go.set()
    first, second = await asyncio.gather(*tasks)
    assert (first.status_code, second.status_code) == (400, 200)
    assert first.content == second.content
    assert place.engine.calls == 1


@pytest.mark.parametrize("leaving", [0, 1, 2])
async def test_one_who_is_cancelled_leaves_the_others_their_answer(leaving: int) -> None:
    place = Place()
    tasks = [await place.ask() for _ in range(3)]
    tasks.pop(leaving).cancel()
    await settled()
    place.engine.go.set()
    answers = await asyncio.gather(*tasks)
    assert {answer.content for answer in answers} == {b'{"data":{"echo":"hi"}}'}
    assert place.engine.calls - place.engine.cancelled == 1


async def test_the_last_who_is_cancelled_takes_the_execution_along() -> None:
    place = Place()
    tasks = [await place.ask() for _ in range(3)]
    for task in tasks:
        assert place.engine.calls - place.engine.cancelled == 1
        task.cancel()
        await settled()
    assert place.engine.calls == place.engine.cancelled
    place.engine.go.set()
    assert (await (await place.ask())).status_code == 200


async def test_gitlabs_error_is_told_to_all_with_gitlabs_request_id() -> None:
    place = Place()
    failure = ServerError("500 Internal Server Error", status=500, request_id="gitlab-7")
    error = GraphQLError("x", path=["echo"], original_error=failure)
    place.engine.outcome = ExecutionResult({"echo": None}, (error,))
    tasks = [await place.ask(x_request_id=f"r-{number}") for number in range(2)]
    place.engine.go.set()
    first, second = await asyncio.gather(*tasks)
    assert first.content == second.content
    assert first.json()["errors"][0]["extensions"]["requestId"] == "gitlab-7"


async def test_a_masked_error_shows_no_request_id_and_the_log_leads_to_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    place = Place()
    error = GraphQLError("x", path=["echo"], original_error=KeyError("glpat-secret"))
    place.engine.outcome = ExecutionResult({"echo": None}, (error,))
    tasks = [await place.ask(x_request_id=f"r-{number}") for number in range(3)]
    place.engine.go.set()
    answers = await asyncio.gather(*tasks)
    assert not [answer.text for answer in answers if "r-" in answer.text]
    assert "request r-0: unexpected error at echo" in caplog.text
    assert "request r-1: unexpected error, told of under request r-0" in caplog.text
    assert "request r-2: unexpected error, told of under request r-0" in caplog.text


async def test_a_fault_of_the_gateway_is_masked_for_all(caplog: pytest.LogCaptureFixture) -> None:
    place = Place()
    place.engine.outcome = RuntimeError("glpat-secret")
    tasks = [await place.ask(x_request_id=f"r-{number}") for number in range(2)]
    place.engine.go.set()
    with caplog.at_level(logging.ERROR):
        answers = await asyncio.gather(*tasks)
    assert {answer.status_code for answer in answers} == {500}
    assert [answer.headers["x-request-id"] for answer in answers] == ["r-0", "r-1"]
    assert not [answer.text for answer in answers if "r-" in answer.text]
    for request_id in ("r-0", "r-1"):
        assert f"request {request_id}: unexpected error" in caplog.text
    assert place.engine.calls == 1


async def test_switched_off_each_query_is_executed() -> None:
    place = Place(shared=False)
    tasks = [await place.ask() for _ in range(3)]
    assert place.engine.calls == 3
    place.engine.go.set()
    await asyncio.gather(*tasks)


@pytest.mark.parametrize(
    "variables",
    [
        b'{"t":"' + b"a" * sharing.MAX_VARIABLES + b'"}',
        b'{"t":' + b"[" * 300 + b"]" * 300 + b"}",
    ],
    ids=["long", "deep"],
)
async def test_unwieldy_variables_are_not_compared(variables: bytes) -> None:
    place = Place()
    body = b'{"query":' + orjson.dumps(TEXT) + b',"variables":' + variables + b"}"
    tasks = [await place.ask(content=body) for _ in range(2)]
    assert place.engine.calls == 2
    place.engine.go.set()
    answers = await asyncio.gather(*tasks)
    assert {answer.status_code for answer in answers} == {200}


async def test_what_is_in_flight_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "MAX_FLIGHTS", 2)
    place = Place()
    tasks = [await place.ask(variables={"t": text}) for text in ("a", "b", "c", "c")]
    assert place.engine.calls == 4
    place.engine.go.set()
    answers = await asyncio.gather(*tasks)
    assert {answer.status_code for answer in answers} == {200}
    assert (place.sharing.executed, place.sharing.shared) == (2, 0)
