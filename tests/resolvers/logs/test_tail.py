from __future__ import annotations

import pytest

from resolvers.logs import LogLimits, LogRecord
from resolvers.logs.budget import AnswerBudget
from resolvers.logs.spool import Spool, SpooledLog
from tests.resolvers.logs.streams import opened

HEADER = "2026-02-13T10:00:00.123456Z 00O"


class CountingLog(SpooledLog):
    """A log that counts the bytes read from it."""

    bytes_read = 0

    def read(self, offset: int, length: int) -> bytes:
        data = super().read(offset, length)
        self.bytes_read += len(data)
        return data


@pytest.mark.parametrize("raw", [False, True])
async def test_only_the_end_is_read(raw: bool) -> None:  # noqa: FBT001 - a table
    limits = LogLimits()
    spool = Spool(limits)
    log = CountingLog(spool)
    log.append(b"".join(b"line %d\n" % number for number in range(500_000)))
    record = LogRecord(log, limits, AnswerBudget(limits.text_bytes))
    assert await record.text(raw=raw, tail=2) == "line 499998\nline 499999\n"
    assert log.bytes_read < 100_000 < log.size
    spool.close()


async def test_the_window_grows_until_it_holds_enough_lines() -> None:
    log = "".join(f"{number:05} {'x' * 300}\n" for number in range(5000))
    async with opened(log) as record:
        tail = await record.text(tail=2000)
    assert tail == "".join(log.splitlines(keepends=True)[-2000:])


async def test_a_window_that_begins_within_a_long_line_is_widened() -> None:
    long = "y" * 120_000
    async with opened("a\n" * 100_000 + long + "\nend\n") as record:
        assert await record.text(tail=2) == f"{long}\nend\n"
        assert await record.text(raw=True, tail=2) == f"{long}\nend\n"


async def test_a_line_of_many_writes_is_never_cut() -> None:
    parts = [f"{HEADER} begin"] + [f"{HEADER}+ {number}" for number in range(3000)]
    log = f"{HEADER} first\n" * 5000 + "\n".join(parts) + f"\n{HEADER} end\n"
    async with opened(log) as record:
        tail = await record.text(tail=2)
    assert tail == "begin" + "".join(f" {number}" for number in range(3000)) + "\nend\n"


async def test_headers_are_known_although_the_beginning_is_not_read() -> None:
    log = "".join(f"{HEADER} {number}\n" for number in range(20_000))
    async with opened(log) as record:
        assert await record.text(tail=2) == "19998\n19999\n"


async def test_large_lines_before_the_tail_do_not_count() -> None:
    log = ("z" * 900 + "\n") * 50 + "small\n" * 20
    async with opened(log, LogLimits(text_bytes=1000)) as record:
        assert await record.text(tail=20) == "small\n" * 20


async def test_a_tail_of_a_log_without_last_newline_has_none() -> None:
    async with opened("a\nb\nc") as record:
        assert await record.text(tail=2) == "b\nc"
        assert await record.text(raw=True, tail=2) == "b\nc"


async def test_a_tail_longer_than_the_log_is_the_log() -> None:
    async with opened("a\nb\n") as record:
        assert await record.text(tail=10_000) == "a\nb\n"
        assert await record.text(raw=True, tail=10_000) == "a\nb\n"


async def test_a_raw_tail_is_found_over_many_blocks() -> None:
    log = ("w" * 1000 + "\n") * 500
    async with opened(log) as record:
        assert await record.text(raw=True, tail=300) == ("w" * 1000 + "\n") * 300
