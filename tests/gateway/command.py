"""The command as a process of its own: started, asked, stopped."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson

ROOT = Path(__file__).parents[2]
SECONDS = 20
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


def environment(given: dict[str, str]) -> dict[str, str]:
    foreign = ("GATEWAY_", "GITLAB_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    # Others on this machine may have the port that metrics have by default.
    return {**kept, "GATEWAY_METRICS_PORT": "0", **given, "PYTHONWARNINGS": "error"}


async def spawn(*arguments: str, **environ: str) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gateway", *arguments,
        cwd=ROOT, env=environment(environ), stdout=PIPE, stderr=PIPE,
    )  # fmt: skip


async def run(*arguments: str, **environ: str) -> tuple[int | None, str, str]:
    process = await spawn(*arguments, **environ)
    output, errors = await asyncio.wait_for(process.communicate(), SECONDS)
    return process.returncode, output.decode(), errors.decode()


@asynccontextmanager
async def started(*arguments: str, **environ: str) -> AsyncIterator[tuple[Process, str, str]]:
    """The process, its address, and what it had said by then."""
    process = await spawn(*arguments, **environ)
    assert process.stdout is not None
    try:
        said = ""
        while not ADDRESS.search(said):
            line = await asyncio.wait_for(process.stdout.readline(), SECONDS)
            assert line, "the process ended before it had started"
            said += line.decode()
        match = ADDRESS.search(said)
        assert match is not None
        yield process, match.group(), said
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


def logged(errors: str) -> list[dict[str, Any]]:
    """Standard error as log lines; fails where it holds anything else."""
    return [orjson.loads(line) for line in errors.splitlines()]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


async def stop(process: Process, number: signal.Signals = signal.SIGTERM) -> tuple[str, str]:
    process.send_signal(number)
    output, errors = await asyncio.wait_for(process.communicate(), SECONDS)
    assert process.returncode == 0
    return output.decode(), errors.decode()


async def refused(address: str) -> None:
    """Returns once the process takes no new connections, so that its shutdown has begun."""
    host, _, port = address.removeprefix("http://").partition(":")
    async with asyncio.timeout(SECONDS):
        with contextlib.suppress(ConnectionRefusedError):
            while True:
                (await asyncio.open_connection(host, int(port)))[1].close()
                await asyncio.sleep(0.01)  # the process offers no event for it
