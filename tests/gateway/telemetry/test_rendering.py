from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.telemetry.rendering import Form, printable, renderer

NOW = datetime(2026, 11, 22, 10, 30, 1, 234567, tzinfo=UTC)

values = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()


def event(**fields: Any) -> dict[str, Any]:
    return {"timestamp": NOW, "level": "info", "event": "said", **fields}


def test_json_is_one_object_a_line() -> None:
    line = renderer(Form.JSON)(event(count=1, codes=("A", "B"), nothing=None))
    assert line == (
        b'{"timestamp":"2026-11-22T10:30:01.234567Z","level":"info","event":"said",'
        b'"count":1,"codes":["A","B"],"nothing":null}\n'
    )


def test_readable_is_for_people() -> None:
    line = renderer(Form.READABLE)(event(count=1, codes=("A", "B"), nothing=None, none=()))
    assert (
        line.decode()
        == "10:30:01.234 [info     ] said                           count=1 codes=A,B\n"
    )


def test_colors_are_for_terminals() -> None:
    assert b"\x1b[" in renderer(Form.READABLE, colors=True)(event())
    assert b"\x1b[" not in renderer(Form.READABLE)(event())


@pytest.mark.parametrize("form", list(Form))
@given(fields=st.dictionaries(st.sampled_from(["a", "b", "c"]), values | st.lists(values)))
def test_whatever_the_values_an_event_is_one_line(form: Form, fields: dict[str, Any]) -> None:
    line = renderer(form)(event(**fields))
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert b"\r" not in line


@given(st.dictionaries(st.sampled_from(["a", "b"]), st.text()))
def test_json_gives_back_what_went_in(fields: dict[str, str]) -> None:
    read = orjson.loads(renderer(Form.JSON)(event(**fields)))
    assert {name: read[name] for name in fields} == fields


def test_json_never_fails_for_a_value() -> None:
    read = renderer(Form.JSON)(event(half="\ud800", huge=1 << 70, thing=object()))
    assert b'"half": "\\ud800"' in read
    assert b"1180591620717411303424" in read


@given(st.text())
def test_readable_shows_nothing_that_a_terminal_would_obey(text: str) -> None:
    line = renderer(Form.READABLE)(event(text=text, event=text)).decode()
    assert line[:-1].isprintable()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain grüß", "plain grüß"),
        ("a\nb\r\tc", "a\\nb\\r\\tc"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\x9b31m", "\\x9b31m"),
        ("\u2028 \u202e", "\\u2028 \\u202e"),
        ("\ud800", "\\ud800"),
    ],
)
def test_what_does_not_show_as_itself_is_spelt_out(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_a_traceback_is_indented_where_people_read() -> None:
    fields = {"exception": "Traceback:\n  File x\nValueError: a\nb\x1b[31m"}
    first, *rest = renderer(Form.READABLE)(event(**fields)).decode().splitlines()
    assert "said" in first
    assert rest == ["    Traceback:", "      File x", "    ValueError: a", "    b\\x1b[31m"]


def test_a_traceback_is_one_string_where_machines_read() -> None:
    line = renderer(Form.JSON)(event(exception="one\ntwo"))
    assert orjson.loads(line)["exception"] == "one\ntwo"
