"""Several operations in one request: refused, unless a setting says how many may come."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from gateway.limits.config import RequestLimits
from tests.gateway.example import ExampleContext, client_of, endpoint
from tests.gateway.limits.gateways import GRAPHQL, JSON, codes, gateway, post
from upstream.credentials import Credential

TYPENAME = {"query": "{ __typename }"}


def only_error(answer: httpx.Response) -> dict[str, Any]:
    (error,) = answer.json()["errors"]
    found: dict[str, Any] = error
    return found


@pytest.mark.parametrize("batch", [[], [TYPENAME], [TYPENAME] * 3])
async def test_a_list_is_refused_by_default(batch: list[Any]) -> None:
    async with gateway() as client:
        answer = await post(client, batch, accept=JSON)
    assert answer.status_code == 400
    error = only_error(answer)
    assert error["message"] == (
        "The body is a list, and batched operations are not taken here: send one at a time "
        "(GATEWAY_BATCH)."
    )
    assert error["extensions"] == {
        "code": "LIMIT_EXCEEDED",
        "retryable": False,
        "limit": {
            "name": "batch",
            "found": len(batch),
            "allowed": 0,
            "setting": "GATEWAY_BATCH",
        },
    }


async def test_a_longer_list_than_is_allowed_is_refused_as_a_whole() -> None:
    async with gateway(GATEWAY_BATCH="2") as client:
        answer = await post(client, [TYPENAME] * 3, accept=JSON)
    assert answer.status_code == 400
    assert only_error(answer)["message"] == (
        "The body is a list of 3 operations; at most 2 may come in one request (GATEWAY_BATCH)."
    )


async def test_an_empty_list_holds_nothing_to_do() -> None:
    async with gateway(GATEWAY_BATCH="2") as client:
        answer = await post(client, [])
    assert (answer.status_code, codes(answer)) == (400, {"BAD_REQUEST"})


@pytest.mark.parametrize("accept", [GRAPHQL, JSON])
async def test_answers_come_in_order_each_with_its_own_errors(accept: str) -> None:
    batch = [
        {"query": "query A { a: __typename } query B { b: __typename }", "operationName": "B"},
        {"query": "{ nonsense }"},
        "{ __typename }",
        {"query": 1},
        {"query": "{ a: __typename b: __typename }"},
        {"query": "query ($v: ID!) { project(id: $v) { __typename } }", "variables": {"v": 1.5}},
        {"query": "{ __typename }", "variables": {"deep": [[[[[1]]]]]}},
        TYPENAME,
    ]
    async with gateway(
        GATEWAY_BATCH="8", GATEWAY_ALIASES="2", GATEWAY_ROOT_FIELDS="1", GATEWAY_VARIABLE_DEPTH="4"
    ) as client:
        answer = await post(client, batch, accept=accept)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == f"{accept}; charset=utf-8"
    entries = answer.json()
    assert [entry.get("data") for entry in entries] == [
        {"b": "Query"}, None, None, None, None, None, None, {"__typename": "Query"}
    ]  # fmt: skip
    assert [
        [error["extensions"]["code"] for error in entry.get("errors", ())] for entry in entries
    ] == [
        [],
        ["GRAPHQL_VALIDATION_FAILED"],
        ["BAD_REQUEST"],
        ["BAD_REQUEST"],
        ["LIMIT_EXCEEDED"],
        ["BAD_USER_INPUT"],
        ["LIMIT_EXCEEDED"],
        [],
    ]


async def test_a_list_of_one_is_answered_by_a_list_of_one() -> None:
    async with gateway(GATEWAY_BATCH="1") as client:
        answer = await post(client, [TYPENAME])
    assert answer.json() == [{"data": {"__typename": "Query"}}]


class Example:
    """An endpoint that takes batches; `contexts` are those of its operations."""

    def __init__(self) -> None:
        self.contexts: list[ExampleContext] = []
        self.three = asyncio.Event()
        self.gate = asyncio.Event()
        self.entered = asyncio.Event()
        self.app = endpoint(self._make, limits=RequestLimits(batch=10))

    def _make(self, credential: Credential | None) -> ExampleContext:
        context = ExampleContext(credential, gate=self.gate, entered=self.entered)
        self.contexts.append(context)
        if len(self.contexts) == 3:
            self.three.set()
        return context

    async def ask(self, *queries: str) -> Any:
        async with client_of(self.app) as client:
            answer = await post(client, [{"query": query} for query in queries])
        return answer.json()


async def test_queries_run_side_by_side() -> None:
    example = Example()
    asked = asyncio.create_task(example.ask("{ wait }", "{ who }", "{ wait }"))
    await example.three.wait()
    example.gate.set()
    assert await asked == [
        {"data": {"wait": "waited"}},
        {"data": {"who": None}},
        {"data": {"wait": "waited"}},
    ]
    assert all(context.closed for context in example.contexts)


async def test_where_there_is_a_mutation_one_runs_after_the_other() -> None:
    example = Example()
    asked = asyncio.create_task(example.ask("{ wait }", "mutation { act { text } }", "{ text }"))
    await example.entered.wait()
    for _ in range(20):
        await asyncio.sleep(0)
    assert len(example.contexts) == 1
    example.gate.set()
    assert [entry["data"] for entry in await asked] == [
        {"wait": "waited"},
        {"act": {"text": None}},
        {"text": None},
    ]


async def test_an_operation_that_fails_by_itself_leaves_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Failing:
        async def execute(self, *_: Any) -> Any:
            raise RuntimeError("broken")

    example = Example()
    example.app._engine = Failing()
    assert [
        entry["errors"][0]["extensions"]["code"] for entry in await example.ask("{ text }")
    ] == ["INTERNAL_SERVER_ERROR"]
    assert "unexpected error in a batch" in caplog.text


async def test_a_batch_is_given_up_when_its_client_hangs_up() -> None:
    example = Example()
    asked: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    body = b'[{"query":"{ wait }"},{"query":"{ wait }"}]'
    asked.put_nowait({"type": "http.request", "body": body})
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "headers": [(b"content-type", b"application/json")],
    }
    running = asyncio.create_task(example.app(scope, asked.get, send))
    await example.entered.wait()
    asked.put_nowait({"type": "http.disconnect"})
    await asyncio.wait_for(running, 5)
    assert sent == []
    assert [context.closed for context in example.contexts] == [True, True]
