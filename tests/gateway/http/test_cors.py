from __future__ import annotations

from typing import Any

import httpx
import pytest

from gateway.http.cors import Cors
from tests.gateway.example import client_of, endpoint

APP = "https://app.example.com"
PREFLIGHT = {
    "origin": APP,
    "access-control-request-method": "POST",
    "access-control-request-headers": "content-type,private-token",
}
QUERY = {"query": "{ __typename }"}


async def test_a_preflight_of_an_allowed_origin() -> None:
    async with client_of(Cors(endpoint(), (APP,))) as client:
        answer = await client.options("/graphql", headers=PREFLIGHT)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == APP
    assert answer.headers["access-control-allow-methods"] == "GET, POST"
    assert answer.headers["access-control-allow-headers"] == "content-type,private-token"
    assert answer.headers["access-control-max-age"] == "7200"
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(
    "requested", [b"x\x01", b"x\r\nset-cookie: a=b", b"x\x7f", "x-ü".encode(), b"x" * 4000]
)
async def test_what_could_not_be_a_header_again_is_not_sent_back(requested: bytes) -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    headers = {**PREFLIGHT, "access-control-request-headers": ""}
    raw = [(name.encode(), value.encode()) for name, value in headers.items() if value]
    raw.append((b"access-control-request-headers", requested))
    scope = {"type": "http", "method": "OPTIONS", "path": "/graphql", "headers": raw}
    await Cors(endpoint(), (APP,))(scope, receive, send)
    assert dict(sent[0]["headers"])[b"access-control-allow-headers"] == b"content-type"


async def test_a_preflight_of_another_origin_allows_nothing() -> None:
    async with client_of(Cors(endpoint(), (APP,))) as client:
        answer = await client.options("/graphql", headers={**PREFLIGHT, "origin": "https://evil"})
    assert answer.status_code == 204
    assert [name for name in answer.headers if name.startswith("access-control")] == []


async def ask(origins: tuple[str, ...], headers: dict[str, str]) -> httpx.Response:
    async with client_of(Cors(endpoint(), origins)) as client:
        return await client.post("/graphql", json=QUERY, headers=headers)


async def test_an_answer_names_the_origin_that_may_read_it() -> None:
    answer = await ask((APP,), {"origin": APP})
    assert answer.json() == {"data": {"__typename": "Query"}}
    assert answer.headers["access-control-allow-origin"] == APP
    assert "X-Request-Id" in answer.headers["access-control-expose-headers"]
    assert "Origin" in answer.headers.get_list("vary", split_commas=True)


async def test_an_answer_to_another_origin_names_none() -> None:
    answer = await ask((APP,), {"origin": "https://evil"})
    assert "access-control-allow-origin" not in answer.headers


async def test_every_origin_may_be_allowed() -> None:
    answer = await ask(("*",), {"origin": "https://anyone"})
    assert answer.headers["access-control-allow-origin"] == "*"


async def test_requests_of_the_same_origin_are_left_alone() -> None:
    answer = await ask((APP,), {})
    assert [name for name in answer.headers if name.startswith("access-control")] == []


async def test_options_without_a_preflights_headers_is_no_preflight() -> None:
    async with client_of(Cors(endpoint(), (APP,))) as client:
        answer = await client.options("/graphql", headers={"origin": APP})
    assert answer.status_code == 405
