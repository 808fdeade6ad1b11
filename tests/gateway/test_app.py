from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from gateway.app import Gateway, create_app
from gateway.settings import read_settings
from schema import build_schema
from tests.gateway.example import SCHEMA, client_of
from tests.support.serving import serve

GITLAB = {"GITLAB_URL": "http://127.0.0.1:9"}  # never asked


def make(**environ: str) -> Gateway:
    return create_app(read_settings({**GITLAB, **environ}), schema=SCHEMA)


@asynccontextmanager
async def started(app: Gateway) -> AsyncIterator[httpx.AsyncClient]:
    async with serve(app) as url, httpx.AsyncClient(base_url=url) as client:
        yield client


async def ask(app: Gateway, query: str, **headers: str) -> httpx.Response:
    async with started(app) as client:
        return await client.post("/graphql", json={"query": query}, headers=headers)


async def test_queries_are_answered() -> None:
    answer = await ask(make(), '{ echo(text: "hi") }')
    assert answer.json() == {"data": {"echo": "hi"}}


async def test_the_projects_own_schema_is_the_default() -> None:
    answer = await ask(create_app(read_settings(GITLAB)), '{ __type(name: "Job") { name } }')
    assert answer.json() == {"data": {"__type": {"name": "Job"}}}


async def test_a_setting_makes_it_a_subgraph() -> None:
    app = create_app(read_settings({**GITLAB, "GATEWAY_FEDERATION": "true"}))
    answer = await ask(app, "{ _service { sdl } }")
    assert answer.json() == {"data": {"_service": {"sdl": build_schema(federation=True).as_str()}}}


async def test_a_setting_hides_the_schema() -> None:
    app = make(GATEWAY_INTROSPECTION="false")
    answer = await ask(app, "{ __schema { types { name } } }")
    assert answer.json()["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    assert "Did you mean" not in (await ask(app, "{ txet }")).text


async def test_other_paths_are_answered_as_json() -> None:
    async with started(make()) as client:
        answer = await client.get("/grapql", headers={"x-request-id": "r1"})
    assert answer.status_code == 404
    assert answer.headers["x-request-id"] == "r1"
    assert answer.json() == {
        "errors": [
            {
                "message": "There is nothing here; GraphQL is at /graphql.",
                "extensions": {"code": "PATH_NOT_FOUND", "retryable": False},
            }
        ]
    }


@pytest.mark.parametrize("path", ["/", "/graphql"])
async def test_a_browser_gets_graphiql(path: str) -> None:
    async with started(make()) as client:
        answer = await client.get(path, headers={"accept": "text/html,*/*;q=0.8"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert 'data-mode="gitlab"' in answer.text


async def test_without_graphiql_there_is_no_page() -> None:
    async with started(make(GATEWAY_GRAPHIQL="false")) as client:
        root = await client.get("/", headers={"accept": "text/html"})
        endpoint = await client.get("/graphql", headers={"accept": "text/html"})
    assert (root.status_code, endpoint.status_code) == (404, 406)


async def test_cors_is_a_setting() -> None:
    origin = "https://app.example.com"
    answer = await ask(make(GATEWAY_CORS_ORIGINS=origin), "{ text }", origin=origin)
    assert answer.headers["access-control-allow-origin"] == origin
    answer = await ask(make(), "{ text }", origin=origin)
    assert "access-control-allow-origin" not in answer.headers


async def test_health_follows_the_lifespan() -> None:
    app = make()
    async with client_of(app) as client:
        assert (await client.get("/health/ready")).status_code == 503
        assert (await client.get("/health/live")).status_code == 200
    async with started(app) as client:
        assert (await client.get("/health/ready")).status_code == 200
    async with client_of(app) as client:
        answer = await client.get("/health/ready")
    assert (answer.status_code, answer.json()["reason"]) == (503, "shutting down")


async def test_a_websocket_is_refused() -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    scope = {"type": "websocket", "path": "/graphql", "headers": [], "subprotocols": []}
    await make()(scope, receive, send)
    assert [message["type"] for message in sent] == ["websocket.close"]


class Closed:
    def __init__(self) -> None:
        self.count = 0

    async def aclose(self) -> None:
        self.count += 1


async def test_an_upstream_that_was_handed_in_is_not_closed() -> None:
    upstream: Any = Closed()
    app = create_app(read_settings(GITLAB), schema=SCHEMA, upstream=upstream)
    async with started(app) as client:
        answer = await client.post("/graphql", json={"query": "{ __typename }"})
    assert answer.status_code == 200
    assert upstream.count == 0


async def test_a_start_that_fails_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError("no sockets left")

    monkeypatch.setattr("gateway.app.Upstream", fail)
    messages: list[Any] = []

    async def send(message: Any) -> None:
        messages.append(message)

    async def receive() -> Any:
        return {"type": "lifespan.startup"}

    await asyncio.wait_for(make()({"type": "lifespan"}, receive, send), 5)
    assert messages == [{"type": "lifespan.startup.failed", "message": "no sockets left"}]


@pytest.mark.parametrize("path", ["/static/graphiql/nope.js", "/static/graphiql/", "/nowhere"])
async def test_what_is_not_there_is_refused_as_json(path: str) -> None:
    async with started(make()) as client:
        answer = await client.get(path)
    assert answer.status_code == 404
    assert answer.json()["errors"][0]["extensions"]["code"] == "PATH_NOT_FOUND"


async def test_a_method_that_the_page_does_not_take_is_refused_as_json() -> None:
    async with started(make()) as client:
        answer = await client.post("/")
    assert answer.status_code == 405
    assert answer.json()["errors"][0]["extensions"]["code"] == "METHOD_NOT_ALLOWED"
    assert "GET" in answer.headers["allow"]
