from __future__ import annotations

import logging
from typing import Any

import orjson
import pytest

from gateway.execution.documents import Documents
from gateway.execution.operation import select_operation
from gateway.execution.reporting import format_errors
from gateway.execution.stock import StockEngine
from tests.gateway.example import SCHEMA, ExampleContext
from upstream import errors as upstream


async def errors_of(query: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    operation = select_operation(Documents(SCHEMA._schema).get(query), None, {})
    result = await StockEngine(SCHEMA).execute(operation, ExampleContext(values=values))
    acting = operation.kind.value == "mutation"
    return format_errors(result.errors, request_id="r1", acting=acting)


async def test_an_error_of_gitlab_carries_place_code_status_and_request_id() -> None:
    failure = upstream.NotFound("404 Project Not Found", status=404, request_id="abc")
    assert await errors_of("{ a: text }", {"text": failure}) == [
        {
            "message": "404 Project Not Found",
            "locations": [{"line": 1, "column": 3}],
            "path": ["a"],
            "extensions": {
                "code": "NOT_FOUND",
                "retryable": False,
                "http": {"status": 404},
                "requestId": "abc",
            },
        }
    ]


async def test_rate_limits_say_when_to_come_back_in_whole_seconds() -> None:
    failure = upstream.RateLimited("Retry later", status=429, retry_after=1.2)
    (error,) = await errors_of("{ text }", {"text": failure})
    assert error["extensions"] == {
        "code": "RATE_LIMITED",
        "retryable": True,
        "http": {"status": 429},
        "retryAfter": 2,
    }


async def test_an_unknown_error_is_masked_and_logged_with_the_request_id(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR):
        (error,) = await errors_of("{ text }", {"text": RuntimeError("secret glpat-1234")})
    assert error["message"] == "Internal server error."
    assert error["extensions"] == {"code": "INTERNAL_SERVER_ERROR", "retryable": False}
    assert "request r1: unexpected error at text" in caplog.text
    assert "RuntimeError" in caplog.text


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("number", "abc", 'GitLab\'s value for "number" is no Int: "abc".'),
        ("number", [1], 'GitLab\'s value for "number" is no Int: a list.'),
        ("number", {"a": 1}, 'GitLab\'s value for "number" is no Int: an object.'),
        ("number", object(), 'GitLab\'s value for "number" is no Int: something else.'),
        ("number", 2**70, 'GitLab\'s value for "number" is no Int: a number out of range.'),
        ("number", "\ud800", 'GitLab\'s value for "number" is no Int: text that is not UTF-8.'),
        ("number", "9" * 90, f'GitLab\'s value for "number" is no Int: "{"9" * 39}....'),
        ("color", "green", 'GitLab\'s value for "color" is no Color: "green".'),
        ("required", None, "Cannot return null for non-nullable field Query.required."),
        ("items { name }", 7, 'GitLab\'s value for "items" does not fit its type.'),
    ],
)
async def test_a_value_that_does_not_fit_is_named_without_pythons_words(
    field: str, value: Any, message: str
) -> None:
    name = field.partition(" ")[0]
    (error,) = await errors_of(f"{{ {field} }}", {name: value})
    assert error["message"] == message
    assert error["extensions"]["code"] == "UPSTREAM_INVALID"


async def test_a_type_error_of_our_own_is_not_blamed_on_gitlab() -> None:
    (error,) = await errors_of("{ text }", {"text": TypeError("NoneType is not callable")})
    assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"


async def test_an_argument_that_cannot_be_used_is_the_callers() -> None:
    # Validation lets a nullable variable into a non-null place where it has a default.
    query = 'query ($t: String = "x") { echo(text: $t) }'
    operation = select_operation(Documents(SCHEMA._schema).get(query), None, {"t": None})
    result = await StockEngine(SCHEMA).execute(operation, ExampleContext())
    (error,) = format_errors(result.errors, request_id="r", acting=False)
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["message"].startswith("Argument 'text' has invalid value")


TIMED_OUT = upstream.UpstreamTimeout("GitLab did not answer in 30 s", phase="read", seconds=30)
REFUSED = upstream.ConnectFailed("no connection to GitLab")
LIMITED = upstream.RateLimited("Retry later", status=429)


@pytest.mark.parametrize(
    ("query", "values", "retryable"),
    [
        ("{ text }", {"text": TIMED_OUT}, True),
        ("{ text }", {"text": REFUSED}, True),
        ("mutation { act { text } }", {"act": TIMED_OUT}, False),
        ("mutation { act { text } }", {"act": REFUSED}, True),
        ("mutation { act { text } }", {"act": LIMITED}, True),
        # the action was done, reading its result was not: acting again is no way to read
        ("mutation { act { text } }", {"text": REFUSED}, False),
        ("mutation { act { text } }", {"text": LIMITED}, False),
    ],
)
async def test_a_mutation_is_only_retryable_where_it_had_no_effect(
    query: str, values: dict[str, Any], *, retryable: bool
) -> None:
    (error,) = await errors_of(query, values)
    assert error["extensions"]["retryable"] is retryable


async def test_errors_are_json() -> None:
    errors = await errors_of("{ text number }", {"text": TIMED_OUT, "number": object()})
    assert orjson.loads(orjson.dumps(errors)) == errors
