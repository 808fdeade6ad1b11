"""Arguments checked before anything is sent, each with an error that says what would be right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote

from resolvers.errors import BadUserInput
from resolvers.values import UNKNOWN_STATUS
from upstream.urls import project_segment

MAX_JSON_DEPTH = 100  # GitLab's own parser stops there


def project_reference(project_id: str, argument: str = "projectId") -> str:
    """A project's number or full path; the caller may have URL-encoded it, once.

    What must not stand in a URL is refused here, before anything is sent.
    """
    name = project_id.strip()
    if not name:
        raise BadUserInput(f"{argument}: empty; give the project's number or its full path")
    return unquote(project_segment(name))


def status_scope(scope: Sequence[str] | None, argument: str = "scope") -> tuple[str, ...]:
    """Statuses to filter by, sorted, so that one filter has one form."""
    statuses = {str(status) for status in scope or ()}
    if UNKNOWN_STATUS in statuses:
        raise BadUserInput(
            f"{argument}: UNKNOWN stands for statuses this API does not know yet; "
            "GitLab cannot filter by it"
        )
    return tuple(sorted(statuses))


def json_object(value: object, argument: str) -> dict[str, Any] | None:
    """A JSON argument that must be an object, or nothing."""
    if value is None:
        return None
    if not isinstance(value, dict):
        raise BadUserInput(
            f"{argument}: give an object of names and values, such as {{name: value}}"
        )
    if _is_deeper(value, MAX_JSON_DEPTH):
        raise BadUserInput(f"{argument}: nested deeper than {MAX_JSON_DEPTH} levels")
    return value


def _is_deeper(value: object, depth: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return depth <= 0 or any(_is_deeper(each, depth - 1) for each in inner)
