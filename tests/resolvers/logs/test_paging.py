from __future__ import annotations

import pytest

from resolvers.errors import BadCursor, BadUserInput
from resolvers.logs import LineConnection, LogLimits
from resolvers.logs.cursors import line_cursor
from tests.resolvers.logs.streams import opened

LOG = "".join(f"{number} {'odd' if number % 2 else 'even'}\n" for number in range(1, 301))


def numbers(page: LineConnection) -> list[int]:
    return [line.number for line in page.nodes]


def both_ways(page: LineConnection) -> tuple[bool, bool]:
    info = page.page_info
    return info.has_previous_page, info.has_next_page


async def test_a_page_has_a_hundred_lines_unless_told() -> None:
    async with opened(LOG) as record:
        for page in (await record.lines(), await record.lines(first=100)):
            assert numbers(page) == list(range(1, 101))
            assert both_ways(page) == (False, True)
            assert await page.total_count == 300


async def test_after_goes_on_behind_a_line() -> None:
    async with opened(LOG) as record:
        page = await record.lines(first=10, after=line_cursor(290))
        assert numbers(page) == list(range(291, 301))
        assert both_ways(page) == (True, False)
        assert page.page_info.start_cursor == line_cursor(291)
        assert page.page_info.end_cursor == line_cursor(300)
        assert [edge.cursor for edge in page.edges] == [line_cursor(n) for n in range(291, 301)]
        assert [edge.node for edge in page.edges] == page.nodes


async def test_after_the_end_there_is_nothing() -> None:
    async with opened(LOG) as record:
        page = await record.lines(first=10, after=line_cursor(300))
        assert numbers(page) == []
        assert both_ways(page) == (True, False)
        assert page.page_info.start_cursor is None
        assert page.page_info.end_cursor is None
        assert await page.total_count == 300


async def test_last_gives_the_end() -> None:
    async with opened(LOG) as record:
        page = await record.lines(last=3)
        assert numbers(page) == [298, 299, 300]
        assert both_ways(page) == (True, False)


async def test_last_of_everything_has_nothing_before_it() -> None:
    async with opened(LOG) as record:
        page = await record.lines(last=300)
        assert numbers(page) == list(range(1, 301))
        assert both_ways(page) == (False, False)


async def test_last_wins_over_the_default_of_first() -> None:
    async with opened(LOG) as record:
        assert numbers(await record.lines(first=100, last=1)) == [300]


async def test_last_after_a_line() -> None:
    async with opened(LOG) as record:
        page = await record.lines(last=5, after=line_cursor(298))
        assert numbers(page) == [299, 300]
        assert both_ways(page) == (True, False)


async def test_a_search_keeps_the_numbers() -> None:
    async with opened(LOG) as record:
        page = await record.lines(first=2, search="EVEN")
        assert numbers(page) == [2, 4]
        assert both_ways(page) == (False, True)
        assert await page.total_count == 150


async def test_a_search_from_the_end() -> None:
    async with opened(LOG) as record:
        page = await record.lines(last=2, search="odd")
        assert numbers(page) == [297, 299]
        assert both_ways(page) == (True, False)
        assert await page.total_count == 150


async def test_a_search_goes_on_behind_its_cursor() -> None:
    async with opened(LOG) as record:
        page = await record.lines(first=1, after=line_cursor(4), search="even")
        assert numbers(page) == [6]
        assert both_ways(page) == (True, True)


async def test_nothing_before_the_first_match() -> None:
    async with opened("a\nb\nfound\n") as record:
        page = await record.lines(after=line_cursor(2), search="found")
        assert both_ways(page) == (False, False)


@pytest.mark.parametrize("search", ["STRASSE", "straße", "Straße"])
async def test_a_search_folds_case_beyond_ascii(search: str) -> None:
    async with opened("die Straße\n") as record:
        assert numbers(await record.lines(search=search)) == [1]


async def test_a_search_is_no_pattern() -> None:
    async with opened("a.c\nabc\n") as record:
        assert numbers(await record.lines(search="a.c")) == [1]
        assert numbers(await record.lines(search="")) == [1, 2]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"first": 0}, "first: 0 is out of range; it may be from 1 to 1000"),
        ({"first": -1}, "first: -1 is out of range; it may be from 1 to 1000"),
        ({"first": 1001}, "first: 1001 is out of range; it may be from 1 to 1000"),
        ({"last": 0}, "last: 0 is out of range; it may be from 1 to 1000"),
        ({"last": -5}, "last: -5 is out of range; it may be from 1 to 1000"),
        ({"last": 1001}, "last: 1001 is out of range; it may be from 1 to 1000"),
        ({"first": 5, "last": 5}, "first, last: give one of them, not both"),
    ],
)
async def test_arguments_out_of_range_are_named(arguments: dict[str, int], message: str) -> None:
    async with opened(LOG) as record:
        with pytest.raises(BadUserInput) as caught:
            await record.lines(arguments.get("first"), None, arguments.get("last"))
        assert caught.value.message == message


async def test_a_foreign_cursor_is_refused() -> None:
    async with opened(LOG) as record:
        with pytest.raises(BadCursor, match="not a cursor of log lines"):
            await record.lines(after="bm90IG91cnM")


WIDE = LogLimits(page_bytes=100)


@pytest.mark.parametrize(("first", "expected"), [(10, [1, 2]), (1, [1])])
async def test_a_page_of_long_lines_is_shorter(first: int, expected: list[int]) -> None:
    async with opened(("x" * 45 + "\n") * 5, WIDE) as record:
        page = await record.lines(first)
        assert numbers(page) == expected
        assert both_ways(page) == (False, True)


async def test_a_page_from_the_end_is_shorter_likewise() -> None:
    async with opened(("x" * 45 + "\n") * 5 + "y\n", WIDE) as record:
        page = await record.lines(last=10)
        assert numbers(page) == [4, 5, 6]
        assert both_ways(page) == (True, False)


async def test_a_page_has_one_line_at_least() -> None:
    async with opened("x" * 450 + "\n" + "y" * 450 + "\n", WIDE) as record:
        assert numbers(await record.lines(5)) == [1]
        assert numbers(await record.lines(last=5)) == [2]


async def test_a_backward_page_knows_the_total() -> None:
    async with opened(LOG) as record:
        assert await (await record.lines(last=1)).total_count == 300
