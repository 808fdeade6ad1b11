from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.errors import BadCursor
from resolvers.logs.cursors import line_cursor, line_number


@given(st.integers(1, 10**12 - 1))
def test_a_cursor_gives_its_line_back(number: int) -> None:
    assert line_number(line_cursor(number)) == number


@given(st.text(max_size=40))
def test_only_cursors_made_here_are_taken(cursor: str) -> None:
    try:
        number = line_number(cursor)
    except BadCursor:
        return
    assert line_cursor(number) == cursor


@pytest.mark.parametrize(
    "inside",
    [b"log-line:0", b"log-line:-1", b"log-line:01", b"log-line:", b"log-line:1 ", b"job:7", b""],
)
def test_other_content_is_refused(inside: bytes) -> None:
    cursor = base64.urlsafe_b64encode(inside).decode().rstrip("=")
    with pytest.raises(BadCursor, match=r"take one from `pageInfo` or `edges`"):
        line_number(cursor)


def test_another_spelling_of_the_same_cursor_is_refused() -> None:
    with pytest.raises(BadCursor):
        line_number(base64.urlsafe_b64encode(b"log-line:1234").decode())  # padded
