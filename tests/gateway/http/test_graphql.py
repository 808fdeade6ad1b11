from __future__ import annotations

import logging
from typing import Any

import httpx
import orjson
import pytest
from starlette.responses import HTMLResponse
from starlette.types import Receive, Scope, Send

from gateway.http.graphql import GraphQLEndpoint
from gateway.limits.config import RequestLimits
from tests.gateway.example import ExampleContext, client_of, endpoint
from upstream.credentials import Credential, TokenKind

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"


async def post(
    payload: Any = None,
    *,
    app: GraphQLEndpoint | None = None,
    headers: dict[str, str] | None = None,
    content: bytes | None = None,
    accept: str = GRAPHQL,
) -> httpx.Response:
    body = orjson.dumps(payload) if content is None else content
    sent = {"content-type": JSON, "accept": accept, **(headers or {})}
    async with client_of(app or endpoint()) as client:
        return await client.post("/graphql", content=body, headers=sent)


async def get(params: dict[str, str], **headers: str) -> httpx.Response:
    async with client_of(endpoint()) as client:
        return await client.get("/graphql", params=params, headers=headers)


def only_error(answer: httpx.Response) -> tuple[int, str, str]:
    body = answer.json()
    assert list(body) == ["errors"]
    (error,) = body["errors"]
    return answer.status_code, error["extensions"]["code"], error["message"]


@pytest.mark.parametrize("accept", [GRAPHQL, JSON])
async def test_an_answer_is_in_the_type_that_was_asked_for(accept: str) -> None:
    answer = await post({"query": '{ echo(text: "grüß 🦊") }'}, accept=accept)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == f"{accept}; charset=utf-8"
    assert answer.json() == {"data": {"echo": "grüß 🦊"}}
    assert "grüß 🦊".encode() in answer.content


async def test_answers_are_not_to_be_kept_by_anyone_between() -> None:
    answer = await post({"query": "{ text }"})
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "Private-Token" in answer.headers["vary"]


async def test_the_request_id_comes_back() -> None:
    answer = await post({"query": "{ text }"}, headers={"x-request-id": "abc"})
    assert answer.headers["x-request-id"] == "abc"
    assert (await post(content=b"{")).headers["x-request-id"]


async def test_variables_and_operation_name() -> None:
    query = "query A { text } query B($t: String!) { echo(text: $t) }"
    answer = await post({"query": query, "operationName": "B", "variables": {"t": "hi"}})
    assert answer.json() == {"data": {"echo": "hi"}}


async def test_a_query_by_get() -> None:
    query = "query ($t: String!) { echo(text: $t) }"
    answer = await get({"query": query, "variables": '{"t":"hi"}'}, accept=GRAPHQL)
    assert (answer.status_code, answer.json()) == (200, {"data": {"echo": "hi"}})


async def test_failed_fields_come_with_the_data_and_status_200() -> None:
    context = ExampleContext(values={"text": ValueError("no"), "number": 1})
    answer = await post({"query": "{ text number }"}, app=endpoint(lambda _: context))
    assert answer.status_code == 200
    body = answer.json()
    assert body["data"] == {"text": None, "number": 1}
    assert [error["path"] for error in body["errors"]] == [["text"]]
    assert list(body) == ["data", "errors"]


async def test_data_that_became_null_during_execution_is_said() -> None:
    answer = await post({"query": "{ required }"})
    assert answer.status_code == 200
    assert answer.json()["data"] is None
    assert answer.json()["errors"][0]["extensions"]["code"] == "UPSTREAM_INVALID"


WRONG_TYPE = {"query": "query ($t: String!) { echo(text: $t) }", "variables": {"t": 1}}
TWO = "query A { text } query B { text }"


@pytest.mark.parametrize(
    ("payload", "code", "message"),
    [
        ({"query": "{"}, "GRAPHQL_PARSE_FAILED", "Syntax Error: Expected Name, found <EOF>."),
        (
            {"query": "{ unknown }"},
            "GRAPHQL_VALIDATION_FAILED",
            "Cannot query field 'unknown' on type 'Query'.",
        ),
        (
            WRONG_TYPE,
            "BAD_USER_INPUT",
            "Variable '$t' has invalid value: String cannot represent a non string value: 1",
        ),
        (
            {"query": TWO, "operationName": "C"},
            "OPERATION_RESOLUTION_FAILURE",
            'The document holds no operation named "C".',
        ),
        (
            {"query": TWO},
            "OPERATION_RESOLUTION_FAILURE",
            "The document holds several operations: say in operationName which one is meant.",
        ),
    ],
)
async def test_a_refused_operation_has_no_data_and_the_status_of_its_media_type(
    payload: dict[str, Any], code: str, message: str
) -> None:
    assert only_error(await post(payload)) == (400, code, message)
    assert only_error(await post(payload, accept=JSON)) == (200, code, message)


@pytest.mark.parametrize("accept", [GRAPHQL, JSON])
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"query', "The body is not valid JSON (line 1, column 8)."),
        (b"{}", 'The parameter "query" is missing.'),
        (
            b'{"query":"{ text }","variables":"a"}',
            'The parameter "variables" must be an object, not a string.',
        ),
    ],
)
async def test_a_malformed_request_is_400_in_either_type(
    accept: str, content: bytes, message: str
) -> None:
    answer = await post(content=content, accept=accept)
    assert only_error(answer) == (400, "BAD_REQUEST", message)
    assert answer.headers["content-type"] == f"{accept}; charset=utf-8"


async def test_a_mutation_by_get_is_405() -> None:
    contexts: list[ExampleContext] = []

    def make(credential: Credential | None) -> ExampleContext:
        contexts.append(ExampleContext(credential))
        return contexts[-1]

    async with client_of(endpoint(make)) as client:
        answer = await client.get("/graphql", params={"query": "mutation { act { text } }"})
    assert only_error(answer) == (
        405,
        "METHOD_NOT_ALLOWED",
        "A mutation must be sent by POST: a GET changes nothing.",
    )
    assert answer.headers["allow"] == "POST"
    assert contexts == []


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_other_methods_are_405(method: str) -> None:
    async with client_of(endpoint()) as client:
        answer = await client.request(method, "/graphql")
    assert only_error(answer) == (
        405,
        "METHOD_NOT_ALLOWED",
        "GraphQL is served by POST and GET.",
    )
    assert answer.headers["allow"] == "GET, POST"


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
async def test_what_a_foreign_page_could_send_unasked_is_415(content_type: str) -> None:
    answer = await post(
        {"query": "mutation { act { text } }"}, headers={"content-type": content_type}
    )
    assert only_error(answer) == (
        415,
        "UNSUPPORTED_MEDIA_TYPE",
        "A POST needs the header Content-Type: application/json.",
    )


async def test_an_accept_header_that_leaves_nothing_is_406() -> None:
    answer = await post({"query": "{ text }"}, accept="image/png")
    status, code, message = only_error(answer)
    assert (status, code) == (406, "NOT_ACCEPTABLE")
    assert "application/graphql-response+json or application/json" in message
    assert answer.headers["content-type"] == "application/json; charset=utf-8"


async def test_a_body_over_the_limit_is_413() -> None:
    answer = await post(
        {"query": "{ text }" + " " * 200}, app=endpoint(limits=RequestLimits(body_bytes=100))
    )
    assert only_error(answer) == (
        413,
        "REQUEST_TOO_LARGE",
        "The request's body is larger than 100 bytes (GATEWAY_BODY_BYTES).",
    )


async def test_the_callers_credential_reaches_the_resolvers() -> None:
    answer = await post({"query": "{ who }"}, headers={"private-token": "t1"})
    assert answer.json() == {"data": {"who": "PRIVATE_TOKEN t1"}}
    assert (await post({"query": "{ who }"})).json() == {"data": {"who": None}}


async def test_the_fallback_stands_in_for_those_without_a_credential() -> None:
    app = endpoint(fallback=Credential(TokenKind.PRIVATE_TOKEN, "ours"))
    assert (await post({"query": "{ who }"}, app=app)).json()["data"]["who"] == "PRIVATE_TOKEN ours"
    answer = await post({"query": "{ who }"}, app=app, headers={"authorization": "Bearer theirs"})
    assert answer.json()["data"]["who"] == "BEARER theirs"


async def test_unusable_credentials_are_refused() -> None:
    several = await post({"query": "{ who }"}, headers={"private-token": "a", "job-token": "b"})
    assert only_error(several)[:2] == (400, "BAD_REQUEST")
    basic = await post({"query": "{ who }"}, headers={"authorization": "Basic dTpw"})
    assert only_error(basic)[:2] == (401, "UNAUTHENTICATED")
    assert basic.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("query", ["{ text }", "{ required }", WRONG_TYPE["query"]])
async def test_the_context_is_closed_whatever_happens(query: str) -> None:
    context = ExampleContext()
    await post({"query": query}, app=endpoint(lambda _: context))
    assert context.closed


class BrokenEngine:
    async def execute(self, operation: object, context: object) -> Any:
        raise RuntimeError(f"glpat-secret {operation!r} {context!r}")


async def test_a_fault_of_the_gateway_is_masked(caplog: pytest.LogCaptureFixture) -> None:
    app = endpoint()
    app._engine = BrokenEngine()
    with caplog.at_level(logging.ERROR):
        answer = await post({"query": "{ text }"}, app=app, headers={"x-request-id": "r-7"})
    assert only_error(answer) == (500, "INTERNAL_SERVER_ERROR", "Internal server error.")
    assert "request r-7: unexpected error" in caplog.text


async def test_data_that_is_no_json_is_masked_too() -> None:
    context = ExampleContext(values={"text": "\ud800"})
    answer = await post({"query": "{ text }"}, app=endpoint(lambda _: context))
    assert only_error(answer)[:2] == (500, "INTERNAL_SERVER_ERROR")


async def page(scope: Scope, receive: Receive, send: Send) -> None:
    await HTMLResponse("<p>page</p>")(scope, receive, send)


async def test_a_browsers_get_is_answered_with_the_page() -> None:
    accept = "text/html,application/xhtml+xml,*/*;q=0.8"
    async with client_of(endpoint(page=page)) as client:
        assert (await client.get("/graphql", headers={"accept": accept})).text == "<p>page</p>"
        posted = await client.post(
            "/graphql", json={"query": "{ text }"}, headers={"accept": accept}
        )
        assert posted.json() == {"data": {"text": None}}


async def test_without_a_page_a_browser_is_told_what_is_missing() -> None:
    answer = await get({}, accept="text/html,application/xhtml+xml,*/*;q=0.8")
    assert only_error(answer) == (400, "BAD_REQUEST", 'The parameter "query" is missing.')


SECRETS = ("glpat-secret", "Error(", "Traceback", "<class", "object at 0x", "site-packages")


@pytest.mark.parametrize(
    "value",
    [
        RuntimeError("glpat-secret"),
        KeyError("glpat-secret"),
        RecursionError("glpat-secret"),
        object(),
        ExampleContext,
    ],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.parametrize("field", ["text", "number", "color", "required", "later"])
async def test_no_answer_shows_the_programs_inside(field: str, value: Any) -> None:
    context = ExampleContext(values={field: value})
    answer = await post({"query": f"{{ {field} }}"}, app=endpoint(lambda _: context))
    assert answer.json()["errors"]
    assert [secret for secret in SECRETS if secret in answer.text] == []
