"""Bytes of a job's log in, lines as they show out.

What makes a line. The log is cut at newlines. Where its first line bears a runner's header
(`2026-02-13T10:00:00.123456Z 00O `), so do the others, and a line whose header ends in `+` goes on
with the one before it. A section marker cuts its line in two; what stands before and after it are
lines of their own if they show anything, so a line of markers alone is none. Of what a carriage
return overwrites, the last counts; carriage returns right before a newline belong to it.
Bytes that are not UTF-8 become U+FFFD.

Memory is bounded: a line longer than `line_bytes` comes in pieces, each a line of its own with the
timestamp and stream of the first. The pieces depend on the line alone, never on how the log was cut
into chunks.
"""

from __future__ import annotations

import re

from resolvers.logs.ansi import overwritten, plain
from resolvers.logs.limits import DEFAULT_LINE_BYTES
from resolvers.logs.lines import LogLine, LogStream
from resolvers.logs.sections import MARKER, SectionTracker

_HEADER = re.compile(
    r"([0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]\.[0-9]{6}Z) "
    r"[0-9a-f]{2}([OE])([ +])"
)
HEADER_LENGTH = 32
_STREAMS = {"O": LogStream.STDOUT, "E": LogStream.STDERR}
_LONGEST_SEQUENCE = 4  # bytes of one character in UTF-8
_CONTINUATION = range(0x80, 0xC0)  # bytes of UTF-8 that begin no character


def has_header(head: bytes) -> bool:
    """Whether a log that begins with `head` (HEADER_LENGTH bytes or all) bears runner's headers."""
    return _HEADER.match(head.decode("latin-1")) is not None


class LogParser:
    """Feed it the log in chunks of any length, then call `finish`; both return lines.

    For a start in the middle of a log, at the beginning of some line: `timestamped` says whether
    lines bear headers, and lines that go on with one not seen are left out.
    """

    def __init__(
        self, line_bytes: int = DEFAULT_LINE_BYTES, *, timestamped: bool | None = None
    ) -> None:
        if line_bytes <= _LONGEST_SEQUENCE:
            raise ValueError(f"line_bytes must be over {_LONGEST_SEQUENCE}, not {line_bytes}")
        self.sections = SectionTracker()
        self.count = 0  # lines so far
        self._line_bytes = line_bytes
        self._timestamped = timestamped
        self._resuming = bool(timestamped)
        self._pending = b""  # the line whose end is still to come
        self._in_pieces = False  # pieces of that line have been taken already
        self._held: list[str] = []  # a line that the next one may go on with
        self._held_length = 0
        self._timestamp: str | None = None
        self._stream: LogStream | None = None
        self._out: list[LogLine] = []

    def feed(self, data: bytes) -> list[LogLine]:
        end = data.rfind(b"\n")
        if end >= 0:
            self._take(self._pending + data[:end])
            self._pending = data[end + 1 :]
        else:
            self._pending += data
        self._pending = self._cut(self._pending)
        return self._taken()

    def finish(self) -> list[LogLine]:
        """The lines still held back; a last line without newline that shows nothing is none."""
        unended, self._pending = self._pending, b""
        if unended:
            self._physical(unended.decode("utf-8", "replace"), last=True)
        self._release(last=bool(unended))
        return self._taken()

    def _taken(self) -> list[LogLine]:
        taken, self._out = self._out, []
        return taken

    def _take(self, block: bytes) -> None:
        """`block` holds whole lines; the newline of the last one is off."""
        if not self._in_pieces and len(block) <= self._line_bytes:
            for line in block.decode("utf-8", "replace").split("\n"):
                self._physical(line)
            return
        for raw in block.split(b"\n"):
            self._physical(self._cut(raw).decode("utf-8", "replace"))
            self._in_pieces = False

    def _cut(self, raw: bytes) -> bytes:
        """Takes pieces off a line while it is too long; returns the rest."""
        while len(raw) > self._line_bytes:
            end = self._line_bytes
            for back in range(_LONGEST_SEQUENCE):  # not within a character
                if raw[end - back] not in _CONTINUATION:
                    end -= back
                    break
            self._physical(raw[:end].decode("utf-8", "replace"))
            self._in_pieces = True
            raw = raw[end:]
        return raw

    def _physical(self, line: str, *, last: bool = False) -> None:
        if self._timestamped is None:
            self._timestamped = _HEADER.match(line) is not None
        if not self._timestamped:
            self._logical(line, last=last)
            return
        header = None if self._in_pieces else _HEADER.match(line)
        if header is None:
            self._release()
            if not self._in_pieces:  # not of the runner's making
                self._timestamp = self._stream = None
            self._hold(line)
            return
        line = line[HEADER_LENGTH:]
        if header[3] == "+":
            if self._resuming:
                return
            if self._held and self._held_length + len(line) <= self._line_bytes:
                self._hold(line)
                return
        self._release()
        self._timestamp = header[1]
        self._stream = _STREAMS[header[2]]
        self._hold(line)

    def _hold(self, line: str) -> None:
        self._resuming = False
        self._held.append(line)
        self._held_length += len(line)

    def _release(self, *, last: bool = False) -> None:
        if self._held:
            line = self._held[0] if len(self._held) == 1 else "".join(self._held)
            self._held.clear()
            self._held_length = 0
            self._logical(line, last=last)

    def _logical(self, line: str, *, last: bool = False) -> None:
        if line.isprintable():
            if line or not last:
                self._emit(line)
            return
        if "\r" in line and "section_" in line and self._marked(line):
            return
        text = overwritten(plain(line.rstrip("\r")))
        if text or not last:
            self._emit(text)

    def _marked(self, line: str) -> bool:
        """Handles a line with section markers; false where there turns out to be none."""
        position = 0
        for marker in MARKER.finditer(line):
            self._segment(line[position : marker.start()])
            self.sections.mark(marker, self.count + 1)
            position = marker.end()
        if not position:
            return False
        self._segment(line[position:].rstrip("\r"))
        self.sections.end_line()
        return True

    def _segment(self, segment: str) -> None:
        if text := overwritten(plain(segment)):
            self.sections.head(text)
            self._emit(text)

    def _emit(self, text: str) -> None:
        self.count += 1
        self._out.append(
            LogLine(self.count, text, self._timestamp, self._stream, self.sections.current)
        )
