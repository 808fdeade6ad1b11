from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.http.parameters import Parameters, check_content_type, from_json, from_url
from gateway.http.refusal import Refusal


def test_a_full_body() -> None:
    body = b'{"query":"{ a }","operationName":"A","variables":{"x":1},"extensions":{"y":2},"z":3}'
    assert from_json(body) == Parameters("{ a }", "A", {"x": 1})


def test_nulls_and_an_empty_name_stand_for_nothing() -> None:
    body = b'{"query":"{ a }","operationName":"","variables":null,"extensions":null}'
    assert from_json(body) == Parameters("{ a }", None, {})


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", 'The body is empty; it must be a JSON object with the key "query".'),
        (b"  ", 'The body is empty; it must be a JSON object with the key "query".'),
        (b'{"query"', "The body is not valid JSON (line 1, column 9)."),
        (b'{\n"query": x}', "The body is not valid JSON (line 2, column 10)."),
        (b'{"query":"\xff"}', "The body is not valid JSON (line 1, column 1)."),
        (b'"{ a }"', 'The body must be a JSON object with the key "query".'),
        (b"{}", 'The parameter "query" is missing.'),
        (b'{"query":""}', 'The parameter "query" is missing.'),
        (b'{"query":null}', 'The parameter "query" is missing.'),
        (b'{"query":0}', 'The parameter "query" must be a string, not a number.'),
        (b'{"query":false}', 'The parameter "query" must be a string, not a boolean.'),
        (b'{"query":{}}', 'The parameter "query" must be a string, not an object.'),
        (
            b'{"query":"a","operationName":[]}',
            'The parameter "operationName" must be a string, not a list.',
        ),
        (
            b'{"query":"a","variables":"{}"}',
            'The parameter "variables" must be an object, not a string.',
        ),
        (
            b'{"query":"a","variables":[]}',
            'The parameter "variables" must be an object, not a list.',
        ),
        (
            b'{"query":"a","extensions":1}',
            'The parameter "extensions" must be an object, not a number.',
        ),
    ],
)
def test_a_body_that_is_no_request(body: bytes, message: str) -> None:
    with pytest.raises(Refusal) as raised:
        from_json(body)
    assert (raised.value.status, raised.value.fault.code) == (400, "BAD_REQUEST")
    assert raised.value.fault.message == message


def test_a_full_url() -> None:
    query = urlencode({"query": "{ a }", "operationName": "A", "variables": '{"x":1}', "z": "3"})
    assert from_url(query.encode()) == Parameters("{ a }", "A", {"x": 1})


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (b"", 'The parameter "query" is missing.'),
        (b"query=a&query=b", 'The parameter "query" was given more than once in the URL.'),
        (b"query=a&variables=%7B", 'The parameter "variables" in the URL is not valid JSON.'),
        (b"query=a&variables=1", 'The parameter "variables" must be an object, not a number.'),
        (b"query=%ff", "The URL's query must hold UTF-8 text and at most 32 parameters."),
        (
            b"&".join(b"a=%d" % n for n in range(40)),
            "The URL's query must hold UTF-8 text and at most 32 parameters.",
        ),
    ],
)
def test_a_url_that_is_no_request(query: bytes, message: str) -> None:
    with pytest.raises(Refusal) as raised:
        from_url(query)
    assert raised.value.status == 400
    assert raised.value.fault.message == message


@pytest.mark.parametrize(
    "content_type",
    [b"application/json", b"application/json; charset=utf-8", b'Application/JSON;charset="UTF-8"'],
)
def test_json_is_taken(content_type: bytes) -> None:
    check_content_type(content_type, None)
    check_content_type(content_type, b"identity")


@pytest.mark.parametrize(
    ("content_type", "encoding", "message"),
    [
        (None, None, "A POST needs the header Content-Type: application/json."),
        (b"text/plain", None, "A POST needs the header Content-Type: application/json."),
        (b"application/x-www-form-urlencoded", None, "A POST needs the header"),
        (b"multipart/form-data; boundary=x", None, "A POST needs the header"),
        (b"application/graphql", None, "A POST needs the header"),
        (b"application/json; charset=utf-16", None, "The body's charset must be UTF-8."),
        (b"application/json", b"gzip", "The body must not be compressed (Content-Encoding)."),
    ],
)
def test_anything_else_is_refused(
    content_type: bytes | None, encoding: bytes | None, message: str
) -> None:
    with pytest.raises(Refusal) as raised:
        check_content_type(content_type, encoding)
    assert (raised.value.status, raised.value.fault.code) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert raised.value.fault.message.startswith(message)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(["query", "operationName", "variables", "extensions", "other"])


def outcome(body: bytes) -> Any:
    try:
        return from_json(body)
    except Refusal as refusal:
        return refusal.status


@given(st.binary(max_size=60))
def test_any_bytes_are_a_request_or_a_refusal(body: bytes) -> None:
    assert isinstance(outcome(body), Parameters) or outcome(body) == 400


@given(st.dictionaries(NAMES, JSON))
def test_any_object_is_a_request_or_a_refusal(payload: dict[str, Any]) -> None:
    result = outcome(orjson.dumps(payload))
    assert result == 400 or result.query == payload["query"]
