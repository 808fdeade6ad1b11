"""One event as one line: JSON for machines, or words for people."""

from __future__ import annotations

import enum
import json
from collections.abc import Callable, MutableMapping
from typing import Any

import orjson
import structlog

Event = MutableMapping[str, Any]
Render = Callable[[Event], bytes]

TRACEBACK = "exception"  # the key of what structlog makes of an exception
_OPTIONS = orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z
_NUMBERS_AND_SUCH = (int, float, bool, type(None))


class Form(enum.StrEnum):
    JSON = "json"
    READABLE = "readable"


def renderer(form: Form, *, colors: bool = False) -> Render:
    """What makes a line, with its end, of an event; the event is its own to change."""
    return to_json if form is Form.JSON else Readable(colors=colors)


def to_json(event: Event) -> bytes:
    """JSON has no line breaks but those between events: all others are escaped."""
    try:
        return orjson.dumps(event, default=str, option=_OPTIONS)
    except TypeError:  # half of a surrogate pair, a huge number: what is no JSON to orjson
        return f"{json.dumps(event, default=str)}\n".encode()


class Readable:
    """For a terminal. Only a traceback has several lines, and those are indented."""

    def __init__(self, *, colors: bool) -> None:
        self._console = structlog.dev.ConsoleRenderer(
            colors=colors, exception_formatter=structlog.dev.plain_traceback, sort_keys=False
        )

    def __call__(self, event: Event) -> bytes:
        timestamp = event.get("timestamp")
        if timestamp is not None:
            event["timestamp"] = f"{timestamp:%H:%M:%S.%f}"[:-3]
        traceback = event.pop(TRACEBACK, None)
        shown = {key: _plain(value) for key, value in event.items() if _tells(value)}
        line = str(self._console(None, "", shown)).rstrip()
        if traceback is not None:
            lines = str(traceback).splitlines()
            line = "\n    ".join((line, *(printable(each) for each in lines)))
        return f"{line}\n".encode(errors="backslashreplace")


def printable(text: str) -> str:
    """Without line breaks, terminal commands, or anything else that does not show as itself."""
    if text.isprintable():
        return text
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return ",".join(printable(str(each)) for each in value)
    return value if isinstance(value, _NUMBERS_AND_SUCH) else printable(str(value))


def _tells(value: Any) -> bool:
    return value is not None and value not in ("", ())
