from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from starlette.responses import JSONResponse, PlainTextResponse, Response

from tests.upstream.conftest import CREDENTIAL, TOKEN, World
from tests.upstream.raw_server import unused_port
from upstream.client import Upstream
from upstream.config import Limits, UpstreamConfig
from upstream.credentials import Credential, TokenKind
from upstream.errors import (
    ConnectFailed,
    InvalidResponse,
    Moved,
    NotFound,
    Overloaded,
    RateLimited,
    ResponseTooLarge,
)
from upstream.events import CallFailed, CallFinished, CallStarted
from upstream.transports import base

JOB = "/projects/:id/jobs/:job_id"


async def test_a_get_brings_status_headers_and_payload(world: World) -> None:
    gitlab = await world.gitlab(JSONResponse({"id": 2**60}, headers={"X-Total": "7"}))
    upstream = await world.upstream(gitlab.url)
    answer = await upstream.get(JOB, "/projects/a%2Fb/jobs/1", CREDENTIAL, [("scope[]", "a b&c")])
    assert (answer.status, answer.payload, answer.headers["x-total"]) == (200, {"id": 2**60}, "7")
    (received,) = gitlab.received
    assert received.method == "GET"
    assert received.target == "/api/v4/projects/a%2Fb/jobs/1?scope%5B%5D=a%20b%26c"
    assert received.headers["accept"] == "application/json"
    assert received.headers["accept-encoding"] == "gzip"
    assert received.headers["user-agent"] == "gitlab-jobs-gateway"


async def test_a_post_sends_json_once(world: World) -> None:
    gitlab = await world.gitlab(JSONResponse({"id": 2}, status_code=201))
    upstream = await world.upstream(gitlab.url)
    answer = await upstream.post(JOB, "/projects/1/jobs/1/retry", CREDENTIAL, {"inputs": {"a": 1}})
    assert (answer.status, answer.payload) == (201, {"id": 2})
    (received,) = gitlab.received
    assert (received.method, received.body) == ("POST", b'{"inputs":{"a":1}}')
    assert received.headers["content-type"] == "application/json"


async def test_a_post_without_a_body_has_no_content_type(world: World) -> None:
    gitlab = await world.gitlab(JSONResponse({}))
    await (await world.upstream(gitlab.url)).post(JOB, "/projects/1/jobs/1/cancel", CREDENTIAL)
    assert gitlab.received[0].body == b""
    assert "content-type" not in gitlab.received[0].headers


async def test_a_gitlab_below_a_path_is_asked_there(world: World) -> None:
    gitlab = await world.gitlab(JSONResponse({}))
    await (await world.upstream(f"{gitlab.url}/git/lab/")).get("/job", "/job", None)
    assert gitlab.received[0].target == "/git/lab/api/v4/job"


@pytest.mark.parametrize("kind", TokenKind)
async def test_each_credential_goes_into_its_header_alone(world: World, kind: TokenKind) -> None:
    gitlab = await world.gitlab(JSONResponse({}))
    upstream = await world.upstream(gitlab.url)
    await upstream.get("/job", "/job", Credential(kind, TOKEN))
    await upstream.get("/job", "/job", None)
    with_it, without = (received.headers for received in gitlab.received)
    assert [name for name, value in with_it.items() if TOKEN in value] == [kind.value]
    assert not {each.value for each in TokenKind} & without.keys()


async def test_gzip_is_unpacked(world: World) -> None:
    body = gzip.compress(b'[{"id":1}]')
    gitlab = await world.gitlab(Response(body, headers={"content-encoding": "gzip"}))
    answer = await (await world.upstream(gitlab.url)).get("/x", "/x", None)
    assert answer.payload == [{"id": 1}]


async def test_an_error_has_gitlabs_words_and_request_id(world: World) -> None:
    headers = {"X-Request-Id": "01JXYZ"}
    gitlab = await world.gitlab(
        JSONResponse({"message": "404 Project Not Found"}, status_code=404, headers=headers)
    )
    with pytest.raises(NotFound, match="404 Project Not Found") as caught:
        await (await world.upstream(gitlab.url)).get(JOB, "/projects/9/jobs/1", CREDENTIAL)
    assert (caught.value.status, caught.value.request_id) == (404, "01JXYZ")


async def test_a_rate_limit_says_when_to_come_back(world: World) -> None:
    gitlab = await world.gitlab(
        PlainTextResponse("Retry later\n", status_code=429, headers={"Retry-After": "17"})
    )
    with pytest.raises(RateLimited, match="Retry later") as caught:
        await (await world.upstream(gitlab.url)).get("/job", "/job", CREDENTIAL)
    assert caught.value.retry_after == 17.0


async def test_an_echoed_token_is_masked(world: World) -> None:
    gitlab = await world.gitlab(
        lambda received: JSONResponse(
            {"message": f"bad {received.headers['private-token']}"}, status_code=404
        )
    )
    with pytest.raises(NotFound, match=r"bad \*\*\*") as caught:
        await (await world.upstream(gitlab.url)).get("/job", "/job", CREDENTIAL)
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_moved_project_is_an_error_and_not_followed(world: World, status: int) -> None:
    gitlab = await world.gitlab(
        Response(
            b"This resource has been moved permanently",
            status_code=status,
            headers={"location": "/api/v4/projects/42/jobs"},
        )
    )
    upstream = await world.upstream(gitlab.url)
    with pytest.raises(Moved, match="renamed or moved: GitLab redirects to project '42'"):
        await upstream.get("/projects/:id/jobs", "/projects/old%2Fname/jobs", CREDENTIAL)
    with pytest.raises(Moved):
        await upstream.post(JOB, "/projects/old%2Fname/jobs/1/retry", CREDENTIAL)
    assert len(gitlab.received) == 2


@pytest.mark.parametrize("body", [b"<html><title>Sign in</title></html>", b"", b'{"id":'])
async def test_a_success_that_is_not_json_is_invalid(world: World, body: bytes) -> None:
    gitlab = await world.gitlab(Response(body, media_type="text/html"))
    with pytest.raises(InvalidResponse, match="instead of JSON") as caught:
        await (await world.upstream(gitlab.url)).get("/job", "/job", CREDENTIAL)
    assert caught.value.status == 200


async def test_an_answer_over_the_limit_is_refused(world: World) -> None:
    gitlab = await world.gitlab(JSONResponse(["x" * 2000]))
    with pytest.raises(ResponseTooLarge):
        await (await world.upstream(gitlab.url, body_bytes=1000)).get("/x", "/x", None)


async def test_calls_are_told_of_by_route_without_ids(world: World) -> None:
    gitlab = await world.gitlab(
        lambda received: JSONResponse({}, status_code=200 if received.method == "GET" else 403)
    )
    upstream = await world.upstream(gitlab.url)
    await upstream.get(JOB, "/projects/secret/jobs/1", CREDENTIAL, [("ref", "hidden")])
    with pytest.raises(Exception, match="Forbidden"):
        await upstream.post(f"{JOB}/play", "/projects/secret/jobs/1/play", CREDENTIAL)
    started, finished, _, refused = world.events
    assert started == CallStarted(f"GET {JOB}")
    assert isinstance(finished, CallFinished)
    assert (finished.route, finished.status, finished.size) == (f"GET {JOB}", 200, 2)
    assert finished.seconds > 0
    assert isinstance(refused, CallFinished)
    assert (refused.route, refused.status) == (f"POST {JOB}/play", 403)
    assert "secret" not in str(world.events)
    assert "hidden" not in str(world.events)


async def test_a_call_without_an_answer_is_told_of_as_failed(world: World) -> None:
    upstream = await world.upstream(f"http://127.0.0.1:{unused_port()}")
    with pytest.raises(ConnectFailed):
        await upstream.get("/job", "/job", CREDENTIAL)
    failed = world.events[-1]
    assert isinstance(failed, CallFailed)
    assert (failed.route, failed.error) == ("GET /job", "ConnectFailed")


async def test_nobody_needs_to_watch() -> None:
    async with Upstream(UpstreamConfig(f"http://127.0.0.1:{unused_port()}")) as upstream:
        with pytest.raises(ConnectFailed):
            await upstream.get("/job", "/job", CREDENTIAL)


class Held:
    """A transport that answers when told to, and says when `room` calls are in it."""

    def __init__(self, room: int = 1) -> None:
        self.room = room
        self.full = asyncio.Event()
        self.go_on = asyncio.Event()
        self.inside = 0
        self.most = 0
        self.closed = False

    async def send(self, _request: base.Request) -> base.Response:
        self.inside += 1
        self.most = max(self.most, self.inside)
        if self.inside == self.room:
            self.full.set()
        try:
            await self.go_on.wait()
        finally:
            self.inside -= 1
        return base.Response(200, {}, b"{}")

    @asynccontextmanager
    async def stream(
        self, request: base.Request, *, origin: str | None = None
    ) -> AsyncIterator[base.StreamedResponse]:
        raise AssertionError(f"no stream of {request} is wanted from {origin}")
        yield

    async def aclose(self) -> None:
        self.closed = True


async def test_calls_in_flight_and_in_line_are_bounded() -> None:
    held = Held(room=2)
    config = UpstreamConfig("https://gitlab.example.com", limits=Limits(in_flight=2, waiting=3))
    async with Upstream(config, held) as upstream:
        calls = [asyncio.create_task(upstream.get("/job", "/job", None)) for _ in range(5)]
        await held.full.wait()
        with pytest.raises(Overloaded):
            await upstream.get("/job", "/job", None)
        held.go_on.set()
        answers = await asyncio.gather(*calls)
    assert [answer.payload for answer in answers] == [{}] * 5
    assert held.most == 2
    assert held.closed


async def test_a_cancelled_call_makes_room() -> None:
    held = Held()
    config = UpstreamConfig("https://gitlab.example.com", limits=Limits(in_flight=1, waiting=0))
    async with Upstream(config, held) as upstream:
        call = asyncio.create_task(upstream.get("/job", "/job", None))
        await held.full.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        held.go_on.set()
        assert (await upstream.get("/job", "/job", None)).status == 200


@pytest.mark.parametrize(
    "base_url", ["", "gitlab.example.com", "https://user:pw@gitlab.example.com"]
)
def test_an_address_that_is_none_stops_the_start(base_url: str) -> None:
    with pytest.raises(ValueError, match="GitLab's address"):
        Upstream(UpstreamConfig(base_url), Held())
