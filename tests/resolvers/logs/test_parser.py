from __future__ import annotations

import pytest

from resolvers.logs import LogStream
from resolvers.logs.parser import LogParser, has_header
from tests.resolvers.logs.streams import parse, texts

AT = "2026-02-13T10:00:00.12345"


def test_lines_are_numbered_from_one() -> None:
    lines, _ = parse("a\nb\n\nd")
    assert [(line.number, line.text) for line in lines] == [(1, "a"), (2, "b"), (3, ""), (4, "d")]


@pytest.mark.parametrize(
    ("log", "shown"),
    [
        ("", []),
        ("\n", [""]),
        ("a", ["a"]),
        ("a\r\nb\r\n", ["a", "b"]),
        ("a\r\r\n", ["a"]),
        ("10%\r50%\r100%\n", ["100%"]),
        ("frame\r\x1b[K\n", [""]),
        ("\x1b[31mred\x1b[0m\r\n", ["red"]),
        ("a\nb\x1b[0;m", ["a", "b"]),
        ("a\n\x1b[0;m", ["a"]),
        ("a\n\x1b[0;m\n", ["a", ""]),
        ("section_of_a_book\r\n", ["section_of_a_book"]),
    ],
)
def test_lines_are_what_a_terminal_shows(log: str, shown: list[str]) -> None:
    assert texts(parse(log)[0]) == shown


def test_bytes_that_are_no_text_are_replaced() -> None:
    lines, _ = parse(b"ok \xff\xfe\n\xe2\x82\nlatin \xe9t\xe9\n\xc3")
    assert texts(lines) == ["ok \ufffd\ufffd", "\ufffd", "latin \ufffdt\ufffd", "\ufffd"]


def test_a_character_may_be_cut_by_a_chunk() -> None:
    data = "é日🦊\n".encode()
    assert texts(parse(*(data[i : i + 1] for i in range(len(data))))[0]) == ["é日🦊"]


def test_line_headers_become_timestamp_and_stream() -> None:
    lines, _ = parse(f"{AT}6Z 00O out\n{AT}7Z 00E err\n{AT}8Z 01O \n")
    assert [(line.text, line.timestamp, line.stream) for line in lines] == [
        ("out", f"{AT}6Z", LogStream.STDOUT),
        ("err", f"{AT}7Z", LogStream.STDERR),
        ("", f"{AT}8Z", LogStream.STDOUT),
    ]


def test_a_log_without_headers_has_neither() -> None:
    (line,) = parse("plain\n")[0]
    assert (line.timestamp, line.stream) == (None, None)


def test_a_plus_goes_on_with_the_line_before() -> None:
    lines, _ = parse(f"{AT}6Z 00O one \n{AT}7Z 00O+two \n{AT}8Z 00O+three\n{AT}9Z 00O next\n")
    assert texts(lines) == ["one two three", "next"]
    assert lines[0].timestamp == f"{AT}6Z"


def test_a_progress_bar_over_several_writes_shows_its_last_state() -> None:
    lines, _ = parse(f"{AT}6Z 00O 10%\r\n{AT}7Z 00O+50%\r\n{AT}8Z 00O+100%\n")
    assert texts(lines) == ["100%"]


def test_a_marker_and_its_header_may_come_in_two_writes() -> None:
    lines, parser = parse(
        f"{AT}6Z 00O section_start:1790851056:prepare_executor\r\n"
        f"{AT}7Z 00O+\x1b[0K\x1b[36;1mPreparing the executor\x1b[0;m\n"
    )
    assert [(line.text, line.section) for line in lines] == [
        ("Preparing the executor", "prepare_executor")
    ]
    assert parser.sections.sections[0].header == "Preparing the executor"


def test_a_plus_with_nothing_before_it_is_a_line() -> None:
    assert texts(parse(f"{AT}6Z 00O+tail\n")[0]) == ["tail"]


def test_only_a_log_that_begins_with_a_header_has_headers() -> None:
    inner = f"{AT}6Z 00O another job's log"
    lines, _ = parse(f"$ cat job.log\n{inner}\n")
    assert texts(lines) == ["$ cat job.log", inner]
    assert lines[1].timestamp is None


def test_a_line_that_no_runner_wrote_stays_whole() -> None:
    lines, _ = parse(f"{AT}6Z 00O a\njob log limit exceeded\n{AT}7Z 00E b\n")
    assert [(line.text, line.timestamp, line.stream) for line in lines] == [
        ("a", f"{AT}6Z", LogStream.STDOUT),
        ("job log limit exceeded", None, None),
        ("b", f"{AT}7Z", LogStream.STDERR),
    ]


def test_an_overlong_line_comes_in_pieces() -> None:
    lines, _ = parse("x" * 25 + "\nshort\n", line_bytes=10)
    assert texts(lines) == ["x" * 10, "x" * 10, "x" * 5, "short"]


def test_pieces_keep_timestamp_and_stream() -> None:
    lines, _ = parse(f"{AT}6Z 00E {'x' * 90}\n{AT}7Z 00O y\n", line_bytes=50)
    assert [(line.text, line.timestamp) for line in lines] == [
        ("x" * 18, f"{AT}6Z"),
        ("x" * 50, f"{AT}6Z"),
        ("x" * 22, f"{AT}6Z"),
        ("y", f"{AT}7Z"),
    ]
    assert [line.stream for line in lines] == [LogStream.STDERR] * 3 + [LogStream.STDOUT]


def test_a_piece_does_not_end_within_a_character() -> None:
    assert texts(parse("é" * 8, line_bytes=7)[0]) == ["ééé", "ééé", "éé"]


def test_bytes_that_begin_no_character_are_cut_anywhere() -> None:
    assert texts(parse(b"\x80" * 20, line_bytes=7)[0]) == ["\ufffd" * n for n in (7, 7, 6)]


def test_a_line_that_goes_on_for_too_long_is_begun_anew() -> None:
    log = f"{AT}6Z 00O " + "x" * 30 + "\n" + f"{AT}7Z 00O+{'y' * 30}\n" * 2
    lines, _ = parse(log, line_bytes=64)
    assert texts(lines) == ["x" * 30 + "y" * 30, "y" * 30]


def test_memory_is_bounded_by_the_line_length() -> None:
    parser = LogParser(100)
    for _ in range(1000):
        parser.feed(b"x" * 99)
        assert len(parser._pending) <= 100


def test_a_parser_begun_at_a_line_leaves_out_what_goes_on() -> None:
    parser = LogParser(100, timestamped=True)
    lines = parser.feed(f"{AT}6Z 00O+rest\n{AT}7Z 00O whole\n{AT}8Z 00O+, too\n".encode())
    assert texts(lines + parser.finish()) == ["whole, too"]


def test_a_line_length_that_cannot_hold_a_character_is_refused() -> None:
    with pytest.raises(ValueError, match="line_bytes must be over 4, not 4"):
        LogParser(4)


@pytest.mark.parametrize(
    ("head", "answer"),
    [(f"{AT}6Z 00O ", True), (f"{AT}6Z 0fE+x", True), (f"{AT}6Z 00O", False), ("plain", False)],
)
def test_a_header_is_recognised(head: str, answer: bool) -> None:  # noqa: FBT001 - a table
    assert has_header(head.encode()) is answer
