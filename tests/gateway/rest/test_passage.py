"""/api/v4 of the gateway answers as GitLab does: both are asked the same."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.app import create_app
from gateway.rest.routes import PASSAGES
from gateway.settings import read_settings
from tests.support.serving import serve
from upstream.demo import MAINTAINER_TOKEN, REPORTER_TOKEN, DemoGitLab

PROJECT = "/api/v4/projects/demo%2Fshop"
# What differs between any two answers, and what each door says for itself.
OWN = {
    "content-length",
    "date",
    "link",
    "ratelimit-observed",
    "ratelimit-remaining",
    "server",
    "transfer-encoding",
    "x-gitlab-meta",
    "x-request-id",
    "x-runtime",
}


@pytest.fixture
async def both(demo_url: str, gateway_url: str) -> AsyncIterator[tuple[httpx.AsyncClient, ...]]:
    async with (
        httpx.AsyncClient(base_url=demo_url, headers={"private-token": MAINTAINER_TOKEN}) as gitlab,
        httpx.AsyncClient(
            base_url=gateway_url, headers={"private-token": MAINTAINER_TOKEN}
        ) as gateway,
    ):
        yield gitlab, gateway


Both = tuple[httpx.AsyncClient, httpx.AsyncClient]


async def first_job(client: httpx.AsyncClient, **params: str) -> int:
    job: int = (await client.get(f"{PROJECT}/jobs", params=params)).json()[0]["id"]
    return job


@pytest.mark.parametrize(
    "path",
    [
        "/jobs",
        "/jobs?per_page=2&scope[]=success&scope[]=failed",
        "/jobs?pagination=keyset&per_page=3",
        "/jobs?scope=nonsense",
        "/jobs/{job}",
        "/jobs/{job}/trace",
        "/jobs/{job}/artifacts",
        "/jobs/999999999",
        "/jobs/none",
        "/pipelines?per_page=1&page=2",
        "/pipelines/{pipeline}",
        "/pipelines/{pipeline}/jobs?include_retried=true",
        "/pipelines/{pipeline}/bridges",
        "/repository/commits/main",
    ],
)
async def test_a_read_answers_as_gitlab_does(both: Both, path: str) -> None:
    gitlab, _ = both
    job = await first_job(gitlab)
    pipeline = (await gitlab.get(f"{PROJECT}/pipelines")).json()[0]["id"]
    url = PROJECT + path.format(job=job, pipeline=pipeline)
    for method in ("GET", "HEAD"):
        expected, found = [await client.request(method, url) for client in both]
        assert found.status_code == expected.status_code
        assert found.content == expected.content
        headers = [
            {name: value for name, value in answer.headers.items() if name not in OWN}
            for answer in (expected, found)
        ]
        assert headers[1] == headers[0]


async def test_links_of_a_list_lead_through_the_gateway_page_by_page(both: Both) -> None:
    gitlab, gateway = both

    async def walk(client: httpx.AsyncClient) -> list[int]:
        found: list[int] = []
        url: str | None = f"{PROJECT}/jobs?per_page=4&pagination=keyset"
        while url is not None:
            answer = await client.get(url)
            found += [job["id"] for job in answer.json()]
            url = answer.links.get("next", {}).get("url")
            assert url is None or url.startswith(str(client.base_url))
        return found

    assert await walk(gateway) == await walk(gitlab)


async def test_each_answer_names_what_could_take_its_place(both: Both) -> None:
    _, gateway = both
    answer = await gateway.get(f"{PROJECT}/jobs")
    successor = answer.links["successor-version"]["url"]
    assert successor == f"{str(gateway.base_url).rstrip('/')}/migration#list-project-jobs"
    page = await gateway.get(successor)
    assert page.status_code == 200
    assert '<section id="list-project-jobs">' in page.text
    for anchor in {each.anchor for each in PASSAGES} - {""}:
        assert f'id="{anchor}"' in page.text


async def test_an_action_acts_once_and_answers_as_gitlab_does(both: Both, demo: DemoGitLab) -> None:
    gitlab, gateway = both
    job = await first_job(gitlab, scope="success")
    before = len(demo.calls)
    answer = await gateway.post(f"{PROJECT}/jobs/{job}/retry")
    assert answer.status_code == 201
    assert answer.json()["id"] != job
    assert [call.method for call in list(demo.calls)[before:]] == ["POST"]
    refused = [await client.post(f"{PROJECT}/jobs/{job}/play") for client in both]
    assert refused[1].status_code == refused[0].status_code
    assert refused[1].json() == refused[0].json()


async def test_play_hands_on_its_body_in_each_form_that_gitlab_takes(both: Both) -> None:
    gitlab, gateway = both
    variables = [{"key": "WHERE", "value": "here"}]
    for form in ({"json": {"job_variables_attributes": variables}}, {"data": {"a": "b"}}):
        job = await first_job(gitlab, scope="manual")
        answer = await gateway.post(f"{PROJECT}/jobs/{job}/play", **form)
        assert answer.status_code == 200, answer.text


async def test_what_is_kept_is_not_trusted_after_an_action(both: Both) -> None:
    gitlab, gateway = both
    job = await first_job(gitlab, scope="success")
    query = {"query": f'{{ job(projectId: "demo/shop", id: "{job}") {{ erasedAt }} }}'}
    assert (await gateway.post("/graphql", json=query)).json()["data"]["job"]["erasedAt"] is None
    assert (await gateway.post(f"{PROJECT}/jobs/{job}/erase")).status_code == 201
    assert (await gateway.post("/graphql", json=query)).json()["data"]["job"]["erasedAt"]


async def test_only_the_callers_own_credential_is_used(demo_url: str) -> None:
    settings = read_settings({"GITLAB_URL": demo_url, "GITLAB_TOKEN": MAINTAINER_TOKEN})
    async with serve(create_app(settings)) as url, httpx.AsyncClient(base_url=url) as client:
        assert (await client.get(f"{PROJECT}/jobs")).status_code in {401, 404}
        own = await client.get(f"{PROJECT}/jobs", headers={"private-token": REPORTER_TOKEN})
        assert own.status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status", "says"),
    [
        ("GET", "/api/v4/projects", 404, "the routes of jobs"),
        ("GET", "/api/v4/users", 404, "the routes of jobs"),
        ("GET", "/api/v4/projects/1/jobs/../../users", 404, "the routes of jobs"),
        ("DELETE", "/api/v4/projects/1/jobs/2", 405, "GET, HEAD"),
        ("PUT", "/api/v4/projects/1/jobs/2/artifacts", 405, "DELETE, GET, HEAD"),
        ("GET", "/api/v4/projects/1/jobs/2/retry", 405, "POST"),
    ],
)
async def test_other_routes_are_not_handed_on(
    gateway_url: str, demo: DemoGitLab, method: str, path: str, status: int, says: str
) -> None:
    before = len(demo.calls)
    reader, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(gateway_url).port)
    writer.write(f"{method} {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n".encode())
    answer = (await reader.read()).decode()
    writer.close()
    assert answer.startswith(f"HTTP/1.1 {status}")
    assert says in answer
    assert len(demo.calls) == before


async def test_it_can_be_switched_off(demo_url: str) -> None:
    settings = read_settings({"GITLAB_URL": demo_url, "GATEWAY_REST": "false"})
    async with serve(create_app(settings)) as url, httpx.AsyncClient(base_url=url) as client:
        answer = await client.get(f"{PROJECT}/jobs", headers={"private-token": MAINTAINER_TOKEN})
        assert answer.status_code == 404
        assert answer.json()["errors"][0]["extensions"]["code"] == "PATH_NOT_FOUND"


# A GitLab that can do what the demo does not.


class Odd:
    def __init__(self) -> None:
        self.seen: list[Request] = []
        self.answer: ASGIApp = JSONResponse({})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.seen.append(Request(scope, receive))
        await self.answer(scope, receive, send)


@asynccontextmanager
async def in_front_of(odd: Odd) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        serve(odd) as gitlab,
        serve(create_app(read_settings({"GITLAB_URL": gitlab}))) as url,
        httpx.AsyncClient(base_url=url) as client,
    ):
        yield client


async def test_only_known_headers_reach_gitlab() -> None:
    odd = Odd()
    sent = {"job-token": "t", "cookie": "session=1", "x-forwarded-host": "evil", "sudo": "root"}
    async with in_front_of(odd) as client:
        await client.get("/api/v4/job", headers=sent)
    (seen,) = odd.seen
    assert seen.headers["job-token"] == "t"
    assert seen.headers["sudo"] == "root"
    assert "cookie" not in seen.headers
    assert "x-forwarded-host" not in seen.headers


async def test_headers_that_speak_of_gitlabs_host_do_not_come_back() -> None:
    odd = Odd()
    odd.answer = JSONResponse(
        {}, headers={"set-cookie": "a=b", "strict-transport-security": "max-age=1", "x-total": "7"}
    )
    async with in_front_of(odd) as client:
        answer = await client.get("/api/v4/job")
    assert answer.headers["x-total"] == "7"
    assert "set-cookie" not in answer.headers
    assert "strict-transport-security" not in answer.headers


async def test_a_redirect_is_the_clients_to_follow() -> None:
    odd = Odd()
    storage = "https://storage.example/signed?key=1"
    odd.answer = Response(status_code=302, headers={"location": storage})
    async with in_front_of(odd) as client:
        away = await client.get("/api/v4/projects/1/jobs/2/artifacts")
        assert (away.status_code, away.headers["location"]) == (302, storage)
        inside = "https://gitlab.example/root/api/v4/projects/5/jobs/2?a=b"
        odd.answer = Response(status_code=301, headers={"location": inside})
        moved = await client.get("/api/v4/projects/old%2Fname/jobs/2")
        assert moved.headers["location"] == f"{client.base_url}/api/v4/projects/5/jobs/2?a=b"
    assert len(odd.seen) == 2


async def test_a_log_is_handed_on_while_it_grows() -> None:
    odd = Odd()
    more = asyncio.Event()

    async def log() -> AsyncIterator[bytes]:
        yield b"first line\n"
        await more.wait()
        yield b"second line\n"

    odd.answer = StreamingResponse(log(), media_type="text/plain")
    async with (
        in_front_of(odd) as client,
        client.stream("GET", "/api/v4/projects/1/jobs/2/trace") as answer,
    ):
        parts = answer.aiter_raw()
        assert await anext(parts) == b"first line\n"
        more.set()
        assert await anext(parts) == b"second line\n"


async def test_a_client_that_hangs_up_ends_gitlabs_answer() -> None:
    odd = Odd()
    ended = asyncio.Event()

    async def endless(_scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"x", "more_body": True})
        while (await receive())["type"] != "http.disconnect":
            pass
        ended.set()

    odd.answer = endless
    async with in_front_of(odd) as client:
        async with client.stream("GET", "/api/v4/projects/1/jobs/2/trace") as answer:
            await anext(answer.aiter_raw())
        async with asyncio.timeout(10):
            await ended.wait()


async def test_an_answer_that_breaks_off_never_looks_whole() -> None:
    odd = Odd()

    async def broken() -> AsyncIterator[bytes]:
        yield b"half"
        raise ClientDisconnect

    odd.answer = StreamingResponse(broken())
    async with in_front_of(odd) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get("/api/v4/projects/1/jobs/2/trace")


async def test_a_gitlab_that_is_not_there_is_a_502_in_gitlabs_own_form() -> None:
    odd = Odd()
    async with serve(odd) as gitlab:
        pass
    settings = read_settings({"GITLAB_URL": gitlab})
    async with serve(create_app(settings)) as url, httpx.AsyncClient(base_url=url) as client:
        answer = await client.get("/api/v4/job", headers={"job-token": "t"})
    assert answer.status_code == 502
    assert answer.json()["message"].startswith("502 Bad Gateway: ")


async def test_a_body_over_the_limit_is_refused() -> None:
    odd = Odd()
    odd.answer = PlainTextResponse("")
    async with in_front_of(odd) as client:
        answer = await client.post("/api/v4/projects/1/jobs/2/play", content=b" " * 2_000_000)
    assert answer.status_code == 413
    assert "GATEWAY_BODY_BYTES" in answer.json()["message"]
    assert odd.seen == []
