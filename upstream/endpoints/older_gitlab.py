"""A project's jobs as GitLab before 15.9 pages them: by offset alone, whatever it is asked for.

A place in the list is still told by the id of the last job seen, so that pages neither repeat nor
skip a job while new ones arrive; only the page that the place is on has to be found. Ids go down
from page to page, so it takes about twice the logarithm of its number in calls.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from upstream.errors import InvalidResponse, MethodNotAllowed
from upstream.paging import KeysetPage, OffsetPage

Fetch = Callable[[int, int], Awaitable[OffsetPage]]  # page and per_page


@dataclass(frozen=True, slots=True)
class Place:
    """After the job `after`; where the page that follows is known, it is `page` of `per_page`."""

    after: int | None = None
    page: int | None = None
    per_page: int | None = None

    @classmethod
    def of(cls, cursor: str | None) -> Place:
        """Out of this module's cursors, or of those that name a job alone."""
        if cursor is None:
            return cls()
        try:
            content = orjson.loads(base64.urlsafe_b64decode(cursor))
            return cls(int(content["id"]), content.get("page"), content.get("per_page"))
        except (binascii.Error, ValueError, KeyError, TypeError, AttributeError):
            return cls()

    @property
    def cursor(self) -> str:
        content = {"id": str(self.after), "page": self.page, "per_page": self.per_page}
        return base64.urlsafe_b64encode(orjson.dumps(content)).decode()


def pages_by_offset(headers: Mapping[str, str]) -> bool:
    """Whether an answer to a request for a keyset page is one of another kind."""
    return "x-page" in headers or "x-next-page" in headers


def has_no_keyset(error: MethodNotAllowed) -> bool:
    return "keyset" in error.message.lower()


async def page_after(
    place: Place, fetch: Fetch, per_page: int, first: OffsetPage | None = None
) -> KeysetPage:
    """The jobs after a place, on one page; fewer than `per_page` where it lies within a page.

    `first` is the list's first page, where it is known already.
    """
    if place.page is not None and place.per_page is not None:
        return _from(await fetch(place.page, place.per_page), place.after)
    page = first or await fetch(1, per_page)
    if place.after is None:
        return _from(page, None)
    before, number = 0, 1  # of the last page that is wholly before the place, and of a later one
    while not _reaches(page, place.after):
        before, number = number, number * 2
        page = await fetch(number, per_page)
    while number - before > 1:
        middle = (before + number) // 2
        candidate = await fetch(middle, per_page)
        if _reaches(candidate, place.after):
            number, page = middle, candidate
        else:
            before = middle
    return _from(page, place.after)


def _reaches(page: OffsetPage, after: int) -> bool:
    """Whether the place lies on this page or before it."""
    return page.next_page is None or not page.items or _number(page.items[-1]) < after


def _from(page: OffsetPage, after: int | None) -> KeysetPage:
    items = [item for item in page.items if after is None or _number(item) < after]
    last = _number(page.items[-1]) if page.items else after
    following = page.next_page if page.items else None
    return KeysetPage(
        items, None if following is None else Place(last, following, page.per_page).cursor
    )


def _number(item: Mapping[str, Any]) -> int:
    number = item.get("id")
    if not isinstance(number, int):
        raise InvalidResponse("GitLab's list holds a job without an id")
    return number
