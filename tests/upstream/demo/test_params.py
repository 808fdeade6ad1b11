"""Parameters survive the way into a link and back, and no cursor breaks the reader."""

from __future__ import annotations

import contextlib
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upstream.demo.answers import ApiError
from upstream.demo.paging import by_keyset, make_cursor
from upstream.demo.paging import by_offset as page_by_offset
from upstream.demo.params import parse_query
from upstream.demo.records import Build

NONE: list[Build] = []
NAMES = st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1, max_size=8)
VALUES = st.text(st.characters(codec="utf-8"), max_size=12)
PARAMS = st.dictionaries(
    NAMES.filter(lambda name: name not in ("page", "per_page")),
    VALUES
    | st.lists(VALUES, min_size=1, max_size=3)
    | st.dictionaries(NAMES, VALUES, min_size=1, max_size=3),
    max_size=4,
)


@given(PARAMS)
def test_a_link_gives_back_what_was_asked(params: dict[str, Any]) -> None:
    _, headers = page_by_offset(range(3), params | {"per_page": "1"}, "http://g/x")
    link = headers["link"].split(">", 1)[0].removeprefix("<")
    address, _, query = link.partition("?")
    assert address == "http://g/x"
    assert parse_query(query) == params | {"page": "2", "per_page": "1"}


@given(st.text(max_size=40))
def test_any_query_is_read_or_refused(query: str) -> None:
    with contextlib.suppress(ApiError):
        parse_query(query)
        parse_query(quote(query))


@given(st.text(max_size=40))
def test_any_cursor_is_read_or_refused(cursor: str) -> None:
    with contextlib.suppress(ApiError):
        page, _ = by_keyset(NONE, {"cursor": cursor}, "http://g/x")
        assert page == []


@given(st.integers(1, 2**63), st.sampled_from("np"))
def test_a_cursor_of_its_own_is_always_read(number: int, direction: str) -> None:
    page, headers = by_keyset(NONE, {"cursor": make_cursor(number, direction)}, "http://g/x")
    assert (page, headers) == ([], {})


@pytest.mark.parametrize(
    ("query", "params"),
    [
        ("a=1&a=2", {"a": "2"}),
        ("a[]=1&a[]=2", {"a": ["1", "2"]}),
        ("a[b]=1&a[c]=2", {"a": {"b": "1", "c": "2"}}),
        ("a[][b]=1&a[][b]=2", {"a": [{"b": "1"}, {"b": "2"}]}),
        ("a=", {"a": ""}),
        ("", {}),
    ],
)
def test_nesting(query: str, params: dict[str, Any]) -> None:
    assert parse_query(query) == params
