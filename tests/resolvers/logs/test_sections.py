from __future__ import annotations

import time

import pytest

from resolvers.logs import LogSection
from resolvers.logs.sections import MARKER, MAX_DEPTH, MAX_SECTIONS
from tests.resolvers.logs.streams import parse, texts

CLEAR = "\r\x1b[0K"


def start(name: str, epoch: int = 1_700_000_000, options: str = "") -> str:
    return f"section_start:{epoch}:{name}{options}{CLEAR}"


def end(name: str, epoch: int = 1_700_000_005) -> str:
    return f"section_end:{epoch}:{name}{CLEAR}"


def sections(log: str) -> list[LogSection]:
    return parse(log)[1].sections.sections


def test_a_section_has_its_header_times_and_lines() -> None:
    header = '\x1b[0K\x1b[36;1mExecuting "step_script" stage of the job script\x1b[0;m'
    log = f"Running\n{start('step_script')}{header}\n$ make\nok\n{end('step_script')}\nDone\n"
    assert sections(log) == [
        LogSection(
            name="step_script",
            header='Executing "step_script" stage of the job script',
            started_at="2023-11-14T22:13:20Z",
            finished_at="2023-11-14T22:13:25Z",
            duration=5.0,
            first_line=2,
            last_line=4,
        )
    ]


def test_lines_know_the_innermost_open_section() -> None:
    log = f"a\n{start('outer')}b\n{start('inner')}c\nd\n{end('inner')}\ne\n{end('outer')}\nf\n"
    lines, _ = parse(log)
    assert [(line.number, line.text, line.section) for line in lines] == [
        (1, "a", None),
        (2, "b", "outer"),
        (3, "c", "inner"),
        (4, "d", "inner"),
        (5, "e", "outer"),
        (6, "f", None),
    ]


def test_markers_alone_make_no_line() -> None:
    lines, _ = parse(f"a\n{start('x')}\n{end('x')}\n{end('x')}{start('y')}\nb\n")
    assert texts(lines) == ["a", "b"]


def test_an_end_and_a_start_may_share_a_line() -> None:
    log = f"{start('one')}first\n{end('one')}{start('two')}second\nx\n{end('two')}\n"
    one, two = sections(log)
    assert (one.name, one.header, one.first_line, one.last_line) == ("one", "first", 1, 1)
    assert (two.name, two.header, two.first_line, two.last_line) == ("two", "second", 2, 3)


def test_text_before_a_marker_is_a_line_of_the_section_before() -> None:
    lines, parser = parse(f"{start('x')}head\nno newline{end('x')}after\n")
    assert [(line.text, line.section) for line in lines] == [
        ("head", "x"),
        ("no newline", "x"),
        ("after", None),
    ]
    assert parser.sections.sections[0].last_line == 2


@pytest.mark.parametrize(
    "options", ["[collapsed=true]", "[hide_duration=true,collapsed=true]", "[]"]
)
def test_options_are_no_part_of_the_name(options: str) -> None:
    (section,) = sections(f"{start('x', options=options)}head\n")
    assert (section.name, section.header) == ("x", "head")


def test_an_open_section_has_no_end() -> None:
    (section,) = sections(f"{start('x')}head\nstill running\n")
    assert (section.finished_at, section.duration, section.last_line) == (None, None, None)


def test_a_section_without_lines_has_no_last_line() -> None:
    (section,) = sections(f"a\n{start('x')}\n{end('x')}\nb\n")
    assert (section.header, section.first_line, section.last_line) == (None, 2, None)
    assert section.duration == 5.0


def test_an_end_without_a_start_is_passed_over() -> None:
    lines, parser = parse(f"a\n{end('x')}\nb\n")
    assert texts(lines) == ["a", "b"]
    assert parser.sections.sections == []


def test_an_outer_end_closes_what_is_open_inside() -> None:
    log = f"{start('outer')}a\n{start('inner')}b\n{end('outer')}\nc\n"
    outer, inner = sections(log)
    assert (outer.last_line, outer.duration) == (2, 5.0)
    assert (inner.last_line, inner.finished_at, inner.duration) == (2, None, None)
    assert parse(log)[0][2].section is None


def test_a_section_started_twice_is_two_and_the_end_closes_the_inner() -> None:
    log = f"{start('x')}a\n{start('x')}b\n{end('x')}\nc\n"
    first, second = sections(log)
    assert (first.last_line, second.last_line) == (None, 2)


def test_a_clock_set_back_gives_no_duration() -> None:
    (section,) = sections(f"{start('x', 1_700_000_005)}a\n{end('x', 1_700_000_000)}\n")
    assert section.finished_at == "2023-11-14T22:13:20Z"
    assert section.duration is None


def test_a_time_past_the_calendar_is_none() -> None:
    (section,) = sections(f"{start('x', 999_999_999_999)}a\n{end('x', 999_999_999_999)}\n")
    assert (section.started_at, section.finished_at, section.duration) == (None, None, None)


@pytest.mark.parametrize(
    "text",
    [
        "section_start:1:x",  # no carriage return: it shows on a terminal, too
        "section_start:soon:x\r",
        "section_start:1:\r",
        "section_stop:1:x\r",
        "section_start:1:a b\r",
    ],
)
def test_what_is_no_marker_stays(text: str) -> None:
    lines, parser = parse(f"{text}\n")
    assert texts(lines) == [text.rstrip("\r")]
    assert parser.sections.sections == []


def test_the_number_of_kept_sections_is_bounded() -> None:
    log = "".join(f"{start('x')}a\n{end('x')}\n" for _ in range(MAX_SECTIONS + 5)) + "z\n"
    lines, parser = parse(log)
    assert len(parser.sections.sections) == MAX_SECTIONS
    assert lines[-2].section == "x"
    assert lines[-1].section is None


def test_the_depth_of_sections_is_bounded() -> None:
    lines, parser = parse("".join(f"{start(f's{i}')}a\n" for i in range(MAX_DEPTH + 5)))
    assert len(parser.sections.sections) == MAX_DEPTH
    assert lines[-1].section == f"s{MAX_DEPTH - 1}"


@pytest.mark.parametrize("unit", ["section_start:1:a[", "section_", "section_start:1:", "a-"])
def test_hostile_repetition_costs_linear_time(unit: str) -> None:
    text = "section_start:1:" + unit * (300_000 // len(unit))
    started = time.process_time()
    assert MARKER.search(text) is None
    assert time.process_time() - started < 2
