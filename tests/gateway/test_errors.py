from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from gateway.errors import MAX_MESSAGE, RULES, ErrorCode, fault_of, rule_for
from resolvers import errors as resolver
from upstream import errors as upstream

DOCS = Path(__file__).parents[2] / "docs" / "errors.md"


def classes(module: object) -> list[type[Exception]]:
    return [
        cls for _, cls in inspect.getmembers(module, inspect.isclass) if issubclass(cls, Exception)
    ]


@pytest.mark.parametrize("cls", classes(upstream), ids=lambda cls: cls.__name__)
def test_every_upstream_error_has_a_rule_of_its_own(cls: type[Exception]) -> None:
    assert cls in RULES


@pytest.mark.parametrize("cls", classes(resolver), ids=lambda cls: cls.__name__)
def test_every_resolver_error_is_the_callers(cls: type[Exception]) -> None:
    fault = fault_of(cls("first must be from 1 to 500"), acting=False)
    assert fault is not None
    assert (fault.code, fault.message) == (
        ErrorCode.BAD_USER_INPUT,
        "first must be from 1 to 500",
    )


def response(cls: type[upstream.ResponseError], status: int) -> upstream.ResponseError:
    return cls("said GitLab", status=status, request_id="r", retry_after=3)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (upstream.InvalidRequest("bad id"), "BAD_USER_INPUT"),
        (upstream.ConnectFailed("refused"), "UPSTREAM_UNAVAILABLE"),
        (upstream.Disconnected("cut"), "UPSTREAM_UNAVAILABLE"),
        (upstream.UpstreamTimeout("slow", phase="read", seconds=1), "UPSTREAM_TIMEOUT"),
        (upstream.Overloaded("busy", retry_after=1), "OVERLOADED"),
        (upstream.InvalidResponse("html"), "UPSTREAM_INVALID"),
        (upstream.ResponseTooLarge("big", status=200), "UPSTREAM_INVALID"),
        (response(upstream.Moved, 301), "NOT_FOUND"),
        (response(upstream.BadRequest, 400), "BAD_USER_INPUT"),
        (response(upstream.Unauthorized, 401), "UNAUTHENTICATED"),
        (response(upstream.Forbidden, 403), "FORBIDDEN"),
        (response(upstream.NotFound, 404), "NOT_FOUND"),
        (response(upstream.MethodNotAllowed, 405), "UPSTREAM_ERROR"),
        (response(upstream.Conflict, 409), "CONFLICT"),
        (response(upstream.RateLimited, 429), "RATE_LIMITED"),
        (response(upstream.ServerError, 500), "UPSTREAM_ERROR"),
        (response(upstream.ServerError, 502), "UPSTREAM_UNAVAILABLE"),
        (response(upstream.ServerError, 503), "UPSTREAM_UNAVAILABLE"),
        (response(upstream.ServerError, 504), "UPSTREAM_UNAVAILABLE"),
        (response(upstream.ResponseError, 418), "UPSTREAM_ERROR"),
        (upstream.UpstreamError("else"), "UPSTREAM_ERROR"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_what_each_error_becomes(error: upstream.UpstreamError, code: str) -> None:
    fault = fault_of(error, acting=False)
    assert fault is not None
    assert fault.code == code
    assert fault.message == error.message
    assert fault.status == getattr(error, "status", None)


def test_a_class_that_is_not_listed_goes_by_its_nearest_listed_parent() -> None:
    class Odd(upstream.NotFound):
        pass

    assert rule_for(Odd("gone", status=404)) == RULES[upstream.NotFound]


@pytest.mark.parametrize(
    "error", [ValueError("x"), KeyError("x"), RuntimeError("x"), TimeoutError()]
)
def test_anything_else_is_masked(error: Exception) -> None:
    assert fault_of(error, acting=False) is None


def test_a_message_without_end_is_cut() -> None:
    fault = fault_of(upstream.ServerError("x" * 5000, status=500), acting=False)
    assert fault is not None
    assert len(fault.message) == MAX_MESSAGE + 3


def test_the_docs_explain_every_code_and_no_other() -> None:
    documented = re.findall(r"^### `([A-Z_]+)`$", DOCS.read_text(), flags=re.MULTILINE)
    assert sorted(documented) == sorted(code.value for code in ErrorCode)
    assert len(documented) == len(set(documented))


def test_the_docs_tell_retryable_codes_from_others() -> None:
    """`retryable: never` stands under exactly the codes that no rule ever lets be retried."""
    text = DOCS.read_text()
    sections = re.split(r"^### `([A-Z_]+)`$", text, flags=re.MULTILINE)[1:]
    bodies = dict(zip(sections[::2], sections[1::2], strict=True))
    retried = {
        fault.code.value
        for error in RETRIED
        if (fault := fault_of(error, acting=False)) is not None and fault.retryable
    }
    assert {code for code, body in bodies.items() if "`retryable`: never" not in body} == retried


RETRIED = [
    upstream.ConnectFailed("refused"),
    upstream.Disconnected("cut"),
    upstream.UpstreamTimeout("slow", phase="read", seconds=1),
    upstream.Overloaded("busy", retry_after=1),
    response(upstream.Conflict, 409),
    response(upstream.RateLimited, 429),
    response(upstream.ServerError, 500),
]
