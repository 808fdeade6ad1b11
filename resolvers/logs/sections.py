"""Section markers of a job's log, and the sections that they open and close.

A marker is `section_start:EPOCH:NAME[options]` or `section_end:EPOCH:NAME` and a carriage return,
by which it vanishes from a terminal. Scripts write markers, too, so anything may come: an end
without its start is passed over; an end closes the innermost section of its name, and with it
whatever is open inside, which then has a last line and no time of its own end.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from resolvers.logs.lines import LogSection

# The lengths are bounded so that a hostile line costs linear time.
MARKER = re.compile(
    r"section_(start|end):([0-9]{1,12}):([A-Za-z0-9_.-]{1,255}+)(?:\[[^\]\r]{0,512}\])?\r"
)

MAX_SECTIONS = 10_000  # kept of one log; a runner writes about ten
MAX_DEPTH = 100
_LAST_EPOCH = 253_402_300_799  # the end of the year 9999


class SectionTracker:
    """Follows the markers of one log in their order; `sections` grows by each start.

    Past MAX_SECTIONS sections are followed, so that lines name theirs, and not kept; inside
    MAX_DEPTH open ones a further start is passed over.
    """

    def __init__(self) -> None:
        self.sections: list[LogSection] = []
        self.current: str | None = None
        self._open: list[tuple[LogSection, int]] = []
        self._headless: LogSection | None = None

    def mark(self, marker: re.Match[str], next_line: int) -> None:
        """Takes in a match of MARKER that stands before the line numbered `next_line`."""
        kind, epoch, name = marker.group(1, 2, 3)
        self._headless = None
        if kind == "start":
            self._start(name, int(epoch), next_line)
        else:
            self._end(name, int(epoch), next_line - 1)
        self.current = self._open[-1][0].name if self._open else None

    def head(self, text: str) -> None:
        """Takes in the text that follows a start marker on its line."""
        if self._headless is not None:
            self._headless.header = text
            self._headless = None

    def end_line(self) -> None:
        self._headless = None

    def _start(self, name: str, epoch: int, first_line: int) -> None:
        if len(self._open) >= MAX_DEPTH:
            return
        section = LogSection(name, None, _iso(epoch), None, None, first_line, None)
        self._open.append((section, epoch))
        self._headless = section
        if len(self.sections) < MAX_SECTIONS:
            self.sections.append(section)

    def _end(self, name: str, epoch: int, last_line: int) -> None:
        for depth in range(len(self._open) - 1, -1, -1):
            if self._open[depth][0].name == name:
                break
        else:
            return
        for section, _ in self._open[depth:]:
            section.last_line = last_line if last_line >= section.first_line else None
        closed, started = self._open[depth]
        closed.finished_at = _iso(epoch)
        if closed.started_at is not None and closed.finished_at is not None and epoch >= started:
            closed.duration = float(epoch - started)
        del self._open[depth:]


def _iso(epoch: int) -> str | None:
    if epoch > _LAST_EPOCH:
        return None
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
