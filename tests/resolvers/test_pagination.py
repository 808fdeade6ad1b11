"""Cursors, bounds and windows by themselves; `test_connections.py` asks the gateway for them."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.errors import BadCursor, BadUserInput
from resolvers.pagination import (
    Binding,
    Connection,
    checked_first,
    covering_pages,
    keyset_connection,
    offset_connection,
)
from upstream.errors import InvalidResponse
from upstream.paging import KeysetPage, OffsetPage, keyset_cursor

JOBS = Binding("Project.jobs", "1", ("failed",))
POSITIONS = st.integers(0, 10**19 - 1)


@given(POSITIONS)
def test_a_cursor_leads_back_to_its_position(position: int) -> None:
    assert JOBS.position(JOBS.cursor(position)) == position


@pytest.mark.parametrize(
    "other",
    [
        Binding("Project.pipelines", "1", ("failed",)),
        Binding("Project.jobs", "2", ("failed",)),
        Binding("Project.jobs", "1", ("success",)),
        Binding("Project.jobs", "1", ()),
        Binding("Project.jobs", "1", ("failed",), 6),
    ],
)
def test_a_cursor_of_another_list_is_refused(other: Binding) -> None:
    with pytest.raises(
        BadCursor, match=r"another field, project or filter than this `Project\.jobs"
    ):
        JOBS.position(other.cursor(7))


@given(st.text())
def test_foreign_text_is_no_cursor(text: str) -> None:
    with pytest.raises(BadCursor):
        JOBS.position(text)


@pytest.mark.parametrize("position", ["", "-1", "01", "1e3", "٣", "1" * 30, "1:2"])
def test_an_altered_position_is_refused(position: str) -> None:
    digest = base64.urlsafe_b64decode(JOBS.cursor(1) + "==").split(b":")[0].decode()
    altered = base64.urlsafe_b64encode(f"{digest}:{position}".encode()).decode()
    with pytest.raises(BadCursor):
        JOBS.position(altered)


def test_gitlabs_own_cursor_is_none_of_ours() -> None:
    with pytest.raises(BadCursor, match="not a cursor of this API"):
        JOBS.position(keyset_cursor(7))


@pytest.mark.parametrize("first", [1, 20, 500])
def test_first_within_its_bounds(first: int) -> None:
    assert checked_first(first, default=20, maximum=500) == first


def test_no_first_is_the_default() -> None:
    assert checked_first(None, default=20, maximum=500) == 20


@pytest.mark.parametrize("first", [-1, 0, 501, 10_000])
def test_first_out_of_its_bounds_is_told_the_bounds(first: int) -> None:
    with pytest.raises(BadUserInput, match=rf"^first: {first} is out of range.*from 1 to 500"):
        checked_first(first, default=20, maximum=500)


WINDOWS = st.tuples(st.integers(0, 5000), st.integers(1, 500), st.integers(1, 100))


@given(WINDOWS)
def test_the_pages_cover_the_window(window: tuple[int, int, int]) -> None:
    start, count, page_size = window
    per_page, numbers = covering_pages(start, count, page_size)
    assert (numbers[0] - 1) * per_page <= start
    assert numbers[-1] * per_page >= start + count
    assert numbers == list(range(numbers[0], numbers[-1] + 1))
    assert 1 <= per_page <= page_size


@given(WINDOWS)
def test_no_page_is_read_in_vain(window: tuple[int, int, int]) -> None:
    start, count, page_size = window
    per_page, numbers = covering_pages(start, count, page_size)
    assert start < numbers[0] * per_page
    assert (numbers[-1] - 1) * per_page < start + count


@given(st.integers(1, 100), st.integers(0, 50))
def test_a_walk_by_one_size_takes_one_page_a_step(first: int, step: int) -> None:
    assert covering_pages(step * first, first, 100) == (first, [step + 1])


def test_250_from_the_start_are_three_full_pages() -> None:
    assert covering_pages(0, 250, 100) == (100, [1, 2, 3])


def offset_pages(
    items: list[dict[str, Any]], *, counted: bool = True
) -> Callable[[int, int], Awaitable[OffsetPage]]:
    async def fetch(page: int, per_page: int) -> OffsetPage:
        end = page * per_page
        following = page + 1 if len(items) > end else None
        total = len(items) if counted else None
        return OffsetPage(items[end - per_page : end], page, per_page, following, total)

    return fetch


async def offset(items: list[dict[str, Any]], first: int, after: str | None = None) -> Connection:
    return await offset_connection(
        offset_pages(items),
        lambda payload: payload,
        JOBS,
        first=first,
        after=after,
        page_size=100,
    )


@pytest.mark.parametrize("size", [1, 7, 30, 99, 100, 101, 250, 333])
async def test_walking_an_offset_list_gives_each_item_once(size: int) -> None:
    items: list[dict[str, Any]] = [{"id": number} for number in range(1, 1001)]
    seen: list[Any] = []
    after: str | None = None
    while True:
        window = await offset(items, size, after)
        seen += window.nodes
        assert window.has_previous_page is (after is not None)
        assert window.total_count == 1000
        after = window.page_info.end_cursor
        if not window.has_next_page:
            break
    assert seen == items


async def test_every_edge_has_a_cursor_to_go_on_from() -> None:
    items: list[dict[str, Any]] = [{"id": number} for number in range(1, 31)]
    edges = (await offset(items, 30)).edges
    for index in (0, 13, 28):
        window = await offset(items, 1, edges[index].cursor)
        assert window.nodes == [items[index + 1]]


async def test_behind_the_end_there_is_nothing() -> None:
    window = await offset([{"id": 1}], 10, JOBS.cursor(40))
    assert (window.nodes, window.has_next_page, window.has_previous_page) == ([], False, True)
    assert (window.page_info.start_cursor, window.page_info.end_cursor) == (None, None)


async def test_an_item_that_slides_onto_the_next_page_counts_once() -> None:
    pages = {1: [{"id": 1}, {"id": 2}], 2: [{"id": 2}, {"id": 3}]}

    async def fetch(page: int, per_page: int) -> OffsetPage:
        return OffsetPage(pages[page], page, per_page, page + 1 if page == 1 else None, 3)

    window = await offset_connection(
        fetch, lambda payload: payload, JOBS, first=4, after=None, page_size=2
    )
    assert [item["id"] for item in window.nodes] == [1, 2, 3]


async def test_items_that_cannot_be_told_apart_are_all_kept() -> None:
    odd: list[dict[str, Any]] = [{}, {}, {"id": None}, {"id": [1]}, {"id": "x"}]
    assert (await offset(odd, 20)).nodes == odd


async def test_only_pages_that_exist_are_asked_for() -> None:
    asked: list[int] = []
    pages = offset_pages([{"id": number} for number in range(150)])

    async def fetch(page: int, per_page: int) -> OffsetPage:
        asked.append(page)
        return await pages(page, per_page)

    await offset_connection(fetch, lambda item: item, JOBS, first=500, after=None, page_size=100)
    assert asked == [1, 2]


def keyset_pages(
    numbers: list[int], sizes: list[int] | None = None
) -> Callable[[int, str | None], Awaitable[KeysetPage]]:
    """Ids going down, as GitLab gives them after a cursor."""
    cursors = {keyset_cursor(number): number for number in numbers}

    async def fetch(per_page: int, cursor: str | None) -> KeysetPage:
        if sizes is not None:
            sizes.append(per_page)
        rest = [number for number in numbers if cursor is None or number < cursors[cursor]]
        page = [{"id": number} for number in rest[:per_page]]
        more = len(rest) > per_page
        return KeysetPage(list(page), keyset_cursor(rest[per_page - 1]) if more else None)

    return fetch


async def keyset(
    fetch: Callable[[int, str | None], Awaitable[KeysetPage]], first: int, after: str | None = None
) -> Connection:
    return await keyset_connection(
        fetch, lambda payload: payload, JOBS, first=first, after=after, page_size=100
    )


async def test_250_jobs_are_three_calls() -> None:
    sizes: list[int] = []
    window = await keyset(keyset_pages(list(range(400, 0, -1)), sizes), 250)
    assert sizes == [100, 100, 50]
    assert [item["id"] for item in window.nodes] == list(range(400, 150, -1))
    assert window.has_next_page


async def test_a_list_of_exactly_one_page_has_no_next_one() -> None:
    window = await keyset(keyset_pages(list(range(20, 0, -1))), 20)
    assert (window.has_next_page, window.has_previous_page, window.total_count) == (
        False,
        False,
        None,
    )


async def test_a_server_that_sends_more_than_was_asked_for_loses_nothing() -> None:
    async def fetch(_per_page: int, _cursor: str | None) -> KeysetPage:
        return KeysetPage([{"id": number} for number in (9, 8, 7, 6)], None)

    window = await keyset(fetch, 3)
    assert ([item["id"] for item in window.nodes], window.has_next_page) == ([9, 8, 7], True)


async def test_a_server_that_always_promises_more_comes_to_an_end() -> None:
    async def fetch(_per_page: int, _cursor: str | None) -> KeysetPage:
        return KeysetPage([], keyset_cursor(1))

    window = await keyset(fetch, 300)
    assert (window.nodes, window.has_next_page) == ([], False)


async def test_a_job_without_an_id_spoils_only_its_cursor() -> None:
    async def fetch(_per_page: int, _cursor: str | None) -> KeysetPage:
        return KeysetPage([{"id": 9}, {"id": None}], None)

    window = await keyset(fetch, 20)
    first, second = window.edges
    assert JOBS.position(first.cursor) == 9
    with pytest.raises(InvalidResponse):
        _ = second.cursor
