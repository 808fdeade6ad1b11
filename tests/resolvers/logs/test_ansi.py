from __future__ import annotations

import time

import pytest

from resolvers.logs.ansi import overwritten, plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[32;1mgreen\x1b[0;m", "green"),
        ("\x1b[38;2;255;100;0mtrue colour\x1b[m", "true colour"),
        ("\x1b[38:5:208mcolons\x1b[m", "colons"),
        ("\x1b[0Kerased", "erased"),
        ("\x1b[?25lhidden cursor\x1b[?25h", "hidden cursor"),
        ("\x1b[1 qcursor shape", "cursor shape"),
        ("\x1b]8;;https://example.com/?a=b\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b]8;id=1;https://example.com\x07link\x1b]8;;\x07", "link"),
        ("\x1b]0;window title\x07text", "text"),
        ("\x1bP+q544e\x1b\\device string", "device string"),
        ("\x1b(Bcharacter set", "character set"),
        ("\x1b7save\x1b8restore", "saverestore"),
        ("\x1bMindex", "index"),
        ("\x1b=keypad\x1b>", "keypad"),
        ("\x1b[31", ""),
        ("text\x1b", "text"),
        ("\x1b]0;never ended", "0;never ended"),
        ("\x1b\x1b[31mdouble", "double"),
        ("tab\tstays", "tab\tstays"),
        ("nul\x00bell\x07back\x08del\x7f", "nulbellbackdel"),
        ("c1 \x85\x9b controls", "c1  controls"),
        ("naïve 日本語 🦊", "naïve 日本語 🦊"),
        ("no\xa0break", "no\xa0break"),
        ("a\rb", "a\rb"),
        ("", ""),
    ],
)
def test_only_what_shows_is_left(text: str, shown: str) -> None:
    assert plain(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("no return", "no return"),
        ("10%\r50%\r100%", "100%"),
        ("gone\r", ""),
        ("longer text\rshort", "short"),
    ],
)
def test_the_text_after_the_last_carriage_return_wins(text: str, shown: str) -> None:
    assert overwritten(text) == shown


@pytest.mark.parametrize(
    "unit", ["\x1b[", "\x1b]", "\x1b[1;", "\x1b]8;;x", "\x1b", "\x1b(", "\x00"]
)
def test_hostile_repetition_costs_linear_time(unit: str) -> None:
    text = unit * (300_000 // len(unit))
    started = time.process_time()
    plain(text)
    assert time.process_time() - started < 1
