"""Answers kept and confirmed, over sockets."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest
from starlette.responses import Response

from tests.upstream.cache.payloads import JOB, JOBS, job, pipeline
from tests.upstream.conftest import CREDENTIAL, Received, World
from tests.upstream.raw_server import answering, http, raw_server
from upstream.answer import Answer
from upstream.client import Upstream
from upstream.config import NO_REUSE, Reuse, UpstreamConfig
from upstream.credentials import Credential, TokenKind
from upstream.errors import NotFound, UpstreamError
from upstream.events import CacheHit, CacheMiss, CacheRevalidated, CallFinished, Event
from upstream.transports.base import Transport
from upstream.transports.httpx_transport import HttpxTransport
from upstream.transports.lean.transport import LeanTransport

OTHER = Credential(TokenKind.PRIVATE_TOKEN, "glpat-0ther")
LIST = "/projects/1/jobs"
ONE = "/projects/1/jobs/7"
FRESH = "max-age=0, private, must-revalidate"


@dataclass
class TaggingGitLab:
    """Answers with one payload, and with 304 to whoever has it already, as Rack does."""

    payload: Any = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    headers_of_304: dict[str, str] = field(default_factory=dict)
    status: int = 200
    refused: set[str] = field(default_factory=set)
    received: list[Received] = field(default_factory=list)

    def __call__(self, received: Received) -> Response:
        self.received.append(received)
        if received.method == "POST":
            return _json(self.payload, 201)
        if received.headers.get("private-token") in self.refused:
            return _json({"message": "404 Not found"}, 404)
        if self.status != 200:
            return _json({"message": "no"}, self.status)
        body = orjson.dumps(self.payload)
        tag = f'W/"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
        if received.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers={"etag": tag, **self.headers_of_304})
        return _json(self.payload, 200, {"etag": tag, "cache-control": FRESH, **self.headers})

    @property
    def offered(self) -> list[str | None]:
        return [received.headers.get("if-none-match") for received in self.received]


def _json(payload: Any, status: int, headers: dict[str, str] | None = None) -> Response:
    return Response(orjson.dumps(payload), status, headers, media_type="application/json")


@dataclass
class Setting:
    gitlab: TaggingGitLab
    upstream: Upstream
    events: list[Event]
    now: list[float]

    async def list(self, credential: Credential | None = CREDENTIAL) -> Answer:
        return await self.upstream.get(JOBS, LIST, credential, [("per_page", "20")])

    async def one(self, credential: Credential | None = CREDENTIAL, path: str = ONE) -> Answer:
        return await self.upstream.get(JOB, path, credential)

    async def act(self, credential: Credential | None = CREDENTIAL, path: str = ONE) -> Answer:
        return await self.upstream.post(f"{JOB}/retry", f"{path}/retry", credential)

    @property
    def calls(self) -> int:
        return len(self.gitlab.received)


TRANSPORTS: dict[str, Callable[[UpstreamConfig], Transport]] = {
    "httpx": HttpxTransport,
    "lean": LeanTransport,
}


@pytest.fixture(params=TRANSPORTS.values(), ids=list(TRANSPORTS))
def make_transport(request: pytest.FixtureRequest) -> Callable[[UpstreamConfig], Transport]:
    make: Callable[[UpstreamConfig], Transport] = request.param
    return make


@pytest.fixture
def reuse() -> Reuse:
    return Reuse()


@pytest.fixture
async def setting(
    world: World, make_transport: Callable[[UpstreamConfig], Transport], reuse: Reuse
) -> AsyncIterator[Setting]:
    gitlab, events, now = TaggingGitLab(), list[Event](), [1000.0]
    config = UpstreamConfig((await world.gitlab(gitlab)).url, reuse=reuse)
    async with AsyncExitStack() as stack:
        upstream = await stack.enter_async_context(
            Upstream(config, make_transport(config), hook=events.append, clock=lambda: now[0])
        )
        yield Setting(gitlab, upstream, events, now)


async def test_a_304_brings_the_very_payload_again(setting: Setting) -> None:
    setting.gitlab.payload = [{"id": 1}]
    first, second = await setting.list(), await setting.list()
    assert second.payload is first.payload
    assert second.status == 200
    tag = first.headers["etag"]
    assert setting.gitlab.offered == [None, tag]
    statistics = setting.upstream.statistics
    assert (statistics.misses, statistics.revalidated, statistics.borrowed) == (1, 1, 0)
    assert [event for event in setting.events if not str(event).startswith("Call")] == [
        CacheMiss(f"GET {JOBS}"),
        CacheRevalidated(f"GET {JOBS}", shared=False),
    ]
    finished = [event for event in setting.events if isinstance(event, CallFinished)]
    assert [event.status for event in finished] == [200, 304]


async def test_a_changed_answer_takes_the_place_of_the_old_one(setting: Setting) -> None:
    for number in (1, 2, 2):
        setting.gitlab.payload = [number]
        assert (await setting.list()).payload == [number]
    assert setting.upstream.statistics.misses == 2
    assert setting.upstream.statistics.entries == 1


async def test_each_query_has_its_own_answer(setting: Setting) -> None:
    await setting.list()
    await setting.upstream.get(JOBS, LIST, CREDENTIAL, [("per_page", "21")])
    assert setting.gitlab.offered == [None, None]


@pytest.mark.parametrize(
    "other", [OTHER, None, Credential(TokenKind.BEARER, CREDENTIAL.token)], ids=str
)
async def test_another_credential_gets_it_on_gitlabs_own_304_alone(
    setting: Setting, other: Credential | None
) -> None:
    setting.gitlab.payload = job()
    first = await setting.one()
    second = await setting.one(other)
    assert setting.gitlab.offered == [None, first.headers["etag"]]
    assert second.payload is first.payload
    assert setting.upstream.statistics.borrowed == 1
    assert setting.events[-1] == CacheRevalidated(f"GET {JOB}", shared=True)


async def test_who_is_refused_gets_nothing_of_what_another_has(setting: Setting) -> None:
    setting.gitlab.payload = job()
    await setting.one()
    setting.gitlab.refused = {OTHER.token}
    for _ in range(2):
        with pytest.raises(NotFound):
            await setting.one(OTHER)
    await setting.one()
    assert setting.calls == 3  # the refusals were asked for, each of them


async def test_anothers_paging_is_never_handed_on(setting: Setting) -> None:
    setting.gitlab.headers = {"x-total": "7", "x-next-page": "2"}
    await setting.list()
    answer = await setting.list(OTHER)  # a 304 without paging: asked again
    assert setting.calls == 3
    assert answer.headers["x-total"] == "7"
    await setting.list(Credential(TokenKind.PRIVATE_TOKEN, "glpat-third"))
    assert setting.calls == 4  # once known, such a 304 is not tried for again
    setting.gitlab.headers_of_304 = {"x-total": "8"}
    own = await setting.list(OTHER)
    assert (own.headers["x-total"], own.headers.get("x-next-page")) == ("8", None)


async def test_a_304_that_says_nothing_of_paging_leaves_it_as_it_was(setting: Setting) -> None:
    setting.gitlab.headers = {"x-total": "7", "link": '<http://h/?cursor=abc>; rel="next"'}
    await setting.list()
    answer = await setting.list()
    assert setting.gitlab.offered[1] is not None
    assert (answer.headers["x-total"], "cursor=abc" in answer.headers["link"]) == ("7", True)


async def test_a_304_for_something_else_is_not_believed(setting: Setting) -> None:
    setting.gitlab.payload = [1]
    await setting.list()
    setting.gitlab.headers_of_304 = {"etag": '"another"'}
    assert (await setting.list()).payload == [1]
    assert setting.gitlab.offered[1:] == [setting.gitlab.offered[1], None]
    assert setting.upstream.statistics.misses == 2


async def test_a_304_that_nobody_asked_for_is_an_error(setting: Setting) -> None:
    setting.gitlab.status = 304
    with pytest.raises(UpstreamError):
        await setting.list()


async def test_a_finished_job_is_handed_out_for_its_time(setting: Setting) -> None:
    setting.gitlab.payload = job()
    first = await setting.one()
    setting.now[0] += 59.9
    again = await setting.one()
    assert again.payload is first.payload
    assert setting.calls == 1
    assert setting.events[-1] == CacheHit(f"GET {JOB}")
    setting.now[0] += 0.1
    await setting.one()
    assert setting.calls == 2
    setting.now[0] += 59.9  # the 304 has begun its time anew
    await setting.one()
    assert setting.calls == 2
    assert setting.upstream.statistics.hits == 2


async def test_a_running_job_never_is(setting: Setting) -> None:
    setting.gitlab.payload = job("running")
    await setting.one()
    await setting.one()
    assert setting.calls == 2


async def test_no_other_credential_is_served_unasked(setting: Setting) -> None:
    setting.gitlab.payload = job()
    await setting.one()
    await setting.one(OTHER)
    assert setting.calls == 2
    await setting.one(OTHER)
    assert setting.calls == 2


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_a_refusal_drops_what_the_credential_had(setting: Setting, status: int) -> None:
    setting.gitlab.payload = job()
    first = await setting.one()
    await setting.one(OTHER)
    setting.now[0] += 100
    setting.gitlab.status = status
    with pytest.raises(UpstreamError):
        await setting.one()
    assert setting.upstream.statistics.entries == 1
    setting.gitlab.status = 200
    assert (await setting.one()).payload == first.payload
    assert setting.calls == 4


async def test_a_token_that_is_no_good_any_more_gets_nothing_unasked(setting: Setting) -> None:
    setting.gitlab.payload = job()
    await setting.one()
    setting.gitlab.status = 401
    with pytest.raises(UpstreamError):
        await setting.list()
    with pytest.raises(UpstreamError):
        await setting.one()


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_trouble_is_no_refusal(setting: Setting, status: int) -> None:
    setting.gitlab.payload = job()
    await setting.one()
    setting.now[0] += 100
    setting.gitlab.status = status
    with pytest.raises(UpstreamError):
        await setting.one()
    setting.gitlab.status = 200
    await setting.one()
    assert setting.upstream.statistics.revalidated == 1


async def test_what_must_not_be_stored_is_not(setting: Setting) -> None:
    setting.gitlab.payload = job()
    await setting.one()
    setting.now[0] += 100
    setting.gitlab.payload = job(name="secret")
    setting.gitlab.headers = {"cache-control": "no-store"}
    await setting.one()
    await setting.one()
    assert setting.gitlab.offered[0::2] == [None, None]
    assert (setting.calls, setting.upstream.statistics.entries) == (3, 0)


async def test_a_304_may_end_the_keeping(setting: Setting) -> None:
    setting.gitlab.payload = job()
    await setting.one()
    setting.now[0] += 100
    setting.gitlab.headers_of_304 = {"cache-control": "no-store"}
    assert (await setting.one()).payload == job()
    assert setting.upstream.statistics.entries == 0


@pytest.mark.parametrize("path", [ONE, "/projects/group%2Fshop/jobs/7"])
@pytest.mark.parametrize("actor", [CREDENTIAL, OTHER])
async def test_an_action_ends_what_is_handed_out_of_its_project(
    setting: Setting, actor: Credential, path: str
) -> None:
    setting.gitlab.payload = job()
    await setting.one()
    await setting.one(None, "/projects/group%2Fshop/jobs/7")
    await setting.act(actor, path)
    setting.gitlab.payload = job(name="again")
    assert (await setting.one()).payload["name"] == "again"
    other = await setting.one(None, "/projects/group%2Fshop/jobs/7")
    assert other.payload["name"] == "again"


async def test_an_action_leaves_other_projects_alone(setting: Setting) -> None:
    setting.gitlab.payload = job(pipeline=pipeline(project_id=2))
    await setting.one(path="/projects/2/jobs/7")
    setting.gitlab.payload = job()
    await setting.act()
    await setting.one(path="/projects/2/jobs/7")
    assert setting.calls == 2


async def test_an_action_whose_answer_is_unreadable_may_have_changed_anything(
    setting: Setting,
) -> None:
    setting.gitlab.payload = job(pipeline=pipeline(project_id=2))
    await setting.one(path="/projects/2/jobs/7")
    await _post_garbage(setting)
    await setting.one(path="/projects/2/jobs/7")
    assert setting.gitlab.offered[-1] is not None


async def _post_garbage(setting: Setting) -> None:
    payload, setting.gitlab.payload = setting.gitlab.payload, orjson.Fragment(b"<html>")
    with pytest.raises(UpstreamError, match="instead of JSON"):
        await setting.act()
    setting.gitlab.payload = payload


class TestSwitchedOff:
    @pytest.fixture
    def reuse(self) -> Reuse:
        return NO_REUSE

    async def test_gitlab_is_asked_each_time_and_for_everything(self, setting: Setting) -> None:
        setting.gitlab.payload = job()
        await setting.one()
        await setting.one()
        assert setting.gitlab.offered == [None, None]
        assert setting.upstream.statistics == type(setting.upstream.statistics)()


class TestTimesOfNothing:
    @pytest.fixture
    def reuse(self) -> Reuse:
        return Reuse(job_seconds=0, pipeline_seconds=0, commit_seconds=0)

    async def test_everything_is_confirmed_before_use(self, setting: Setting) -> None:
        setting.gitlab.payload = job()
        await setting.one()
        await setting.one()
        assert setting.gitlab.offered[1] is not None


class TestLittleRoom:
    @pytest.fixture
    def reuse(self) -> Reuse:
        return Reuse(cache_bytes=32 * 1024)

    async def test_the_room_is_never_overdrawn(self, setting: Setting) -> None:
        for number in range(40):
            setting.gitlab.payload = job(name="x" * 100, id=number)
            await setting.one(path=f"/projects/1/jobs/{number}")
            assert setting.upstream.statistics.bytes <= 32 * 1024
        assert setting.upstream.statistics.evicted > 0
        assert setting.upstream.statistics.entries > 1


@pytest.mark.parametrize(
    "headers",
    [b"", b"content-length: 2\r\n", b"content-length: 0\r\ncontent-encoding: gzip\r\n"],
    ids=["bare", "with the length of what it stands for", "as if packed"],
)
async def test_a_304_has_no_body_whatever_its_headers_say(
    make_transport: Callable[[UpstreamConfig], Transport], headers: bytes
) -> None:
    not_modified = b'HTTP/1.1 304 Not Modified\r\netag: "a"\r\n' + headers + b"\r\n"
    first = http(b"[]", ("etag", '"a"'))
    async with raw_server(answering(first, not_modified, not_modified)) as server:
        config = UpstreamConfig(server.url, reuse=Reuse())
        async with Upstream(config, make_transport(config)) as upstream:
            for _ in range(3):
                assert (await upstream.get(JOBS, LIST, CREDENTIAL)).payload == []
            assert upstream.statistics.revalidated == 2
        assert server.connections == 1
