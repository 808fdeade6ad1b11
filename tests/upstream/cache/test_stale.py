"""What is handed out while GitLab cannot be reached, and what is not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import orjson
import pytest

from tests.upstream.cache.payloads import JOB, JOBS, job
from tests.upstream.conftest import CREDENTIAL
from tests.upstream.desk import settled
from upstream.answer import Answer
from upstream.client import Upstream
from upstream.config import Breaking, Reuse, UpstreamConfig
from upstream.credentials import Credential, TokenKind
from upstream.errors import (
    CircuitOpen,
    ConnectFailed,
    Disconnected,
    InvalidResponse,
    NotFound,
    Phase,
    ResponseTooLarge,
    UpstreamError,
    UpstreamTimeout,
)
from upstream.events import Event, StaleServed
from upstream.journal import keep_journal
from upstream.transports import base

OTHER = Credential(TokenKind.PRIVATE_TOKEN, "glpat-0ther")
BY_NUMBER = "/projects/1/jobs"
BY_NAME = "/projects/group%2Fshop/jobs"
ELSEWHERE = "/projects/2/jobs"
ONE = f"{BY_NUMBER}/7"
RUNNING = job("running")

Came = base.Response | UpstreamError


def late(phase: Phase) -> UpstreamTimeout:
    return UpstreamTimeout("too late", phase=phase, seconds=1.0)


def status(number: int) -> base.Response:
    return base.Response(number, {}, b'{"message": "no"}')


@dataclass
class Setting:
    """A GitLab whose calls all come to `came`, where that is set; `held` keeps reads waiting."""

    came: Came | None = None
    stale_seconds: float = 600.0
    headers: dict[str, str] = field(default_factory=lambda: {"etag": 'W/"a"'})
    now: float = 1000.0
    events: list[Event] = field(default_factory=list)
    held: asyncio.Event | None = None

    async def send(self, request: base.Request) -> base.Response:
        came = self.came
        if self.held is not None and request.method == "GET":
            await self.held.wait()
        if came is not None:
            if isinstance(came, UpstreamError):
                raise came
            return came
        number = 2 if "/2/" in request.target else 1
        running = {**RUNNING, "pipeline": {**RUNNING["pipeline"], "project_id": number}}
        payload = running if request.target.endswith("/7") else [running]
        return base.Response(200, dict(self.headers), orjson.dumps(payload))

    @asynccontextmanager
    async def stream(
        self, request: base.Request, *, origin: str | None = None
    ) -> AsyncIterator[base.StreamedResponse]:
        raise AssertionError(f"no stream of {request} is wanted from {origin}")
        yield

    async def aclose(self) -> None:
        """Holds nothing."""

    def open(self, breaking: Breaking | None = None) -> Setting:
        reuse = Reuse(stale_seconds=self.stale_seconds)
        config = UpstreamConfig("http://gitlab.invalid", reuse=reuse)
        if breaking is not None:
            config = replace(config, breaking=breaking)
        self.upstream = Upstream(config, self, hook=self.events.append, clock=lambda: self.now)
        return self

    async def get(
        self, path: str = BY_NUMBER, credential: Credential | None = CREDENTIAL
    ) -> Answer:
        route = JOB if path.endswith("/7") else JOBS
        return await self.upstream.get(route, path, credential)

    async def act(self, path: str = BY_NUMBER, credential: Credential | None = CREDENTIAL) -> None:
        await self.upstream.post(f"{JOB}/retry", f"{path}/7/retry", credential)

    async def kept(self, path: str = BY_NUMBER, credential: Credential | None = CREDENTIAL) -> bool:
        """Whether there is still an answer once GitLab is gone."""
        self.came = ConnectFailed("refused")
        try:
            await self.get(path, credential)
        except ConnectFailed:
            return False
        return True


@pytest.fixture
def setting() -> Setting:
    return Setting().open()


UNREACHED: dict[str, Came] = {
    "no connection": ConnectFailed("refused"),
    "a broken connection": Disconnected("cut"),
    "silence": late("read"),
    "no connection in time": late("connect"),
    "an answer without end": late("total"),
    "502": status(502),
    "503": status(503),
    "504": status(504),
}
OTHERWISE: dict[str, Came] = {
    "no place for the call": late("pool"),
    "no JSON": InvalidResponse("html"),
    "too much": ResponseTooLarge("bomb"),
    "500": status(500),
    "429": status(429),
    "400": status(400),
}


@pytest.mark.parametrize("came", UNREACHED.values(), ids=UNREACHED)
async def test_what_was_given_before_takes_the_place_of_no_answer(
    setting: Setting, came: Came
) -> None:
    before = await setting.get()
    setting.came = came
    setting.now += 599.0
    assert (await setting.get()).payload == before.payload
    assert setting.upstream.statistics.stale == 1
    assert setting.events[-1] == StaleServed(f"GET {JOBS}", 599.0)


@pytest.mark.parametrize("came", OTHERWISE.values(), ids=OTHERWISE)
async def test_an_answer_that_is_an_error_stays_one(setting: Setting, came: Came) -> None:
    await setting.get()
    setting.came = came
    with pytest.raises(UpstreamError):
        await setting.get()


async def test_paging_comes_with_it(setting: Setting) -> None:
    setting.headers["x-total"] = "77"
    await setting.get()
    setting.came = status(502)
    assert (await setting.get()).headers["x-total"] == "77"


async def test_an_open_breaker_is_enough() -> None:
    setting = Setting().open(Breaking(fewest_calls=2))
    await setting.get()
    setting.came = status(503)
    for _ in range(4):
        await setting.get()
    assert setting.upstream.breaker.state == "open"
    setting.came = None
    assert (await setting.get()).payload
    assert isinstance(setting.events[-1], StaleServed)
    with pytest.raises(CircuitOpen):
        await setting.get(ELSEWHERE)


async def test_it_is_too_old_some_day(setting: Setting) -> None:
    await setting.get()
    setting.now += 600.0
    assert not await setting.kept()


async def test_what_gitlab_confirms_is_as_good_as_new(setting: Setting) -> None:
    await setting.get()
    setting.now += 599.0
    setting.came = base.Response(304, {"etag": 'W/"a"'}, b"")
    await setting.get()
    setting.now += 599.0
    assert await setting.kept()


async def test_by_default_there_is_none() -> None:
    setting = Setting(stale_seconds=0.0).open()
    await setting.get()
    assert not await setting.kept()


async def test_it_is_nobody_elses(setting: Setting) -> None:
    await setting.get()
    assert not await setting.kept(credential=OTHER)
    assert not await setting.kept(credential=None)
    assert not await setting.kept(credential=Credential(TokenKind.BEARER, CREDENTIAL.token))
    assert await setting.kept()


async def test_what_must_not_be_stored_is_not_there(setting: Setting) -> None:
    setting.headers["cache-control"] = "no-store"
    await setting.get()
    assert not await setting.kept()


@pytest.mark.parametrize("refused", [301, 401, 403, 404, 410])
@pytest.mark.parametrize("seen", [BY_NUMBER, BY_NAME])
@pytest.mark.parametrize("path", [ONE, f"{BY_NAME}/9"])
async def test_a_denial_ends_it_for_the_whole_project(
    setting: Setting, refused: int, seen: str, path: str
) -> None:
    await setting.get(seen)
    await setting.get(ELSEWHERE)
    await setting.get(seen, OTHER)
    setting.came = status(refused)
    with pytest.raises(UpstreamError):
        await setting.get(path)
    assert not await setting.kept(seen)
    assert await setting.kept(seen, OTHER)


async def test_a_denial_by_a_known_name_leaves_the_other_projects(setting: Setting) -> None:
    await setting.get(BY_NAME)
    await setting.get(ELSEWHERE)
    setting.came = status(404)
    with pytest.raises(NotFound):
        await setting.get(f"{BY_NAME}/9")
    assert not await setting.kept(BY_NAME)
    assert await setting.kept(ELSEWHERE)


async def test_a_401_ends_it_for_the_token(setting: Setting) -> None:
    await setting.get()
    await setting.get(ELSEWHERE)
    setting.came = status(401)
    with pytest.raises(UpstreamError):
        await setting.get()
    assert not await setting.kept(ELSEWHERE)


async def test_an_answer_from_before_a_denial_does_not_bring_it_back(setting: Setting) -> None:
    setting.held = asyncio.Event()
    slow = asyncio.create_task(setting.get())
    await settled()
    held, setting.held = setting.held, None
    setting.came = status(403)
    with pytest.raises(UpstreamError):
        await setting.get(ONE)
    setting.came = None
    held.set()
    await slow
    assert not await setting.kept()


@pytest.mark.parametrize("acted", [BY_NUMBER, BY_NAME])
@pytest.mark.parametrize("seen", [BY_NUMBER, BY_NAME])
@pytest.mark.parametrize("reader", [CREDENTIAL, OTHER], ids=["own", "another's"])
async def test_an_action_ends_it_for_everybody(
    setting: Setting, acted: str, seen: str, reader: Credential
) -> None:
    await setting.get(seen, reader)
    await setting.get(ELSEWHERE, reader)
    await setting.act(acted)
    assert not await setting.kept(seen, reader)
    assert await setting.kept(ELSEWHERE, reader)


@pytest.mark.parametrize("acted", [BY_NUMBER, BY_NAME])
@pytest.mark.parametrize("seen", [BY_NUMBER, BY_NAME])
async def test_an_action_that_may_have_arrived_does_so_too(
    setting: Setting, acted: str, seen: str
) -> None:
    await setting.get(seen)
    setting.came = Disconnected("cut")
    with pytest.raises(Disconnected):
        await setting.act(acted)
    assert not await setting.kept(seen)


@pytest.mark.parametrize("acted", [BY_NUMBER, BY_NAME])
async def test_one_that_may_have_arrived_leaves_the_other_projects(
    setting: Setting, acted: str
) -> None:
    await setting.get(acted)
    await setting.get(ELSEWHERE)
    setting.came = Disconnected("cut")
    with pytest.raises(Disconnected):
        await setting.act(acted)
    assert await setting.kept(ELSEWHERE)


async def test_an_action_that_never_left_ends_nothing(setting: Setting) -> None:
    await setting.get()
    setting.came = ConnectFailed("refused")
    with pytest.raises(ConnectFailed):
        await setting.act()
    assert await setting.kept()


async def test_an_action_under_way_keeps_what_comes_meanwhile_from_it(setting: Setting) -> None:
    setting.held = asyncio.Event()
    slow = asyncio.create_task(setting.get())
    await settled()
    await setting.act()
    setting.held.set()
    await slow
    assert not await setting.kept()


async def test_each_who_waited_for_the_call_has_it_in_his_journal(setting: Setting) -> None:
    await setting.get()
    setting.now += 12.0
    setting.came = status(503)
    setting.held = asyncio.Event()

    async def ask() -> list[tuple[str, float | None]]:
        with keep_journal() as journal:
            await setting.get()
        return [(call.means, call.age) for call in journal.calls]

    asking = [asyncio.create_task(ask()) for _ in range(2)]
    await settled()
    setting.held.set()
    assert await asyncio.gather(*asking) == [
        [("sent", None), ("stale", 12.0)],
        [("shared", None), ("stale", 12.0)],
    ]
