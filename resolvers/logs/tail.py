"""The last lines of a log, found from its end.

Raw lines are counted backwards by their newlines. Clean lines cannot be counted without reading
them forwards, so a window at the end is read, and a larger one where it holds too few.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from resolvers.logs.limits import BLOCK_BYTES
from resolvers.logs.lines import LogLine
from resolvers.logs.parser import HEADER_LENGTH, LogParser, has_header
from resolvers.logs.spool import SpooledLog

_FIRST_WINDOW = 64 * 1024
_GROWTH = 4


def blocks(log: SpooledLog, start: int = 0) -> Iterator[bytes]:
    offset = start
    while block := log.read(offset, BLOCK_BYTES):
        yield block
        offset += len(block)


def ends_with_newline(log: SpooledLog) -> bool:
    return log.read(log.size - 1, 1) == b"\n"


async def raw_tail_start(log: SpooledLog, count: int) -> int:
    """The offset at which the last `count` lines begin, counted by newlines alone."""
    missing = count + ends_with_newline(log)  # the last newline begins no line
    end = log.size
    while end > 0:
        start = max(0, end - BLOCK_BYTES)
        block = _exactly(log, start, end)
        newlines = block.count(b"\n")
        if newlines >= missing:
            position = len(block)
            for _ in range(missing):
                position = block.rfind(b"\n", 0, position)
            return start + position + 1
        missing -= newlines
        end = start
        await log.turn()
    return 0


async def clean_tail(log: SpooledLog, count: int, line_bytes: int, max_bytes: int) -> TailLines:
    timestamped = has_header(_exactly(log, 0, min(HEADER_LENGTH, log.size)))
    window = _FIRST_WINDOW
    while window < log.size:
        start = await _next_line(log, log.size - window)
        parser = LogParser(line_bytes, timestamped=timestamped)
        lines = await _last_lines(log, start, parser, TailLines(count, max_bytes))
        if lines.complete:
            return lines
        window *= _GROWTH
    return await _last_lines(log, 0, LogParser(line_bytes), TailLines(count, max_bytes))


class TailLines:
    """The last `count` lines, or fewer where they have more than `max_bytes`."""

    def __init__(self, count: int, max_bytes: int) -> None:
        self.texts: deque[str] = deque()
        self.too_large = False
        self._sizes: deque[int] = deque()
        self._bytes = 0
        self._count = count
        self._max_bytes = max_bytes

    @property
    def complete(self) -> bool:
        """No line before the ones seen could change the answer."""
        return self.too_large or len(self.texts) >= self._count

    @property
    def size(self) -> int:
        """Bytes of the lines in UTF-8, newlines included."""
        return self._bytes

    def add(self, line: LogLine) -> None:
        self.texts.append(line.text)
        self._sizes.append(size := line.size + 1)
        self._bytes += size
        if len(self.texts) > self._count:
            self._drop()
        while self._bytes > self._max_bytes:
            self._drop()
            self.too_large = True
        if len(self.texts) == self._count:
            self.too_large = False  # what was dropped lies before the last `count` lines

    def _drop(self) -> None:
        self.texts.popleft()
        self._bytes -= self._sizes.popleft()


async def _last_lines(
    log: SpooledLog, start: int, parser: LogParser, lines: TailLines
) -> TailLines:
    for block in blocks(log, start):
        await log.turn()
        for line in parser.feed(block):
            lines.add(line)
    for line in parser.finish():
        lines.add(line)
    return lines


async def _next_line(log: SpooledLog, offset: int) -> int:
    """Where the first line begins after `offset`; the end of the log if none does."""
    position = offset
    for block in blocks(log, offset):
        newline = block.find(b"\n")
        if newline >= 0:
            return position + newline + 1
        position += len(block)
        await log.turn()
    return log.size


def _exactly(log: SpooledLog, start: int, end: int) -> bytes:
    data = b""
    while start + len(data) < end:
        data += log.read(start + len(data), end - start - len(data))
    return data
