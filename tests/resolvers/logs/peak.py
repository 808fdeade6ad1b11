"""Reads a log from a URL as the gateway does, asks every field of it, prints what that took.

A program of its own, so that its peak memory is that of the log alone:
`python -m tests.resolvers.logs.peak URL` prints JSON with bytes and seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import sys
import time
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path
from typing import TypeVar

import httpx
from httpx_aiohttp import AiohttpTransport

from resolvers.errors import BadUserInput
from resolvers.logs import LogRecord, OpenLogs
from resolvers.logs.limits import DEFAULT_TEXT_BYTES

T = TypeVar("T")
_STATUS = Path("/proc/self/status")


def peak_bytes() -> int:
    """The most memory this process has had so far (Linux)."""
    found = re.search(r"VmHWM:\s+(\d+) kB", _STATUS.read_text())
    assert found is not None
    return int(found[1]) * 1024


async def measure(url: str) -> dict[str, float]:
    figures: dict[str, float] = {}

    async def timed(name: str, work: Awaitable[T]) -> T:
        started, floor = time.process_time(), peak_bytes()
        result = await work
        figures[f"{name}_seconds"] = round(time.process_time() - started, 2)
        figures[f"{name}_growth"] = peak_bytes() - floor
        return result

    async with httpx.AsyncClient(transport=AiohttpTransport(), trust_env=False) as client:

        @contextlib.asynccontextmanager
        async def stream(target: str = url) -> AsyncIterator[AsyncIterator[bytes]]:
            async with client.stream("GET", target) as response:
                yield response.aiter_raw()

        logs = OpenLogs()
        await logs.open("small", lambda: stream(f"{url}?bytes=1000"))  # imports, pools, caches
        floor = peak_bytes()
        record = await timed("open", logs.open("large", stream))
        assert record is not None
        figures["size"] = record.size
        await timed("fields", together(record))
        await timed("tail", unless_refused(record.text(tail=10_000)))
        await timed("text", unless_refused(record.text()))
        await timed("raw", unless_refused(record.text(raw=True)))
        figures["peak_growth"] = peak_bytes() - floor
        await logs.aclose()
    return figures


async def together(record: LogRecord) -> None:
    """What one operation may ask for, at the same time."""
    first, *_ = await asyncio.gather(
        record.lines(first=1000),
        record.lines(last=1000),
        record.lines(search="error"),
        record.text(tail=5),
        record.sections(),
    )
    assert await first.total_count > 0


async def unless_refused(text: Awaitable[str]) -> None:
    """A text within the limit is given out; a larger one must be refused before it is built."""
    with contextlib.suppress(BadUserInput):
        assert len(await text) <= DEFAULT_TEXT_BYTES


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(measure(sys.argv[1]))))
