"""Scalars hand GitLab's values on as they came, and take only what they can send on."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.scalars import (
    parse_date_time,
    serialize_big_int,
    serialize_date_time,
    serialize_json,
)


@given(st.integers(-(2**63), 2**64 - 1))
def test_a_whole_number_keeps_its_digits(number: int) -> None:
    assert serialize_big_int(number) == number


@pytest.mark.parametrize(("value", "number"), [("16862617994", 16862617994), (7.0, 7), ("-1", -1)])
def test_a_whole_number_in_another_form_is_one(value: Any, number: int) -> None:
    assert serialize_big_int(value) == number


@pytest.mark.parametrize(
    "value",
    [
        True,
        7.5,
        "7.5",
        "seven",
        "",
        " 7",
        "\N{ARABIC-INDIC DIGIT SEVEN}",
        [],
        {},
        None,
        "9" * 20,
        2**64,
        -(2**64),
    ],
)
def test_what_is_no_whole_number_of_64_bits_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="BigInt takes a whole number of at most 64 bits"):
        serialize_big_int(value)


@given(st.text())
def test_a_time_is_handed_on_as_it_came(text: str) -> None:
    assert serialize_date_time(text) == text


@pytest.mark.parametrize("value", [7, None, ["2026"], {}])
def test_a_time_is_text(value: Any) -> None:
    with pytest.raises(ValueError, match="DateTime"):
        serialize_date_time(value)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-13",
        "2026-02-13T10:00:00Z",
        "2026-02-13T10:00:00.123+02:00",
        "2026-02-13 10:00",
        "2026-02-13T10:00:00+0200",
    ],
)
def test_a_time_to_filter_by_is_iso_8601(text: str) -> None:
    assert parse_date_time(text) == text


@pytest.mark.parametrize(
    "value", ["yesterday", "", "2026-02-13T10:00:00Z\r\nx: y", "٢٠٢٦-02-13", 2026, None]
)
def test_another_time_to_filter_by_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="ISO 8601 text such as"):
        parse_date_time(value)


@pytest.mark.parametrize("value", [None, 1, "x", [1, {"a": None}], {"b": [True]}])
def test_json_is_handed_on_whole(value: Any) -> None:
    assert serialize_json(value) == value
