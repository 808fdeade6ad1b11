"""Forms of a value that differ between REST and GraphQL, each a pure function of the REST value."""

from __future__ import annotations

from typing import Any

from upstream.errors import InvalidResponse
from upstream.records import STATUSES

UNKNOWN_STATUS = "unknown"


def status(value: Any) -> Any:
    """A status, or `unknown` for one that a newer GitLab may have added."""
    if value is None:
        return None
    return value if isinstance(value, str) and value in STATUSES else UNKNOWN_STATUS


def number_from_text(value: Any) -> Any:
    """A number that REST sends as text on some objects: a pipeline's coverage is "68.49"."""
    if not isinstance(value, str):
        return value
    try:
        return float(value)
    except ValueError:
        raise InvalidResponse("GitLab sent other text where a number belongs") from None


def items(value: Any) -> Any:
    """A list that is never null: GitLab leaves it out, or sends null, where it is empty."""
    return [] if value is None else value
