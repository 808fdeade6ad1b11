from __future__ import annotations

import asyncio

import pytest

from resolvers.errors import BadUserInput
from resolvers.logs import LogLimits
from resolvers.logs.limits import BLOCK_BYTES
from tests.resolvers.logs.streams import SMALL, opened

LOG = (
    "\x1b[0KRunning with gitlab-runner\x1b[0;m\n"
    "section_start:1700000000:step_script\r\x1b[0K$ make\n"
    "10%\r100%\n"
    "section_end:1700000002:step_script\r\x1b[0K\n"
    "Job succeeded\n"
)


async def test_size_is_that_of_the_raw_bytes() -> None:
    async with opened("é\r\n") as record:
        assert record.size == 4


async def test_text_is_what_shows() -> None:
    async with opened(LOG) as record:
        assert await record.text() == ("Running with gitlab-runner\n$ make\n100%\nJob succeeded\n")


async def test_raw_text_is_unchanged() -> None:
    async with opened(LOG) as record:
        assert await record.text(raw=True) == LOG


async def test_raw_text_replaces_what_is_not_utf8() -> None:
    async with opened(b"a\xff\x1b[0m\xe2\x82") as record:
        assert await record.text(raw=True) == "a\ufffd\x1b[0m\ufffd"


async def test_a_tail_counts_lines_that_show() -> None:
    async with opened(LOG) as record:
        assert await record.text(tail=2) == "100%\nJob succeeded\n"
        assert await record.text(raw=True, tail=2) == "\n".join(LOG.split("\n")[-3:])


async def test_a_tail_of_nothing_is_empty() -> None:
    async with opened(LOG) as record:
        assert await record.text(tail=0) == ""
        assert await record.text(raw=True, tail=0) == ""


@pytest.mark.parametrize("tail", [-1, 10_001])
async def test_a_tail_out_of_range_is_refused(tail: int) -> None:
    async with opened(LOG) as record:
        with pytest.raises(BadUserInput, match=f"tail: {tail} is out of range.*from 0 to 10000"):
            await record.text(tail=tail)


async def test_a_text_over_the_limit_says_what_to_ask_for() -> None:
    async with opened("x" * 60 + "\n" + "last\n", LogLimits(text_bytes=50)) as record:
        for raw in (False, True):
            with pytest.raises(BadUserInput, match=r"GATEWAY_LOG_TEXT_BYTES\); ask for the end"):
                await record.text(raw=raw)
            assert await record.text(raw=raw, tail=1) == "last\n"


async def test_a_tail_over_the_limit_says_what_to_ask_for() -> None:
    async with opened(f"{'x' * 60}\nlast\n", LogLimits(text_bytes=50)) as record:
        for raw in (False, True):
            with pytest.raises(BadUserInput, match=r"more than 50 bytes.*ask for fewer lines"):
                await record.text(raw=raw, tail=2)


async def test_the_limit_holds_for_all_fields_of_a_request_together() -> None:
    async with opened("x" * 39 + "\n", LogLimits(text_bytes=100)) as record:
        await record.text()
        await record.lines()
        with pytest.raises(BadUserInput, match="the most for one request"):
            await record.text()
        assert await record.text(tail=0) == ""


async def test_a_refused_field_leaves_the_budget_to_its_neighbours() -> None:
    async with opened("x" * 80 + "\n" + "y\n" * 5, LogLimits(text_bytes=85)) as record:
        for _ in range(3):
            with pytest.raises(BadUserInput):
                await record.text()
        assert await record.text(tail=5) == "y\n" * 5


async def test_sections_and_counts_share_one_pass() -> None:
    async with opened(LOG) as record:
        page = await record.lines(first=1)
        sections, again, count = await asyncio.gather(
            record.sections(), record.sections(), page.total_count
        )
        assert sections is again
        assert [section.name for section in sections] == ["step_script"]
        assert count == 4


async def test_fields_read_at_the_same_time_do_not_disturb_each_other() -> None:
    log = "".join(f"line {number}\n" for number in range(20_000))
    async with opened(log, LogLimits(memory_bytes=1)) as record:
        clean, raw, tail, page, found = await asyncio.gather(
            record.text(),
            record.text(raw=True),
            record.text(tail=3),
            record.lines(last=2),
            record.lines(search="LINE 19999"),
        )
    assert clean == raw == log
    assert tail == "line 19997\nline 19998\nline 19999\n"
    assert [line.number for line in page.nodes] == [19_999, 20_000]
    assert [line.text for line in found.nodes] == ["line 19999"]


async def test_passes_at_the_same_time_take_turns() -> None:
    rounds = 0
    async with opened(b"a line of some length\n" * 20_000) as record:

        async def count_rounds() -> None:
            nonlocal rounds
            while True:
                rounds += 1
                await asyncio.sleep(0)

        counter = asyncio.create_task(count_rounds())
        await asyncio.gather(*(record.lines(last=1) for _ in range(10)))
        counter.cancel()
        assert rounds >= 10 * record.size // BLOCK_BYTES


async def test_a_long_pass_lets_the_event_loop_have_its_turn() -> None:
    turns = 0
    async with opened(b"a line of some length\n" * 50_000) as record:

        async def count_turns() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        counter = asyncio.create_task(count_turns())
        await record.sections()
        counter.cancel()
        assert turns >= record.size // BLOCK_BYTES


async def test_a_line_without_end_is_served_in_pieces() -> None:
    async with opened(b"x" * 300_000, SMALL) as record:
        page = await record.lines(first=3)
        assert [len(line.text) for line in page.nodes] == [100, 100, 100]
        assert await page.total_count == 3000
        assert await record.text(tail=1) == "x" * 100
