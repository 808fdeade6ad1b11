"""Scalars: GitLab's own values, handed on as they came."""

from __future__ import annotations

import re
from typing import Any, NewType

import strawberry
from strawberry.scalars import JSON as JSON  # noqa: PLC0414 - one home for all scalars
from strawberry.types.scalar import ScalarDefinition

BigInt = NewType("BigInt", int)
DateTime = NewType("DateTime", str)

_ISO_8601 = re.compile(
    r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)
_DIGITS = re.compile(r"-?[0-9]{1,20}")

# What a JSON number may be for the encoder: signed or unsigned 64 bits.
_MIN_BIG_INT, _MAX_BIG_INT = -(2**63), 2**64 - 1


def serialize_big_int(value: Any) -> int:
    """A whole number of at most 64 bits; one past 2^53 - 1 keeps all its digits on the wire."""
    whole = (
        isinstance(value, int)
        or (isinstance(value, float) and value.is_integer())
        or (isinstance(value, str) and _DIGITS.fullmatch(value) is not None)
    )
    number = int(value) if whole and not isinstance(value, bool) else None
    if number is None or not _MIN_BIG_INT <= number <= _MAX_BIG_INT:
        raise ValueError("BigInt takes a whole number of at most 64 bits")
    return number


def serialize_date_time(value: Any) -> str:
    """The text that GitLab sent: its offset and fraction are part of the value."""
    if isinstance(value, str):
        return value
    raise ValueError("DateTime cannot represent a value that is no text")


def parse_date_time(value: Any) -> str:
    if isinstance(value, str) and _ISO_8601.fullmatch(value):
        return value
    raise ValueError("DateTime takes ISO 8601 text such as 2026-02-13T10:00:00Z")


def serialize_json(value: Any) -> Any:
    return value


SCALARS: dict[object, ScalarDefinition] = {
    BigInt: strawberry.scalar(
        name="BigInt",
        description="A whole number as a JSON number. GitLab's ids have outgrown Int; up to "
        "2^53 - 1 every JSON parser reads them exactly.",
        serialize=serialize_big_int,
        parse_value=serialize_big_int,
    ),
    DateTime: strawberry.scalar(
        name="DateTime",
        description="ISO 8601 text, handed on exactly as GitLab sent it: offset and fraction kept.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=serialize_date_time,
        parse_value=parse_date_time,
    ),
    JSON: strawberry.scalar(
        name="JSON",
        description="Any JSON value, handed on as GitLab sent it.",
        serialize=serialize_json,
        parse_value=serialize_json,
    ),
}
