from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upstream.errors import InvalidResponse
from upstream.paging import keyset_cursor, keyset_page, offset_page

ITEMS: list[dict[str, Any]] = [{"id": 2}, {"id": 1}]
HOST = "https://other.example.com/api/v4/projects/1/jobs"


@given(st.integers(1, 2**63 - 1))
def test_a_cursor_is_gitlabs_own_form(number: int) -> None:
    cursor = keyset_cursor(number)
    assert (
        base64.urlsafe_b64decode(cursor)
        == json.dumps({"id": str(number), "_kd": "n"}, separators=(",", ":")).encode()
    )
    assert keyset_page(ITEMS, {"x-next-cursor": cursor}, None).next_cursor == cursor


@pytest.mark.parametrize(
    "link",
    [
        f'<{HOST}?cursor=eyJpZCI6IjEifQ%3D%3D&per_page=2>; rel="next"',
        f'<{HOST}?per_page=2&cursor=eyJpZCI6IjEifQ==>; rel="next"',
        f"<{HOST}?cursor=eyJpZCI6IjEifQ%3D%3D>;rel=next",
        f'<{HOST}?cursor=wrong>; rel="first", <{HOST}?cursor=eyJpZCI6IjEifQ==>; rel="next"',
        f'<{HOST}?cursor=eyJpZCI6IjEifQ==>; title="x"; rel="last next"',
    ],
)
def test_the_cursor_is_taken_out_of_the_link(link: str) -> None:
    page = keyset_page(ITEMS, {"link": link, "x-next-cursor": "ignored"}, None)
    assert (page.items, page.next_cursor) == (ITEMS, "eyJpZCI6IjEifQ==")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-next-cursor": ""},
        {"link": f'<{HOST}?cursor=abc>; rel="prev"'},
        {"link": f'<{HOST}?cursor=abc>; rel="nextish"'},
        {"link": f'<{HOST}?page=2>; rel="next"'},
        {"link": 'nonsense; rel="next"'},
        {"link": '<http://[half>; rel="next"'},
    ],
)
def test_without_a_next_link_it_is_the_last_page(headers: dict[str, str]) -> None:
    assert keyset_page(ITEMS, headers, "abc").next_cursor is None


@pytest.mark.parametrize("following", ["abc", "not a cursor", "x" * 3000, "a\x00"])
def test_a_next_page_that_cannot_be_one_is_refused(following: str) -> None:
    headers = {"x-next-cursor": following, "x-request-id": "01A"}
    with pytest.raises(InvalidResponse, match="next page") as caught:
        keyset_page(ITEMS, headers, "abc")
    assert caught.value.request_id == "01A"


def test_an_offset_page_is_read_from_its_headers() -> None:
    headers = {"x-page": "2", "x-next-page": "3", "x-total": "41"}
    page = offset_page(ITEMS, headers, 2, 20)
    assert (page.items, page.page, page.per_page) == (ITEMS, 2, 20)
    assert (page.next_page, page.total) == (3, 41)


@pytest.mark.parametrize(
    ("headers", "next_page"),
    [
        ({"x-next-page": ""}, None),
        ({"x-next-page": "", "link": f'<{HOST}?page=3>; rel="next"'}, None),
        ({"link": f'<{HOST}?page=3&per_page=20>; rel="next"'}, 3),
        ({}, None),
        ({"x-next-page": "\u0663"}, None),
        ({"x-next-page": "-3"}, None),
        ({"x-next-page": "9" * 5000}, None),
    ],
)
def test_the_next_page_where_there_is_one(headers: dict[str, str], next_page: int | None) -> None:
    assert offset_page(ITEMS, headers, 2, 20).next_page == next_page


@pytest.mark.parametrize("following", ["1", "2"])
def test_a_walk_never_goes_back(following: str) -> None:
    with pytest.raises(InvalidResponse, match="not after this one"):
        offset_page(ITEMS, {"x-next-page": following}, 2, 20)


def test_a_total_that_gitlab_does_not_count_is_none() -> None:
    assert offset_page(ITEMS, {"x-next-page": "2"}, 1, 20).total is None


@given(
    st.dictionaries(st.sampled_from(["link", "x-next-page", "x-next-cursor", "x-total"]), st.text())
)
def test_no_header_breaks_the_reading_otherwise(headers: dict[str, str]) -> None:
    for read in (
        lambda: keyset_page(ITEMS, headers, None),
        lambda: offset_page(ITEMS, headers, 1, 2),
    ):
        try:
            assert read().items == ITEMS
        except InvalidResponse:
            continue
