from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upstream import errors
from upstream.decoding import error_of, json_payload
from upstream.errors import InvalidResponse, Moved, ResponseError

JSON = {"content-type": "application/json", "x-request-id": "01JABC"}
TOKEN = "glpat-s3cret+/="


def error_for(
    status: int, body: bytes | dict[str, Any], headers: dict[str, str] | None = None
) -> ResponseError:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    error = error_of(status, JSON if headers is None else headers, raw, secret=TOKEN)
    assert isinstance(error, ResponseError)
    return error


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.BadRequest),
        (401, errors.Unauthorized),
        (403, errors.Forbidden),
        (404, errors.NotFound),
        (405, errors.MethodNotAllowed),
        (409, errors.Conflict),
        (410, errors.NotFound),
        (412, errors.Conflict),
        (413, errors.BadRequest),
        (418, ResponseError),
        (422, errors.BadRequest),
        (429, errors.RateLimited),
        (500, errors.ServerError),
        (502, errors.ServerError),
        (599, errors.ServerError),
    ],
)
def test_each_status_has_its_class(status: int, kind: type[ResponseError]) -> None:
    error = error_for(status, {"message": "why"})
    assert type(error) is kind
    assert (error.message, error.status, error.request_id) == ("why", status, "01JABC")
    assert error.may_have_arrived


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (400, {"error": "scope does not have a valid value"}, "scope does not have a valid value"),
        (400, {"message": "400 Bad request - Unplayable Job"}, "400 Bad request - Unplayable Job"),
        (400, {"message": {"base": ["Reference not found"]}}, "Reference not found"),
        (400, {"message": {"key": ["is short", "is odd"]}}, "key: is short; key: is odd"),
        (400, {"message": {"a": {"b": ["no"]}, "c": "yes"}}, "b: no; c: yes"),
        (400, {"message": ["one", "two"]}, "one; two"),
        (401, {"message": "401 Unauthorized"}, "401 Unauthorized"),
        (
            401,
            {"error": "invalid_token", "error_description": "Token is expired."},
            "Token is expired. (invalid_token)",
        ),
        (
            403,
            {
                "error": "insufficient_scope",
                "error_description": "It needs more than the token has.",
                "scope": "api read_api",
            },
            "It needs more than the token has. (insufficient_scope; needs api read_api)",
        ),
        (429, {"message": {"error": "Try again later."}}, "Try again later."),
        (404, {"error": "404 Not Found"}, "404 Not Found"),
        (404, {"message": None}, "404 Not Found"),
        (404, {}, "404 Not Found"),
        (404, b"", "404 Not Found"),
        (404, b"[]", "404 Not Found"),
        (404, b'"gone"', "gone"),
        (599, b"", "GitLab answered 599"),
        (429, b"Retry later\n", "Retry later"),
        (502, b"  Bad\r\n\tGateway \x1b[31m ", "Bad Gateway [31m"),
        (500, b"\xff\xfe not text", "\ufffd\ufffd not text"),
        (400, {"message": {"count": 3, "force": True}}, "count: 3; force: true"),
        (400, {"message": "left\u202eright\u200b"}, "left right"),
    ],
)
def test_gitlabs_words_are_found_in_each_shape(
    status: int, body: bytes | dict[str, Any], message: str
) -> None:
    assert error_for(status, body).message == message


PAGE = (
    b"<!DOCTYPE html>\n<html><head><title>\n GitLab is not\n responding (502) &amp; so on</title>"
    b"<script>markup()</script></head><body><h1>502</h1></body></html>"
)


@pytest.mark.parametrize(
    "headers", [{"content-type": "text/html; charset=utf-8"}, {"content-type": "text/plain"}, {}]
)
def test_a_page_is_named_by_its_title(headers: dict[str, str]) -> None:
    error = error_for(502, PAGE, headers)
    assert error.message == (
        "GitLab answered 502 with an HTML page: GitLab is not responding (502) & so on"
    )


def test_a_page_without_a_title_is_a_page() -> None:
    body = b"<html><body><p>down</p></body></html>"
    assert error_for(503, body, {}).message == "GitLab answered 503 with an HTML page"


@pytest.mark.parametrize(
    "body",
    [
        {"message": f"no {TOKEN} here"},
        {"message": {TOKEN: ["x"]}},
        {"error": "x", "error_description": "?private_token=glpat-s3cret%2B%2F%3D"},
        f"no {TOKEN} here".encode(),
        f"<html><title>no {TOKEN} here</title>".encode(),
        {"message": "x" * 490 + TOKEN},
    ],
)
def test_the_token_is_never_repeated(body: bytes | dict[str, Any]) -> None:
    error = error_for(400, body)
    assert "s3cret" not in error.message
    assert "glpat" not in error.message


def test_a_long_message_is_cut() -> None:
    message = error_for(500, {"message": "x" * 10_000}).message
    assert (len(message), message[-3:]) == (500, "...")


def test_a_message_of_a_thousand_parts_is_cut() -> None:
    assert error_for(400, {"message": [f"{n}" for n in range(1000)]}).message.count(";") == 19


def test_a_message_of_a_thousand_levels_breaks_nothing() -> None:
    body = b'{"message":' + b"[" * 1000 + b'"deep"' + b"]" * 1000 + b"}"
    assert error_for(400, body).message


@given(st.binary(max_size=300), st.integers(300, 599), st.booleans())
def test_no_body_breaks_the_decoder(body: bytes, status: int, html: bool) -> None:  # noqa: FBT001 - drawn
    headers = {"content-type": "text/html"} if html else {}
    error = error_of(status, headers, body)
    assert 0 < len(error.message) <= 600
    assert error.message.isprintable() or "\ufffd" in error.message or not error.message.isascii()


@pytest.mark.parametrize("value", ["a b", "x" * 129, "", "a\r\nb", "<script>"])
def test_a_request_id_that_is_none_is_left_out(value: str) -> None:
    assert error_for(500, b"", {"x-request-id": value}).request_id is None


def test_a_limit_says_when_it_ends() -> None:
    error = error_for(429, b"Retry later", {"retry-after": "30", "content-type": "text/plain"})
    assert (error.retry_after, error.message) == (30.0, "Retry later")


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_renamed_project_is_named(status: int) -> None:
    headers = {"location": "https://gitlab.example.com/api/v4/projects/new%2Fname/jobs?per_page=2"}
    asked = "/api/v4/projects/old%2Fname/jobs?per_page=2"
    error = error_of(status, headers, b"moved permanently to ...", asked=asked)
    assert type(error) is Moved
    assert error.status == status
    assert error.message == (
        "the project was renamed or moved: GitLab redirects to project 'new/name'"
    )


@pytest.mark.parametrize(
    "location",
    [None, "https://gitlab.example.com/api/v4/projects/1/jobs", "http://[half", "/login"],
)
def test_a_redirect_for_another_reason_names_the_address(location: str | None) -> None:
    headers = {} if location is None else {"location": location}
    error = error_of(301, headers, b"", asked="/api/v4/projects/1/jobs")
    assert type(error) is InvalidResponse
    assert "https" in error.message


@pytest.mark.parametrize("status", [300, 304])
def test_other_answers_without_a_body_are_invalid(status: int) -> None:
    assert type(error_of(status, JSON, b"")) is InvalidResponse


def test_json_is_read() -> None:
    assert json_payload(200, JSON, b'[{"id":16862617994}]') == [{"id": 16862617994}]


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"", "nothing"),
        (b" \n", "nothing"),
        (b"{", "something else"),
        (b"\xff", "something else"),
        (b"NaN", "something else"),
        (PAGE, "an HTML page"),
    ],
)
def test_what_should_be_json_and_is_not(body: bytes, what: str) -> None:
    with pytest.raises(InvalidResponse, match=f"answered 200 with {what} instead") as caught:
        json_payload(200, JSON, body)
    assert (caught.value.status, caught.value.request_id) == (200, "01JABC")


FOREIGN_404 = {
    "a page": (PAGE, "an HTML page"),
    "a page by its header": (b"nothing here", "an HTML page"),
    "a word": (b"404 page not found\n", "something else than JSON"),
    "half of an answer": (b'{"message":"404 Proj', "something else than JSON"),
}


@pytest.mark.parametrize("status", [404, 410])
@pytest.mark.parametrize(("body", "what"), FOREIGN_404.values(), ids=FOREIGN_404)
def test_a_404_of_another_server_says_nothing_about_a_job(
    status: int, body: bytes, what: str
) -> None:
    headers = {"content-type": "text/html"} if what == "an HTML page" else JSON
    error = error_of(status, headers, body)
    assert type(error) is InvalidResponse
    assert error.status == status
    assert error.message.startswith(f"GitLab answered {status} with {what}, which its API never")
    assert "GITLAB_URL" in error.message


@pytest.mark.parametrize("body", [b'{"message":"secret', b' [{"message"', b'"half', b"{'a': 1}"])
@pytest.mark.parametrize("status", [400, 403, 500, 503])
def test_broken_json_is_not_shown(status: int, body: bytes) -> None:
    assert error_for(status, body).message == f"{status} {HTTPStatus(status).phrase}"
