"""Pages of GitLab's lists, read from the answer's headers.

Links are never followed: GitLab builds them with the host of its own configuration, and puts every
parameter of the request into them. Only the cursor or the page number is taken out.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from upstream.errors import InvalidResponse

_LINK = re.compile(r"<([^<>]*)>([^<]*)")
_REL_NEXT = re.compile(r';\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next\b)', re.IGNORECASE)
_CURSOR = re.compile(r"[A-Za-z0-9_\-+/=]{1,2048}")
_NUMBER = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class KeysetPage:
    """`next_cursor` is GitLab's own, None on the last page."""

    items: list[dict[str, Any]]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class OffsetPage:
    """`total` is None where GitLab does not count: above 10,000, and for a project's jobs."""

    items: list[dict[str, Any]]
    page: int
    per_page: int
    next_page: int | None
    total: int | None


def keyset_cursor(job_id: int) -> str:
    """GitLab's cursor for what comes after a job in a list of ids going down."""
    return base64.urlsafe_b64encode(b'{"id":"%d","_kd":"n"}' % job_id).decode()


def keyset_page(
    items: list[dict[str, Any]], headers: Mapping[str, str], cursor: str | None
) -> KeysetPage:
    """The page that GitLab gave for `cursor`.

    Raises InvalidResponse for a next page that is this one again: a walk would never end.
    """
    following = _from_next_link(headers, "cursor") or headers.get("x-next-cursor") or None
    if following is not None and (following == cursor or not _CURSOR.fullmatch(following)):
        raise InvalidResponse(
            "GitLab's answer names a next page that cannot be one",
            request_id=headers.get("x-request-id"),
        )
    return KeysetPage(items, following)


def offset_page(
    items: list[dict[str, Any]], headers: Mapping[str, str], page: int, per_page: int
) -> OffsetPage:
    """The page that GitLab gave for `page` and `per_page`."""
    following = headers.get("x-next-page")
    if following is None:
        following = _from_next_link(headers, "page")
    next_page = _number(following)
    if next_page is not None and next_page <= page:
        raise InvalidResponse(
            "GitLab's answer names a next page that is not after this one",
            request_id=headers.get("x-request-id"),
        )
    return OffsetPage(items, page, per_page, next_page, _number(headers.get("x-total")))


def _from_next_link(headers: Mapping[str, str], parameter: str) -> str | None:
    for target, attributes in _LINK.findall(headers.get("link", "")):
        if _REL_NEXT.search(attributes):
            try:
                values = parse_qs(urlsplit(target).query).get(parameter)
            except ValueError:
                return None
            return values[0] if values else None
    return None


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and _NUMBER.fullmatch(text) else None
