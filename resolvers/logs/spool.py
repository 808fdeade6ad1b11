"""Where the logs of one request lie while they are read.

GitLab hands out a log only as a whole (its API knows no offset), while one operation may ask for
its size, its end, a page of lines and its sections. So the log is fetched once and kept: the first
bytes of a request's logs in memory, the rest in one temporary file that has no name and is gone
when the request ends. Each field then makes its own pass over the spool and holds no more than its
answer. Streaming into all fields at once would save the file, but GraphQL resolves field by field,
and fields of a later alias or fragment would find the stream gone.

All logs of a request share one file, so that a hundred of them cost one file descriptor. Reads and
writes are small and go through the page cache; they are not worth a thread each.

Passes over the logs of a request also share the event loop: each takes a turn for each block, and
there is one turn in one round of the loop, however many passes there are. So the loop is held for
the time of a block (half a millisecond), not of a block for each field of a large operation.
"""

from __future__ import annotations

import asyncio
import bisect
import tempfile

from resolvers.logs.limits import LOGS_OF_A_REQUEST, LogLimits, megabytes
from upstream.errors import ResponseTooLarge


class Spool:
    """The storage that all logs of one request share."""

    def __init__(self, limits: LogLimits) -> None:
        self.limits = limits
        self.size = 0
        self._turns = asyncio.Lock()
        self._file = tempfile.SpooledTemporaryFile(max_size=limits.memory_bytes)  # noqa: SIM115 - lives until close()

    def write(self, data: bytes) -> int:
        """Appends `data`; returns where it begins."""
        start = self.size
        if start + len(data) > self.limits.request_bytes:
            raise ResponseTooLarge(
                f"the logs of this request have more than {megabytes(self.limits.request_bytes)} "
                f"together, {LOGS_OF_A_REQUEST} times GATEWAY_LOG_BYTES; ask for fewer at a time"
            )
        self._file.seek(start)
        self._file.write(data)
        self.size += len(data)
        return start

    def read(self, start: int, length: int) -> bytes:
        self._file.seek(start)
        return self._file.read(length)

    async def turn(self) -> None:
        """Lets the event loop go round, and the other passes over this spool before this one."""
        async with self._turns:
            await asyncio.sleep(0)

    def close(self) -> None:
        self._file.close()


class SpooledLog:
    """One log in a spool, appended to while it arrives, then read at any offset."""

    def __init__(self, spool: Spool) -> None:
        self.size = 0
        self._spool = spool
        self._offsets: list[int] = []  # extent i begins at _offsets[i] of the log,
        self._starts: list[int] = []  # which is _starts[i] of the spool
        self._end = -1

    def append(self, data: bytes) -> None:
        limit = self._spool.limits.log_bytes
        if self.size + len(data) > limit:
            raise ResponseTooLarge(
                f"the log of this job has more than {megabytes(limit)}, "
                "the most that is read (GATEWAY_LOG_BYTES)"
            )
        start = self._spool.write(data)
        if start != self._end:  # another log has been written in between
            self._offsets.append(self.size)
            self._starts.append(start)
        self._end = start + len(data)
        self.size += len(data)

    async def turn(self) -> None:
        await self._spool.turn()

    def read(self, offset: int, length: int) -> bytes:
        """Up to `length` bytes from `offset`; fewer where an extent ends, none at the end."""
        if offset >= self.size:
            return b""
        extent = bisect.bisect_right(self._offsets, offset) - 1
        end = self._offsets[extent + 1] if extent + 1 < len(self._offsets) else self.size
        within = offset - self._offsets[extent]
        return self._spool.read(self._starts[extent] + within, min(length, end - offset))
