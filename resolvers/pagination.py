"""`first` and `after` over GitLab's two kinds of pages, with opaque, checked cursors.

Project jobs page by keyset: the place after job N can be named, so pages neither repeat nor skip a
job while new ones arrive. Everything else pages by offset: a cursor holds the item's index, and a
window is covered by as few pages as can be.

A cursor is URL-safe base64 of `<binding>:<position>`. The binding is a digest of the field, the
project and the filters, so a cursor of another connection is refused before anything is sent
(GitLab itself answers 500 to a keyset cursor that it cannot read).
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

from resolvers.context import RequestContext
from resolvers.errors import BadCursor, BadUserInput
from resolvers.projection import Payload, number_of
from resolvers.room import LARGE_LIST
from upstream.paging import KeysetPage, OffsetPage, keyset_cursor
from upstream.turns import let_go, turns

_POSITION = re.compile(r"0|[1-9][0-9]{0,18}")
_DIGEST_BYTES = 9  # 12 characters of base64: tells fields apart, is no secret
_MAX_CURSOR = 128
_ITEMS_AT_A_TIME = 1_000  # of a list are gone through without a pause


@dataclass(frozen=True, slots=True)
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


class Edge:
    """An item; its cursor is made only where it is asked for."""

    __slots__ = ("_connection", "_index", "node")

    def __init__(self, node: Any, connection: Connection, index: int) -> None:
        self.node = node
        self._connection = connection
        self._index = index

    @property
    def cursor(self) -> str:
        return self._connection.cursor(self._index)


class Connection:
    """One window of a list.

    `position(index)` is where a node stands in the whole list, as its cursor says it.
    """

    __slots__ = (
        "_binding",
        "_position",
        "has_next_page",
        "has_previous_page",
        "nodes",
        "total_count",
    )

    def __init__(
        self,
        nodes: list[Any],
        binding: Binding,
        position: Callable[[int], int],
        *,
        has_next_page: bool,
        has_previous_page: bool,
        total_count: int | None,
    ) -> None:
        self.nodes = nodes
        self.has_next_page = has_next_page
        self.has_previous_page = has_previous_page
        self.total_count = total_count
        self._binding = binding
        self._position = position

    @property
    def edges(self) -> list[Edge]:
        return [Edge(node, self, index) for index, node in enumerate(self.nodes)]

    @property
    def page_info(self) -> PageInfo:
        last = len(self.nodes) - 1
        return PageInfo(
            self.has_next_page,
            self.has_previous_page,
            self.cursor(0) if self.nodes else None,
            self.cursor(last) if self.nodes else None,
        )

    def cursor(self, index: int) -> str:
        """The cursor of the item at `index` of the window."""
        return self._binding.cursor(self._position(index))


class Binding:
    """What a cursor belongs to: a field, a project, and whatever else narrows the list down."""

    __slots__ = ("_parts", "_prefix")

    def __init__(self, field: str, project: str, *narrowing: object) -> None:
        self._parts = (field, project, *map(repr, narrowing))
        self._prefix: str | None = None

    def cursor(self, position: int) -> str:
        text = f"{self._digest}:{position}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def position(self, cursor: str) -> int:
        """The position in a cursor of this very connection; anything else raises BadCursor."""
        text = _decoded(cursor)
        digest, separator, position = text.partition(":")
        if not separator or not _POSITION.fullmatch(position):
            raise BadCursor(
                "after: this is not a cursor of this API; take one from `pageInfo` or `edges`"
            )
        if digest != self._digest or self.cursor(int(position)) != cursor.rstrip("="):
            raise BadCursor(
                "after: this cursor belongs to another field, project or filter than this "
                f"`{self._parts[0]}`; take one from this very list"
            )
        return int(position)

    @property
    def _digest(self) -> str:
        """Made on first use: most answers show no cursor."""
        if self._prefix is None:
            text = "\0".join(self._parts)
            digest = hashlib.blake2b(text.encode(), digest_size=_DIGEST_BYTES).digest()
            self._prefix = base64.urlsafe_b64encode(digest).decode()
        return self._prefix


def _decoded(cursor: str) -> str:
    if len(cursor) > _MAX_CURSOR:
        return ""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, UnicodeError, ValueError):
        return ""


def checked_first(first: int | None, *, default: int, maximum: int) -> int:
    """`first` within its bounds; null means the default, as leaving it out does."""
    if first is None:
        return default
    if not 1 <= first <= maximum:
        raise BadUserInput(f"first: {first} is out of range; it may be from 1 to {maximum}")
    return first


async def window(context: RequestContext, first: int | None, *, default: int) -> int:
    """How many items to show: `first` within its bounds. A large window may have to wait."""
    count = checked_first(first, default=default, maximum=context.limits.connection_items)
    if count > LARGE_LIST:
        await context.make_room()
    return count


KeysetFetch = Callable[[int, str | None], Awaitable[KeysetPage]]
OffsetFetch = Callable[[int, int], Awaitable[OffsetPage]]
Make = Callable[[Payload], Any]


async def keyset_connection(
    fetch: KeysetFetch,
    make: Make,
    binding: Binding,
    *,
    first: int,
    after: str | None,
    page_size: int,
) -> Connection:
    """A window over keyset pages. `fetch(per_page, cursor)`; pages follow one another."""
    cursor = None if after is None else keyset_cursor(binding.position(after))
    items: list[dict[str, Any]] = []
    while True:
        try:
            page = await fetch(min(page_size, first - len(items)), cursor)
        except BaseException:
            let_go(items)  # there may be thousands, with nobody left to show them to
            raise
        items += page.items
        cursor = page.next_cursor
        if cursor is None or not page.items or len(items) >= first:
            break
    window = items[:first]
    return Connection(
        await _made(window, make),
        binding,
        lambda index: number_of(window[index], "id"),
        has_next_page=len(items) > first or (cursor is not None and bool(page.items)),
        has_previous_page=after is not None,
        total_count=None,
    )


async def offset_connection(
    fetch: OffsetFetch,
    make: Make,
    binding: Binding,
    *,
    first: int,
    after: str | None,
    page_size: int,
) -> Connection:
    """A window over offset pages. `fetch(page, per_page)`; pages after the first in parallel."""
    start = 0 if after is None else binding.position(after) + 1
    per_page, numbers = covering_pages(start, first, page_size)
    pages = [await fetch(numbers[0], per_page)]
    if _goes_on(pages[0]):
        wanted = [number for number in numbers[1:] if _exists(number, pages[0], per_page)]
        pages += await asyncio.gather(*(fetch(number, per_page) for number in wanted))
    offset = (numbers[0] - 1) * per_page
    items = (await _distinct(pages))[start - offset :]
    window = items[:first]
    total = pages[0].total
    return Connection(
        await _made(window, make),
        binding,
        lambda index: start + index,
        has_next_page=len(items) > first or _goes_on(pages[-1]),
        has_previous_page=start > 0,
        total_count=total,
    )


def covering_pages(start: int, count: int, page_size: int) -> tuple[int, list[int]]:
    """The page size and page numbers (from 1) that hold the items start … start + count - 1.

    One page wherever some page size up to `page_size` allows it; otherwise full pages.
    """
    end = start + count
    for per_page in range(count, page_size + 1):
        number = start // per_page + 1
        if end <= number * per_page:
            return per_page, [number]
    per_page = min(count, page_size)
    return per_page, list(range(start // per_page + 1, (end - 1) // per_page + 2))


def _goes_on(page: OffsetPage) -> bool:
    return page.next_page is not None and bool(page.items)


def _exists(number: int, first_page: OffsetPage, per_page: int) -> bool:
    return first_page.total is None or (number - 1) * per_page < first_page.total


async def _made(window: list[dict[str, Any]], make: Make) -> list[Any]:
    nodes: list[Any] = []
    for start in range(0, len(window), _ITEMS_AT_A_TIME):
        if start:
            await turns().mine()
        nodes += map(make, window[start : start + _ITEMS_AT_A_TIME])
    return nodes


async def _distinct(pages: Iterable[OffsetPage]) -> list[dict[str, Any]]:
    """The items of all pages; one that slid onto the next page meanwhile counts once."""
    seen: set[int] = set()
    items: list[dict[str, Any]] = []
    looked_at = 0
    for page in pages:
        if looked_at >= _ITEMS_AT_A_TIME:
            looked_at = 0
            await turns().mine()
        looked_at += len(page.items)
        for item in page.items:
            number = item.get("id")
            if not isinstance(number, int):
                items.append(item)  # nothing to tell it by; its own fields say what is wrong
            elif number not in seen:
                seen.add(number)
                items.append(item)
    return items
