"""The process's log: every logger's messages and the line of each operation, in one form."""

from __future__ import annotations

import atexit
import contextlib
import logging
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import structlog

from gateway.telemetry.propagation import REQUEST_ID
from gateway.telemetry.rendering import Event, Form, renderer
from gateway.telemetry.sink import Sink
from upstream.journal import current_journal

AUTOMATIC = "auto"


class Log:
    """Lines of a form, down to a level, to a file descriptor.

    `levels` are those of Python's logging, in lower case.
    """

    def __init__(self, form: Form, level: str, descriptor: int, *, colors: bool = False) -> None:
        self.form = form
        self.level: int = logging.getLevelNamesMapping()[level.upper()]
        self._render = renderer(form, colors=colors)
        self.sink = Sink(descriptor, self._notice)

    def tells(self, level: int) -> bool:
        return level >= self.level

    def write_all(self, events: Iterable[Event]) -> None:
        """A line each; the events are not to be used again."""
        lines = [self._render(event) for event in events]
        self.sink.write(b"".join(lines), len(lines))

    def render_text(self, _logger: Any, _method: str, event: Event) -> str:
        """As the last of structlog's processors: the line without its end."""
        return self._render(event).decode().removesuffix("\n")

    def close(self) -> None:
        self.sink.close()

    def _notice(self, lost: int) -> bytes:
        now = datetime.now(UTC)
        event = {"timestamp": now, "level": "warning", "event": "log lines dropped", "lost": lost}
        return self._render(event)


@contextlib.contextmanager
def logging_to(log: Log) -> Iterator[Log]:
    """Has all loggers' messages, and Python's warnings, go to `log` inside the block."""
    root = logging.getLogger()
    handler = _Handler(log)
    before = root.level
    root.addHandler(handler)
    root.setLevel(log.level)
    logging.captureWarnings(capture=True)
    try:
        yield log
    finally:
        logging.captureWarnings(capture=False)
        root.setLevel(before)
        root.removeHandler(handler)


def open_log(form: str, level: str, *, colors: bool = True) -> Log:
    """The log of this process, on standard error, until its end.

    `form` is one of Form's, or AUTOMATIC: readable on a terminal, JSON elsewhere.
    """
    terminal = sys.stderr.isatty()
    if form == AUTOMATIC:
        form = Form.READABLE if terminal else Form.JSON
    log = Log(Form(form), level, sys.stderr.fileno(), colors=colors and terminal)
    stack = contextlib.ExitStack()
    stack.callback(log.close)
    stack.enter_context(logging_to(log))
    atexit.register(stack.close)
    # What uvicorn tells about its own steps, the command line says in its own words.
    # Nor what it says of requests: an Upgrade header alone would earn two lines of advice.
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    # Below WARNING it would log URLs with their query.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    return log


class _Handler(logging.Handler):
    def __init__(self, log: Log) -> None:
        super().__init__()
        self._log = log
        self.setFormatter(
            structlog.stdlib.ProcessorFormatter(
                foreign_pre_chain=(structlog.stdlib.ExtraAdder(),),
                processors=(_event_of, structlog.processors.format_exc_info, log.render_text),
            )
        )

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = f"{self.format(record)}\n"
            self._log.sink.write(line.encode(errors="backslashreplace"))
        except Exception:  # noqa: BLE001 - as each of logging's own handlers does
            self.handleError(record)


def _event_of(_logger: Any, _method: str, given: Event) -> Event:
    """An event in the order of its keys, with whom it was about where it came of a request."""
    record: logging.LogRecord = given.pop("_record")
    del given["_from_structlog"]
    event: Event = {
        "timestamp": datetime.fromtimestamp(record.created, UTC),
        "level": record.levelname.lower(),
        "event": given.pop("event"),
        "logger": record.name,
    }
    journal = current_journal()
    if journal is not None:
        event["request_id"] = dict(journal.headers).get(REQUEST_ID)
    event.update(given)
    return event
