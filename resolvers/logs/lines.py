"""Lines and sections of a job's log, as the fields of JobLogLine and JobLogSection."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class LogStream(enum.Enum):
    STDOUT = "stdout"
    STDERR = "stderr"


@dataclass(slots=True)
class LogLine:
    """One line as it shows.

    `number` counts from 1; `timestamp` is the runner's text, and like `stream` None where the
    runner wrote no line header; `section` is the innermost open section.
    """

    number: int
    text: str
    timestamp: str | None
    stream: LogStream | None
    section: str | None

    @property
    def size(self) -> int:
        """Bytes of the text in UTF-8."""
        return utf8_size(self.text)


@dataclass(slots=True)
class LogSection:
    """A section of the log, closed or still open.

    `first_line` is the number of its first line (its header, where it has one), `last_line` that
    of its last: None while the section is open, or where it closed without a line. `started_at`
    and `finished_at` are ISO 8601 in UTC, `duration` is in seconds.
    """

    name: str
    header: str | None
    started_at: str | None
    finished_at: str | None
    duration: float | None
    first_line: int
    last_line: int | None


def utf8_size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())
