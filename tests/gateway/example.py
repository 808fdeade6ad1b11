"""A small schema with every kind of outcome, so that the server is tested without GitLab."""

from __future__ import annotations

import asyncio
import enum
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import strawberry
from starlette.types import ASGIApp

from gateway.execution.documents import Documents
from gateway.execution.stock import StockEngine
from gateway.http.graphql import GraphQLEndpoint
from upstream.credentials import Credential


@dataclass
class ExampleContext:
    """`values` is what resolvers return or raise, by field name."""

    credential: Credential | None = None
    values: dict[str, Any] = field(default_factory=dict)
    gate: asyncio.Event | None = None
    entered: asyncio.Event | None = None
    closed: bool = False

    def value(self, name: str) -> Any:
        value = self.values.get(name)
        if isinstance(value, Exception):
            raise value
        return value

    async def aclose(self) -> None:
        self.closed = True


Info = strawberry.Info[ExampleContext, None]


@strawberry.enum
class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


def _text(info: Info) -> Any:
    return info.context.value("text")


async def _later(info: Info) -> Any:
    await asyncio.sleep(0)
    return info.context.value("later")


def _number(info: Info) -> Any:
    return info.context.value("number")


def _required(info: Info) -> Any:
    return info.context.value("required")


def _items(info: Info) -> Any:
    return info.context.values.get("items", [])


def _color(info: Info) -> Any:
    return info.context.value("color")


async def _wait(info: Info) -> str:
    assert info.context.gate is not None
    assert info.context.entered is not None
    info.context.entered.set()
    await info.context.gate.wait()
    return "waited"


def _who(info: Info) -> str | None:
    credential = info.context.credential
    return None if credential is None else f"{credential.kind.name} {credential.token}"


def _echo(text: str) -> str:
    return text


def _item_name(root: Any) -> Any:
    if root.startswith("!"):
        raise ValueError(root)
    return root


@strawberry.type
class Item:
    name: str | None = strawberry.field(resolver=_item_name)

    @classmethod
    def is_type_of(cls, _value: Any, _info: Any) -> bool:
        return True


@strawberry.type
class Query:
    text: str | None = strawberry.field(resolver=_text)
    later: str | None = strawberry.field(resolver=_later)
    number: int | None = strawberry.field(resolver=_number)
    required: str = strawberry.field(resolver=_required)
    items: list[Item] | None = strawberry.field(resolver=_items)
    color: Color | None = strawberry.field(resolver=_color)
    wait: str | None = strawberry.field(resolver=_wait)
    who: str | None = strawberry.field(resolver=_who)
    echo: str = strawberry.field(resolver=_echo)


@strawberry.type
class Acted:
    text: str | None = strawberry.field(resolver=_text)


def _act(info: Info) -> Any:
    info.context.value("act")
    return Acted()


@strawberry.type
class Mutation:
    act: Acted | None = strawberry.field(resolver=_act)


SCHEMA = strawberry.Schema(query=Query, mutation=Mutation)


def endpoint(
    make_context: Callable[[Credential | None], ExampleContext] = ExampleContext,
    *,
    introspection: bool = True,
    **options: Any,
) -> GraphQLEndpoint:
    def made(credential: Credential | None, idempotency_key: str | None = None) -> ExampleContext:
        del idempotency_key
        return make_context(credential)

    documents = Documents(SCHEMA._schema, introspection=introspection)
    return GraphQLEndpoint(documents, StockEngine(SCHEMA), made, **options)


@asynccontextmanager
async def client_of(app: ASGIApp) -> AsyncIterator[httpx.AsyncClient]:
    """A client without a network: good for whole requests and answers, not for streams."""
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        yield client
