"""The gateway with an eye on its event loop: for how long nothing else could have its turn.

usage: python -m benchmarks.watched PORT GITLAB_URL

GET /held tells the longest turn of the loop since the last look, as JSON: `cpu_ms` of the loop's
own thread, and `wall_ms`, in which other work on the machine may have had a part. The loop is kept
turning, so this process uses all of a CPU at all times.
"""

from __future__ import annotations

import asyncio
import sys
import time

import orjson
import uvloop
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.app import create_app
from gateway.collecting import Collecting
from gateway.serving import Stop, bind, running
from gateway.settings import load_settings

HELD_PATH = "/held"


class Watched:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._cpu = self._wall = 0.0
        self.last = (0.0, 0.0)
        self._start_anew()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != HELD_PATH:
            await self._app(scope, receive, send)
            return
        body = orjson.dumps({"cpu_ms": self._cpu * 1e3, "wall_ms": self._wall * 1e3})
        headers = [(b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})
        self._start_anew()

    def beat(self) -> None:
        cpu, wall = time.thread_time(), time.perf_counter()
        self._cpu = max(self._cpu, cpu - self.last[0])
        self._wall = max(self._wall, wall - self.last[1])
        self.last = cpu, wall
        asyncio.get_running_loop().call_soon(self.beat)

    def _start_anew(self) -> None:
        self._cpu = self._wall = 0.0
        self.last = time.thread_time(), time.perf_counter()


async def serve(port: int, gitlab_url: str) -> None:
    settings = load_settings({"GITLAB_URL": gitlab_url})
    app = Watched(create_app(settings))
    with Stop() as stop:
        async with running(app, bind("127.0.0.1", port), stop, shutdown_seconds=1):
            with Collecting():
                app.beat()
                await stop.requested.wait()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(int(sys.argv[1]), sys.argv[2]))
