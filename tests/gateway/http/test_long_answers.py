"""Answers of many items leave in pieces, and are the same answers."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pytest
from starlette.types import Message, Scope

from gateway.execution.encoding import MANY_ITEMS
from gateway.execution.sharing import Sharing
from gateway.http import graphql
from gateway.http.graphql import GraphQLEndpoint
from tests.gateway.example import ExampleContext, endpoint

ITEMS = [f"{number} {'x' * 300}" for number in range(MANY_ITEMS + 1)]
FAILING = [f"!{item}" if number % 3 else item for number, item in enumerate(ITEMS)]


async def answer_of(app: GraphQLEndpoint, query: str) -> list[Message]:
    scope: Scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json"), (b"x-request-id", b"r")],
    }
    body = orjson.dumps({"query": query})
    sent: list[Message] = []
    asked = False

    async def receive() -> Message:
        nonlocal asked
        if asked:
            await asyncio.Event().wait()
        asked = True
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent


def app_of(items: list[str], **values: Any) -> GraphQLEndpoint:
    return endpoint(lambda _: ExampleContext(values={"items": items}, **values))


def content(messages: list[Message]) -> bytes:
    start, *bodies = messages
    whole = b"".join(each["body"] for each in bodies)
    assert dict(start["headers"])[b"content-length"] == b"%d" % len(whole)
    assert [each.get("more_body", False) for each in bodies] == [True] * (len(bodies) - 1) + [False]
    return whole


@pytest.mark.parametrize("items", [ITEMS, FAILING], ids=["plain", "with errors"])
async def test_a_long_answer_is_the_same_in_pieces(
    items: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    in_pieces = await answer_of(app_of(items), "{ items { name } }")
    assert len(in_pieces) > 3
    monkeypatch.setattr(graphql, "MANY_ITEMS", 10**9)
    at_once = await answer_of(app_of(items), "{ items { name } }")
    assert len(at_once) == 2
    assert content(in_pieces) == content(at_once)


async def test_many_errors_make_an_answer_long() -> None:
    failing = [f"!{'x' * 300}"] * (MANY_ITEMS // 2 + 1)
    messages = await answer_of(app_of(failing), "{ items { name } }")
    assert len(messages) > 2
    assert len(orjson.loads(content(messages))["errors"]) == len(failing)


async def test_a_short_answer_leaves_at_once() -> None:
    assert len(await answer_of(app_of(["a", "b"]), "{ items { name } }")) == 2


async def test_all_who_share_an_execution_get_all_its_pieces() -> None:
    gate, entered = asyncio.Event(), asyncio.Event()
    sharing = Sharing()
    app = endpoint(
        lambda _: ExampleContext(values={"items": ITEMS}, gate=gate, entered=entered),
        sharing=sharing,
    )
    asking = [asyncio.create_task(answer_of(app, "{ wait items { name } }")) for _ in range(3)]
    await entered.wait()
    await asyncio.sleep(0)
    gate.set()
    first, *others = map(content, await asyncio.gather(*asking))
    assert (sharing.executed, sharing.shared) == (1, 2)
    assert len(orjson.loads(first)["data"]["items"]) == len(ITEMS)
    assert others == [first, first]
