from __future__ import annotations

import logging
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from gateway.telemetry.logs import logging_to
from gateway.telemetry.propagation import REQUEST_ID
from gateway.telemetry.rendering import Form
from tests.gateway.telemetry.written import written
from upstream.journal import Journal, keep_journal


@pytest.mark.parametrize("name", ["gateway.http", "uvicorn.error", "starlette", "asyncio", "other"])
def test_every_loggers_messages_go_into_the_log(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Other tests' servers set uvicorn's own logging up, which the command does not.
    monkeypatch.setattr(logging.getLogger("uvicorn"), "propagate", True)
    with written(tmp_path) as log:
        with logging_to(log.log):
            logging.getLogger(name).error("%d of %s", 3, "five")
        (line,) = log.lines()
    assert (line["level"], line["event"], line["logger"]) == ("error", "3 of five", name)
    assert line["timestamp"].endswith("Z")


def test_what_is_below_the_level_is_left_out(tmp_path: Path) -> None:
    with written(tmp_path, level="warning") as log:
        with logging_to(log.log):
            logging.getLogger("gateway").info("little")
            logging.getLogger("gateway").warning("much")
        assert [line["event"] for line in log.lines()] == ["much"]
    assert log.log.tells(logging.WARNING)
    assert not log.log.tells(logging.INFO)


def test_what_a_message_bears_beside_its_text_is_there(tmp_path: Path) -> None:
    with written(tmp_path) as log:
        with logging_to(log.log):
            logging.getLogger("gateway").info("started", extra={"address": "x", "pid": 7})
        (line,) = log.lines()
    assert (line["address"], line["pid"]) == ("x", 7)


def test_an_exception_is_told_with_its_stack_and_no_values(tmp_path: Path) -> None:
    def fail(token: str) -> float:
        return len(token) / 0

    with written(tmp_path) as log:
        with logging_to(log.log):
            try:
                fail("glpat-secret")
            except ZeroDivisionError:
                logging.getLogger("gateway").exception("oh")
        (line,) = log.lines()
    assert line["exception"].startswith("Traceback (most recent call last):\n")
    assert line["exception"].endswith("\nZeroDivisionError: division by zero")
    assert "return len(token) / 0" in line["exception"]
    assert "glpat-secret" not in line["exception"].replace('fail("glpat-secret")', "")


def test_a_message_of_a_request_names_it(tmp_path: Path) -> None:
    with written(tmp_path) as log:
        with logging_to(log.log), keep_journal(Journal(((REQUEST_ID, "abc"),))):
            logging.getLogger("gateway").warning("oh")
        (line,) = log.lines()
    assert line["request_id"] == "abc"


@pytest.mark.parametrize("form", list(Form))
def test_a_message_cannot_make_itself_two(tmp_path: Path, form: Form) -> None:
    with written(tmp_path, form) as log:
        with logging_to(log.log):
            logging.getLogger("gateway").warning('got "%s"', 'a"}\n{"event": "forged"}\r\n\x1b[2J')
        text = log.text()
    assert text.count("\n") == 1
    assert "\r" not in text
    assert "\x1b" not in text


def test_warnings_of_python_go_into_the_log(tmp_path: Path) -> None:
    with written(tmp_path) as log:
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            with logging_to(log.log):
                warnings.warn("old ways", DeprecationWarning, stacklevel=1)
        (line,) = log.lines()
    assert line["logger"] == "py.warnings"
    assert "DeprecationWarning: old ways" in line["event"]


def test_a_message_that_cannot_be_formatted_stops_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with written(tmp_path) as log:
        with logging_to(log.log):
            handler = logging.getLogger().handlers[-1]  # not pytest's, which is strict
            for arguments in (("seven",), (7,)):
                handler.handle(
                    logging.LogRecord("gateway", logging.ERROR, "", 1, "%d", arguments, None)
                )
        assert [line["event"] for line in log.lines()] == ["7"]
    assert "%d format" in capsys.readouterr().err


def test_afterwards_logging_is_as_before(tmp_path: Path) -> None:
    root = logging.getLogger()
    before = list(root.handlers), root.level
    with written(tmp_path) as log, logging_to(log.log):
        assert len(root.handlers) == len(before[0]) + 1
    assert (list(root.handlers), root.level) == before


PROGRAM = """
import logging
from gateway.telemetry.logs import open_log
open_log({form!r}, "info")
for name in ("gateway", "uvicorn.error", "httpx"):
    logging.getLogger(name).warning("hello from " + name)
logging.getLogger("httpx").info("a URL")
"""


@pytest.mark.parametrize("form", ["auto", "json", "readable"])
def test_the_log_of_the_process_is_on_standard_error_to_its_last_line(form: str) -> None:
    run = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", PROGRAM.format(form=form)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    lines = run.stderr.splitlines()
    assert len(lines) == 2
    assert "hello from gateway" in lines[0]
    assert "hello from httpx" in lines[1]
    assert run.stdout == ""
    is_json = [line.startswith("{") for line in lines]
    assert is_json == ([False, False] if form == "readable" else [True, True])
