"""What holds for every log, be it ever so broken."""

from __future__ import annotations

import itertools
from unittest import mock

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from resolvers.logs import LogLimits, LogLine
from resolvers.logs import tail as tail_module
from resolvers.logs.parser import has_header
from tests.resolvers.logs.streams import opened, parse, texts

TOKENS = [
    b"\n", b"\r", b"\r\n", b"\x1b", b"\x1b[31m", b"\x1b[0K", b"\x1b[", b"\x1b]8;;u\x07", b"\x1b\\",
    b"section_start:1700000000:a\r\x1b[0K", b"section_end:1700000003:a\r\x1b[0K",
    b"section_start:1700000001:b[collapsed=true]\r", b"section_end:1700000002:b\r",
    b"section_start:1:", b"section_",
    b"2026-02-13T10:00:00.123456Z 00O ", b"2026-02-13T10:00:01.123456Z 00E ",
    b"2026-02-13T10:00:02.123456Z 00O+", b"\n2026-02-13T10:00:03.123456Z 01O+",
    "é".encode(), "🦊".encode(), b"\xff", b"\xe2\x82", b"\xc2", b"\x00", b"\t",
    b"text", b" ", b"x" * 40,
]  # fmt: skip

HEADERS = [token for token in TOKENS if b"Z 0" in token]
headed = st.lists(st.tuples(st.sampled_from(HEADERS), st.sampled_from(TOKENS))).map(
    lambda lines: HEADERS[0] + b"".join(b"\n" + header + token for header, token in lines)
)
logs = st.one_of(
    headed,
    st.binary(max_size=300),
    st.lists(st.sampled_from(TOKENS), max_size=40).map(b"".join),
    st.lists(st.one_of(st.sampled_from(TOKENS), st.binary(max_size=9)), max_size=30).map(b"".join),
)
LINE_BYTES = 50


def chunked(data: bytes, cuts: list[int]) -> list[bytes]:
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[a:b] for a, b in itertools.pairwise(edges)]


def whole(data: bytes) -> list[LogLine]:
    return parse(data, line_bytes=LINE_BYTES)[0]


@given(logs, st.lists(st.integers(0, 10_000), max_size=12))
@settings(max_examples=400)
def test_chunk_edges_change_nothing(data: bytes, cuts: list[int]) -> None:
    once, one = parse(data, line_bytes=LINE_BYTES)
    again, other = parse(*chunked(data, cuts), line_bytes=LINE_BYTES)
    assert again == once
    assert other.sections.sections == one.sections.sections


@given(logs)
@settings(max_examples=200)
def test_bytes_one_by_one_give_the_same_lines(data: bytes) -> None:
    once, _ = parse(data, line_bytes=LINE_BYTES)
    assert parse(*(bytes([byte]) for byte in data), line_bytes=LINE_BYTES)[0] == once


@given(logs)
def test_numbers_are_dense(data: bytes) -> None:
    lines = whole(data)
    assert [line.number for line in lines] == list(range(1, len(lines) + 1))


@given(logs)
def test_nothing_that_a_terminal_would_act_upon_is_left(data: bytes) -> None:
    for line in whole(data):
        assert not any(c != "\t" and (c < " " or "\x7f" <= c <= "\x9f") for c in line.text)


@given(logs)
def test_sections_lie_within_the_log(data: bytes) -> None:
    lines, parser = parse(data, line_bytes=LINE_BYTES)
    for section in parser.sections.sections:
        assert 1 <= section.first_line <= len(lines) + 1
        if section.last_line is not None:
            assert section.first_line <= section.last_line <= len(lines)
            assert any(line.section is not None for line in lines)


@given(logs)
@settings(max_examples=100)
async def test_cleaning_is_idempotent(data: bytes) -> None:
    assume(data)
    async with opened(data) as record:
        clean = await record.text()
    assume(clean and not has_header(clean.encode()))  # a header within a header is text
    async with opened(clean) as record:
        assert await record.text() == clean


@given(st.lists(st.text(st.characters(exclude_categories=["C"]), max_size=20), min_size=1))
@settings(max_examples=100)
async def test_a_log_without_control_codes_stays_as_it_is(lines: list[str]) -> None:
    log = "\n".join(lines) + "\n"
    assume(not has_header(log.encode()))
    async with opened(log) as record:
        assert await record.text() == log
        assert await record.text(raw=True) == log


@given(logs)
@settings(max_examples=100)
async def test_raw_text_is_the_log_decoded(data: bytes) -> None:
    assume(data)
    async with opened(data) as record:
        assert await record.text(raw=True) == data.decode("utf-8", "replace")


@given(logs, st.integers(1, 30))
@settings(max_examples=300)
async def test_a_tail_is_the_end_of_the_whole(data: bytes, count: int) -> None:
    assume(data)
    windows = mock.patch.object(tail_module, "_FIRST_WINDOW", 16)
    raw_blocks = mock.patch.object(tail_module, "BLOCK_BYTES", 8)
    with windows, raw_blocks:
        async with opened(data, LogLimits(line_bytes=LINE_BYTES)) as record:
            tail = await record.text(tail=count)
            raw = await record.text(raw=True, tail=count)
    newline = "\n" if data.endswith(b"\n") else ""
    shown = texts(whole(data))
    assert tail == ("\n".join(shown[-count:]) + newline if shown else "")
    pieces = data.decode("utf-8", "replace").split("\n")
    assert raw == "\n".join(pieces[-count - bool(newline) :])


@given(logs, st.integers(1, 7), st.sampled_from([None, "x", "TEXT", "nowhere"]))
@settings(max_examples=100)
async def test_walking_pages_meets_each_line_once(
    data: bytes, first: int, search: str | None
) -> None:
    assume(data)
    limits = LogLimits(line_bytes=LINE_BYTES, page_bytes=60)
    expected = [
        line for line in whole(data) if search is None or search.lower() in line.text.lower()
    ]
    walked: list[LogLine] = []
    after: str | None = None
    async with opened(data, limits) as record:
        while True:
            page = await record.lines(first, after, search=search)
            assert page.has_previous_page is bool(walked)
            assert await page.total_count == len(expected)
            walked += page.nodes
            if not page.has_next_page:
                break
            assert page.nodes
            after = page.page_info.end_cursor
    assert walked == expected
