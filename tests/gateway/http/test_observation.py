"""What an observer learns of a request, whatever becomes of it."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from gateway.execution.sharing import Sharing
from gateway.http.observation import Observation
from gateway.limits.config import RequestLimits
from tests.gateway.example import ExampleContext, client_of, endpoint
from tests.support.serving import serve
from upstream.credentials import Credential, TokenKind
from upstream.journal import Journal, current_journal


class Watcher:
    """Keeps what it is told; a request's end can be waited for."""

    def __init__(self) -> None:
        self.began_with: list[bytes] = []
        self.seen: asyncio.Queue[Observation] = asyncio.Queue()

    def began(self, observation: Observation) -> None:
        self.began_with.append(observation.head.request_id)
        observation.journal = Journal()

    def ended(self, observation: Observation) -> None:
        self.seen.put_nowait(observation)


async def observe(
    payload: Any, *, headers: dict[str, str] | None = None, **options: Any
) -> tuple[Observation, httpx.Response]:
    watcher = Watcher()
    async with client_of(endpoint(observer=watcher, **options)) as client:
        answer = await client.post("/graphql", json=payload, headers=headers)
    (seen,) = (watcher.seen.get_nowait() for _ in range(watcher.seen.qsize()))
    return seen, answer


async def test_an_executed_query() -> None:
    query = 'query Greet { echo(text: "hi") }'
    headers = {"private-token": "t0ken", "x-request-id": "abc"}
    seen, answer = await observe({"query": query}, headers=headers)
    assert (seen.result, seen.status, seen.codes) == ("ok", 200, ())
    assert (seen.kind, seen.name, seen.asked_name) == ("query", "Greet", None)
    assert seen.size == len(answer.content)
    assert seen.seconds > 0
    assert seen.head.request_id == b"abc"
    assert seen.credential == Credential(TokenKind.PRIVATE_TOKEN, "t0ken")
    assert seen.document is not None
    assert seen.document.text == query
    assert not seen.shared


async def test_a_mutation() -> None:
    seen, _ = await observe({"query": "mutation { act { text } }"})
    assert (seen.kind, seen.name, seen.result) == ("mutation", None, "ok")


async def test_failed_fields_tell_their_codes_once() -> None:
    context = ExampleContext(values={"text": RuntimeError("x"), "later": RuntimeError("y")})
    seen, _ = await observe({"query": "{ text later }"}, make_context=lambda _: context)
    assert (seen.result, seen.codes) == ("errors", ("INTERNAL_SERVER_ERROR",))


@pytest.mark.parametrize(
    ("payload", "code", "name"),
    [
        ({"query": "{", "operationName": "Broken"}, "GRAPHQL_PARSE_FAILED", "Broken"),
        ({"query": "{ txet }"}, "GRAPHQL_VALIDATION_FAILED", None),
        (
            {"query": "{ text }", "operationName": "No"},
            "OPERATION_RESOLUTION_FAILURE",
            "No",
        ),
        ("batch", "BAD_REQUEST", None),
        (["batch"], "LIMIT_EXCEEDED", None),
    ],
)
async def test_a_request_that_is_not_executed_is_refused(
    payload: Any, code: str, name: str | None
) -> None:
    seen, answer = await observe(payload, headers={"private-token": "t"})
    assert (seen.result, seen.codes) == ("refused", (code,))
    assert (seen.kind, seen.name) == ("unknown", name)
    assert seen.status == answer.status_code


async def test_a_variable_that_does_not_fit_is_refused_and_its_operation_known() -> None:
    query = "query Say($t: String!) { echo(text: $t) }"
    seen, _ = await observe({"query": query})
    assert (seen.result, seen.kind, seen.name) == ("refused", "query", "Say")
    assert seen.codes == ("BAD_USER_INPUT",)


async def test_a_fault_of_the_gateway_is_a_failure() -> None:
    def fail(_: Credential | None) -> ExampleContext:
        raise RuntimeError("boom")

    seen, answer = await observe({"query": "{ text }"}, make_context=fail)
    assert answer.status_code == 500
    assert (seen.result, seen.codes) == ("failed", ("INTERNAL_SERVER_ERROR",))


async def test_nobody_else_sees_the_journal() -> None:
    journals: list[Journal | None] = []

    def make_context(_: Credential | None) -> ExampleContext:
        journals.append(current_journal())
        return ExampleContext()

    seen, _ = await observe({"query": "{ text }"}, make_context=make_context)
    assert journals == [seen.journal]
    assert current_journal() is None


async def test_a_shared_answer_says_so() -> None:
    context = ExampleContext(gate=asyncio.Event(), entered=asyncio.Event())
    assert context.gate is not None
    assert context.entered is not None
    watcher = Watcher()
    app = endpoint(lambda _: context, observer=watcher, sharing=Sharing())
    async with client_of(app) as client:
        headers = {"x-request-id": "same"}
        tasks = [
            asyncio.create_task(
                client.post("/graphql", json={"query": "{ wait }"}, headers=headers)
            )
            for _ in range(2)
        ]
        await context.entered.wait()
        for _ in range(100):
            await asyncio.sleep(0)  # as far as both can get
        context.gate.set()
        await asyncio.gather(*tasks)
    seen = [watcher.seen.get_nowait() for _ in range(2)]
    assert sorted(one.shared for one in seen) == [False, True]
    assert [one.result for one in seen] == ["ok", "ok"]


async def test_who_hangs_up_is_gone() -> None:
    context = ExampleContext(gate=asyncio.Event(), entered=asyncio.Event())
    assert context.entered is not None
    watcher = Watcher()
    app = endpoint(lambda _: context, observer=watcher)
    async with serve(app, lifespan="off") as url, httpx.AsyncClient() as client:
        asking = asyncio.create_task(client.post(f"{url}/graphql", json={"query": "{ wait }"}))
        await context.entered.wait()
        asking.cancel()
        seen = await asyncio.wait_for(watcher.seen.get(), 10)
    assert (seen.result, seen.status, seen.size) == ("gone", None, 0)
    assert seen.seconds > 0


async def test_what_is_no_request_for_graphql_is_not_observed() -> None:
    watcher = Watcher()

    async def page(scope: Any, receive: Any, send: Any) -> None:
        del scope, receive
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"page"})

    async with client_of(endpoint(observer=watcher, page=page)) as client:
        answer = await client.get("/graphql", headers={"accept": "text/html"})
    assert answer.text == "page"
    assert watcher.began_with == []


async def test_the_operations_of_a_batch_are_seen_one_by_one_and_the_batch_as_a_whole() -> None:
    watcher = Watcher()
    app = endpoint(observer=watcher, limits=RequestLimits(batch=3))
    batch = [{"query": "query A { text }"}, {"query": "{ txet }"}, {"operationName": "C"}]
    async with client_of(app) as client:
        answer = await client.post("/graphql", json=batch, headers={"private-token": "t0ken"})
    seen = [watcher.seen.get_nowait() for _ in range(4)]
    assert [(each.kind, each.name, each.result, each.codes) for each in seen] == [
        ("query", "A", "ok", ()),
        ("unknown", None, "refused", ("GRAPHQL_VALIDATION_FAILED",)),
        ("unknown", None, "refused", ("BAD_REQUEST",)),
        ("batch", None, "errors", ("GRAPHQL_VALIDATION_FAILED", "BAD_REQUEST")),
    ]
    assert {each.head.request_id for each in seen} == {answer.headers["x-request-id"].encode()}
    assert {each.credential for each in seen} == {Credential(TokenKind.PRIVATE_TOKEN, "t0ken")}
    assert seen[-1].size == len(answer.content)
    assert len({id(each.journal) for each in seen}) == 4
