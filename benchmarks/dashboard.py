"""The REST calls of a day: fifty people with a dashboard open, ten projects, a poll each 5 seconds.

    .venv/bin/python -m benchmarks.dashboard [--hours N] [--minutes M]

Nothing is measured in seconds of this machine: the day runs on the clock of the demo GitLab, which
leaps from one thing that happens to the next. A whole day is 288,000 polls, so only the first M
minutes of N of its eight hours are replayed poll by poll; the rest passes with pipelines, but
without polls. `--hours 8 --minutes 60` leaves nothing out. What was kept is too old after a pause,
so a sample shows less saved than the whole day would.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import selectors
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from starlette.types import ASGIApp, Message, Scope

from gateway.app import create_app
from gateway.settings import read_settings
from upstream.client import Upstream
from upstream.demo import DemoGitLab, ManualClock, Role
from upstream.demo.records import Project
from upstream.demo.templates import API_SPECS, SHOP_SPECS, VAULT_SPECS, WEBSITE_SPECS
from upstream.statistics import Statistics
from upstream.transports.base import Request, Response, StreamedResponse

USERS = 50
PROJECTS = 10
HOURS = 8
POLL_SECONDS = 5.0
CALL_SECONDS = 0.2  # what GitLab takes for one call
PIPELINE_SECONDS = 420.0  # between two pipelines of a project, on average
DEFAULT_HOURS = 2
DEFAULT_MINUTES = 1.0

QUERY = """query Dashboard($project: ID!) { project(id: $project) { jobs(first: 20) { nodes {
  databaseId name stage status duration failureReason webUrl user { name }
  commit { shortId title stats { total } }
  pipeline { databaseId ref status duration coverage }
} } } }"""

ALL_OFF = {
    "GATEWAY_SHARE_QUERIES": "false",
    "GATEWAY_SINGLE_FLIGHT": "false",
    "GATEWAY_CACHE_BYTES": "0",
}
MODES: Mapping[str, Mapping[str, str]] = {
    "all off": ALL_OFF,
    "single flight alone": {**ALL_OFF, "GATEWAY_SINGLE_FLIGHT": "true"},
    "all on, as by default": {},
}


class LeapingLoop(asyncio.SelectorEventLoop):
    """Where others would wait for a time to come, this one moves the clock there."""

    def __init__(self, clock: ManualClock) -> None:
        # Seconds since the epoch are too large to add asyncio's nanosecond of tolerance to.
        self._leaps = _Leaps(clock)
        super().__init__(self._leaps)

    def time(self) -> float:
        return self._leaps.passed


class _Leaps(selectors.DefaultSelector):
    def __init__(self, clock: ManualClock) -> None:
        super().__init__()
        self._clock = clock
        self.passed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("everybody waits, and nothing is going to happen")
        if timeout > 0:
            self.passed += timeout
            self._clock.advance(timeout)
        return super().select(0)


@dataclass
class DemoTransport:
    """Carries calls to the demo in this process, and counts them."""

    app: ASGIApp
    calls: int = 0
    not_modified: int = 0
    size: int = 0

    async def send(self, request: Request) -> Response:
        await asyncio.sleep(CALL_SECONDS)
        response = await exchange(self.app, request)
        self.calls += 1
        self.not_modified += response.status == 304  # noqa: PLR2004 - its name
        self.size += len(response.body)
        return response

    @asynccontextmanager
    async def stream(
        self, request: Request, *, origin: str | None = None
    ) -> AsyncIterator[StreamedResponse]:
        raise NotImplementedError(f"no log is read here: {request}, {origin}")
        yield

    async def aclose(self) -> None:
        """Holds nothing."""


async def exchange(app: ASGIApp, request: Request) -> Response:
    """One request to an ASGI application, without a socket."""
    path, _, query = request.target.partition("?")
    head = [(name.encode(), value.encode()) for name, value in request.headers]
    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"host", b"gitlab.example.com"), *head],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    messages: list[Message] = []
    body = iter([request.body or b""])

    async def receive() -> Message:
        for part in body:
            return {"type": "http.request", "body": part, "more_body": False}
        await asyncio.get_running_loop().create_future()  # this client never goes
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        messages.append(message)

    await app(scope, receive, send)
    content = b"".join(message.get("body", b"") for message in messages[1:])
    headers = {name.decode().lower(): value.decode() for name, value in messages[0]["headers"]}
    return Response(messages[0]["status"], headers, content)


@dataclass
class Outcome:
    polls: int
    calls: int
    not_modified: int
    size: int
    statistics: Statistics


@dataclass
class Day:
    """One replay: the same world, the same people, other settings."""

    hours: int
    minutes: float
    own_tokens: bool
    environ: Mapping[str, str]
    polls: int = 0
    clock: ManualClock = field(default_factory=ManualClock)

    def run(self) -> Outcome:
        loop = LeapingLoop(self.clock)
        try:
            return loop.run_until_complete(self._replay())
        finally:
            loop.close()

    async def _replay(self) -> Outcome:
        demo = DemoGitLab(self.clock)
        projects = add_projects(demo, self.clock)
        tokens = add_users(demo, projects)
        transport = DemoTransport(demo.app)
        environ = {"GITLAB_URL": "http://gitlab.example.com", **self.environ}
        if not self.own_tokens:
            environ["GITLAB_TOKEN"] = tokens[0]
        settings = read_settings(environ)
        upstream = Upstream(settings.upstream, transport, clock=self.clock.now)
        app = create_app(settings, upstream=upstream)
        start, dice = self.clock.now(), random.Random(1)  # noqa: S311 - to be repeated
        feeds = [asyncio.create_task(_feed(demo, one, dice.random())) for one in projects]
        await asyncio.gather(
            *(
                self._poll(app, token, projects[index % PROJECTS], start, dice.random())
                for index, token in enumerate(tokens)
            )
        )
        for feed in feeds:
            feed.cancel()
        statistics = replace(upstream.statistics)
        return Outcome(
            self.polls, transport.calls, transport.not_modified, transport.size, statistics
        )

    async def _poll(
        self, app: ASGIApp, token: str, project: int, start: float, phase: float
    ) -> None:
        headers = [("content-type", "application/json"), ("accept", "application/json")]
        if self.own_tokens:
            headers.append(("private-token", token))
        body = orjson.dumps({"query": QUERY, "variables": {"project": str(project)}})
        request = Request("POST", "/graphql", tuple(headers), body)
        for hour in range(0, HOURS, HOURS // self.hours):
            for poll in range(round(self.minutes * 60 / POLL_SECONDS)):
                moment = start + 3600.0 * hour + POLL_SECONDS * (poll + phase)
                await asyncio.sleep(moment - self.clock.now())
                _check(await exchange(app, request))
                self.polls += 1


def _check(response: Response) -> None:
    answer: dict[str, Any] = orjson.loads(response.body)
    if "errors" in answer or not answer["data"]["project"]["jobs"]["nodes"]:
        raise RuntimeError(f"no answer: {response.body[:500]!r}")


async def _feed(demo: DemoGitLab, project: int, seed: float) -> None:
    """Pushes, all day long."""
    dice = random.Random(seed)  # noqa: S311 - to be repeated
    while True:
        await asyncio.sleep(dice.uniform(0.3, 1.7) * PIPELINE_SECONDS)
        demo.new_pipeline(project, ref=dice.choice(["main", "feature", "fix"]))


def add_projects(demo: DemoGitLab, clock: ManualClock) -> list[int]:
    """Fills the demo up to ten projects, each with some history."""
    world, model = demo.world, demo.project(1)
    specs = (SHOP_SPECS, API_SPECS, WEBSITE_SPECS, VAULT_SPECS)
    for number in range(max(world.projects) + 1, PROJECTS + 1):
        world.projects[number] = Project(
            number,
            f"demo/service-{number}",
            f"Service {number}",
            "",
            "private",
            model.runner,
            specs[number % len(specs)],
            world.now,
            next_job_id=1_000_000 * number,
            members=dict(model.members),
            branches=set(model.branches),
        )
        for _ in range(8):
            demo.new_pipeline(number)
            clock.advance(60.0)
    demo.tick()
    return sorted(world.projects)


def add_users(demo: DemoGitLab, projects: list[int]) -> list[str]:
    tokens = [f"dashboard-{number}" for number in range(USERS)]
    for token in tokens:
        demo.add_user(token, token=token, roles=dict.fromkeys(projects, Role.DEVELOPER))
    return tokens


def row(name: str, outcome: Outcome, scale: float) -> str:
    cells = (
        f"{outcome.calls:,}",
        f"{outcome.calls * scale / 1e6:.2f} million",
        f"{outcome.calls / outcome.polls:.2f}",
        f"{outcome.not_modified / outcome.calls:.0%}",
        f"{outcome.size / 1e6:,.0f}",
    )
    return f"| {name} | {' | '.join(cells)} |\n"


HEADER = """
| {} | REST calls | a day, about | calls per poll | of them 304 | MB from GitLab |
| --- | --- | --- | --- | --- | --- |
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--hours", type=int, default=DEFAULT_HOURS, choices=(1, 2, 4, 8))
    parser.add_argument("--minutes", type=float, default=DEFAULT_MINUTES, metavar="M")
    given = parser.parse_args()
    scale = HOURS * 60 / (given.hours * given.minutes)
    tell, began = sys.stdout.write, time.perf_counter()
    nothing = Day(given.hours, given.minutes, own_tokens=True, environ=ALL_OFF).run()
    tell(
        f"{USERS} users, {PROJECTS} projects, {HOURS} hours of pipelines; replayed: the first"
        f" {given.minutes:g} minutes of {given.hours} of the hours, {nothing.polls:,} polls\n"
    )
    for own_tokens in (True, False):
        tell(HEADER.format("each with a token of their own" if own_tokens else "all with one"))
        for name, environ in MODES.items():
            outcome = nothing  # the same calls, whoever makes them
            if environ is not ALL_OFF:
                outcome = Day(given.hours, given.minutes, own_tokens, environ).run()
            tell(row(name, outcome, scale))
            sys.stdout.flush()
    tell(f"\nreplayed in {time.perf_counter() - began:.0f} seconds\n")


if __name__ == "__main__":
    main()
