"""The bounds that docs/logs.md promises, on a log as large as GitLab takes."""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from starlette.types import Receive, Scope, Send

from resolvers.logs.limits import MIB
from tests.support.serving import serve

LOG_BYTES = 100 * MIB
PEAK_GROWTH = 32 * MIB
ROOT = Path(__file__).parents[3]

Chunks = Callable[[], Iterator[bytes]]


def build_output() -> Iterator[bytes]:
    """What a long build prints: timestamps, colours, sections, an error here and there."""
    for start in itertools.count(0, 500):
        lines = []
        for number in range(start, start + 500):
            header = f"2026-02-13T10:00:00.{number % 1_000_000:06}Z 00{'OE'[number % 50 == 0]} "
            marker = f"section_start:{1_770_000_000 + number}:step_{number}\r\x1b[0K"
            kind = "\x1b[31;1merror\x1b[0;m" if number % 5000 == 0 else "\x1b[32mcompiled\x1b[0m"
            opening = marker if number % 20_000 == 0 else ""
            lines.append(f"{header}{opening}{kind} module {number} of the project, né 日本\n")
        yield "".join(lines).encode()


def one_line() -> Iterator[bytes]:
    while True:
        yield b"x" * 65_536


def returns() -> Iterator[bytes]:
    while True:
        yield b"\r\x1b[32m 42 % of a bar that never ends\x1b[0m" * 1000


class LogServer:
    """An ASGI app that streams the first `bytes` of a log, 100 MiB unless the query says less."""

    def __init__(self, chunks: Chunks) -> None:
        self._chunks = chunks

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        left = int(parse_qs(scope["query_string"].decode()).get("bytes", [str(LOG_BYTES)])[0])
        headers = [(b"content-type", b"text/plain")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for chunk in self._chunks():
            body = chunk[:left]
            left -= len(body)
            await send({"type": "http.response.body", "body": body, "more_body": left > 0})
            if left == 0:
                return


@pytest.mark.slow
@pytest.mark.parametrize("chunks", [build_output, one_line, returns])
async def test_a_log_of_100_mib_takes_a_bounded_amount_of_memory(
    chunks: Chunks, capsys: pytest.CaptureFixture[str]
) -> None:
    async with serve(LogServer(chunks), lifespan="off") as url:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.resolvers.logs.peak", url,
            cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        output, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    figures = json.loads(output)
    with capsys.disabled():
        sys.stdout.write(f"\n{chunks.__name__}: {figures}\n")
    assert figures["size"] == LOG_BYTES
    assert figures["peak_growth"] < PEAK_GROWTH
