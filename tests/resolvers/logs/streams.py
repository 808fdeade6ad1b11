"""Logs for tests, as GitLab would stream them."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager

from resolvers.logs import LogLimits, LogLine, LogRecord, OpenLogs
from resolvers.logs.parser import LogParser

SMALL = LogLimits(
    log_bytes=400_000,
    text_bytes=100_000,
    page_bytes=2_000,
    line_bytes=100,
    memory_bytes=64,
)


class Trace:
    """A stream that counts how often it is opened and notices when it is left."""

    def __init__(self, *chunks: bytes, error: Exception | None = None) -> None:
        self.opened = 0
        self.left = 0
        self._chunks = chunks
        self._error = error

    def __call__(self) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        return self._stream()

    @contextlib.asynccontextmanager
    async def _stream(self) -> AsyncIterator[AsyncIterator[bytes]]:
        self.opened += 1
        try:
            yield self._body()
        finally:
            self.left += 1

    async def _body(self) -> AsyncIterator[bytes]:
        for chunk in self._chunks:
            yield chunk
        if self._error is not None:
            raise self._error


@contextlib.asynccontextmanager
async def opened(log: bytes | str, limits: LogLimits | None = None) -> AsyncIterator[LogRecord]:
    """A record of `log`, which must not be empty."""
    data = log.encode() if isinstance(log, str) else log
    logs = OpenLogs(limits)
    try:
        record = await logs.open("log", Trace(data))
        assert record is not None
        yield record
    finally:
        await logs.aclose()


def parse(*chunks: bytes | str, line_bytes: int = 1000) -> tuple[list[LogLine], LogParser]:
    parser = LogParser(line_bytes)
    lines: list[LogLine] = []
    for chunk in chunks:
        lines += parser.feed(chunk.encode() if isinstance(chunk, str) else chunk)
    return lines + parser.finish(), parser


def texts(lines: Iterable[LogLine]) -> list[str]:
    return [line.text for line in lines]
