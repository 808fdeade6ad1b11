"""Routing, headers, entity tags, moved projects, parameters."""

from __future__ import annotations

from unittest.mock import AsyncMock

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from tests.upstream.demo.conftest import Connect
from upstream.demo import REPORTER_TOKEN, DemoGitLab, ManualClock, examples

JOB = f"/projects/1/jobs/{examples.FINISHED_JOB}"


async def test_an_unknown_route_is_an_error_not_a_message(reporter: httpx.AsyncClient) -> None:
    for path in ("/nothing", "/projects/1/jobs/1/nothing", "/projects//jobs"):
        answer = await reporter.get(path)
        assert (answer.status_code, answer.json()) == (404, {"error": "404 Not Found"})
    outside = await reporter.get("http://gitlab.test/demo/shop")
    assert outside.status_code == 404


async def test_a_known_route_with_another_method_is_not_allowed(
    reporter: httpx.AsyncClient,
) -> None:
    answer = await reporter.delete("/projects/1/jobs")
    assert (answer.status_code, answer.json()) == (405, {"error": "405 Not Allowed"})
    assert answer.headers["allow"] == "GET"


async def test_version_three_is_gone(reporter: httpx.AsyncClient) -> None:
    assert (await reporter.get("http://gitlab.test/api/v3/projects")).status_code == 410


@pytest.mark.parametrize("key", ["1", "demo%2Fshop", "Demo%2FShop", "demo%2fshop"])
async def test_projects_go_by_number_and_by_path(reporter: httpx.AsyncClient, key: str) -> None:
    answer = await reporter.get(f"/projects/{key}/jobs/{examples.FINISHED_JOB}")
    assert answer.json()["id"] == examples.FINISHED_JOB


async def test_a_path_of_several_groups_is_one_segment(reporter: httpx.AsyncClient) -> None:
    assert (await reporter.get("/projects/demo%2Fshop%2Fapi/jobs")).status_code == 200
    assert (await reporter.get("/projects/demo/shop/api/jobs")).status_code == 404


@pytest.mark.parametrize("key", ["one", "1.5", "20001x", "%31x"])
async def test_a_job_id_is_a_number(reporter: httpx.AsyncClient, key: str) -> None:
    answer = await reporter.get(f"/projects/1/jobs/{key}")
    assert (answer.status_code, answer.json()) == (400, {"error": "job_id is invalid"})


async def test_headers_of_an_answer(reporter: httpx.AsyncClient) -> None:
    first, second = await reporter.get(JOB), await reporter.get(JOB)
    headers = second.headers
    assert headers["content-type"] == "application/json"
    assert headers["cache-control"] == "max-age=0, private, must-revalidate"
    assert headers["x-request-id"] != first.headers["x-request-id"]
    assert headers["x-request-id"] in headers["x-gitlab-meta"]
    assert float(headers["x-runtime"]) >= 0
    assert headers["ratelimit-limit"] == "2000"
    assert headers["ratelimit-observed"] == "2"
    assert headers["ratelimit-remaining"] == "1998"
    assert headers["ratelimit-name"] == "throttle_authenticated_api"
    assert int(headers["ratelimit-reset"]) % 60 == 0


async def test_errors_are_not_kept(reporter: httpx.AsyncClient) -> None:
    answer = await reporter.get("/projects/1/jobs/1")
    assert answer.headers["cache-control"] == "no-cache"
    assert "etag" not in answer.headers
    assert "x-request-id" in answer.headers


async def test_the_rate_limit_starts_anew_each_minute(
    clock: ManualClock, reporter: httpx.AsyncClient, anonymous: httpx.AsyncClient
) -> None:
    await reporter.get(JOB)
    clock.advance(60)
    assert (await reporter.get(JOB)).headers["ratelimit-observed"] == "1"
    nobody = await anonymous.get(JOB)
    assert nobody.headers["ratelimit-name"] == "throttle_unauthenticated_api"


@pytest.mark.parametrize("path", [JOB, f"{JOB}/trace", "/projects/1/jobs"])
async def test_an_entity_tag_saves_the_body(
    clock: ManualClock, reporter: httpx.AsyncClient, path: str
) -> None:
    first = await reporter.get(path)
    tag = first.headers["etag"]
    assert tag.startswith('W/"')
    again = await reporter.get(path, headers={"if-none-match": f'"other", {tag}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == tag
    strong = await reporter.get(path, headers={"if-none-match": tag.removeprefix("W/")})
    assert strong.status_code == 304
    clock.advance(60)
    later = await reporter.get(path, headers={"if-none-match": tag})
    assert later.status_code == (304 if path.endswith("trace") else 200)


async def test_a_moved_project_points_to_its_new_place(reporter: httpx.AsyncClient) -> None:
    answer = await reporter.get("/projects/demo%2Fold-shop/jobs?scope=failed")
    target = "http://gitlab.test/api/v4/projects/1/jobs?scope=failed"
    assert answer.status_code == 301
    assert answer.headers["location"] == target
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.text == f"This resource has been moved permanently to {target}."
    assert (await reporter.get(target)).status_code == 200
    plain = await reporter.get(f"/projects/demo%2Fold-shop/jobs/{examples.FINISHED_JOB}")
    assert plain.headers["location"] == f"http://gitlab.test/api/v4{JOB}"


async def test_a_moved_project_takes_no_changes(developer: httpx.AsyncClient) -> None:
    path = f"/projects/demo%2Fold-shop/jobs/{examples.RUNNING_JOB}/cancel"
    answer = await developer.post(path)
    assert (answer.status_code, answer.json()) == (405, {"message": "405 Method Not Allowed"})


async def test_outsiders_do_not_see_where_a_project_went(outsider: httpx.AsyncClient) -> None:
    answer = await outsider.get("/projects/demo%2Fold-shop/jobs")
    assert answer.json() == {"message": "404 Project Not Found"}


async def test_parameters_come_as_json_form_or_query(
    demo: DemoGitLab, developer: httpx.AsyncClient
) -> None:
    name = "job_variables_attributes"
    for number, how in enumerate(("json", "form", "query")):
        job = demo.new_job(1, status="manual")
        path = f"/projects/1/jobs/{job}/play"
        pairs = {f"{name}[][key]": f"K{number}", f"{name}[][value]": "v"}
        if how == "json":
            body = {name: [{"key": "K0", "value": "v"}]}
            answer = await developer.post(path, json=body)
        elif how == "form":
            answer = await developer.post(path, data=pairs)
        else:
            answer = await developer.post(path, params=pairs)
        assert answer.status_code == 200
        assert demo.job(1, job).variables == {f"K{number}": "v"}


async def test_two_variables_in_a_form_stay_two(
    demo: DemoGitLab, developer: httpx.AsyncClient
) -> None:
    job = demo.new_job(1, status="manual")
    name = "job_variables_attributes[]"
    query = f"{name}[key]=A&{name}[value]=1&{name}[key]=B&{name}[value]=2"
    await developer.post(f"/projects/1/jobs/{job}/play?{query}")
    assert demo.job(1, job).variables == {"A": "1", "B": "2"}


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/json", b"{", 400),
        ("application/json", b"[1]", 201),
        ("text/plain", b"force=maybe", 201),
    ],
)
async def test_bodies_that_hold_no_parameters(
    developer: httpx.AsyncClient, content_type: str, body: bytes, status: int
) -> None:
    answer = await developer.post(
        f"{JOB}/cancel", content=body, headers={"content-type": content_type}
    )
    assert answer.status_code == status


@pytest.mark.parametrize("query", ["scope=a&scope[]=b", "scope=a&scope[x]=b"])
async def test_a_parameter_that_is_two_things_is_refused(
    reporter: httpx.AsyncClient, query: str
) -> None:
    answer = await reporter.get(f"/projects/1/jobs?{query}")
    assert (answer.status_code, answer.json()) == (400, {"error": "scope is invalid"})


async def test_a_key_that_is_no_name_is_ignored(reporter: httpx.AsyncClient) -> None:
    assert (await reporter.get("/projects/1/jobs?[]=1&[=2&=3")).status_code == 200


async def test_the_api_may_live_below_a_prefix(demo: DemoGitLab) -> None:
    app = Starlette(routes=[Mount("/gitlab", app=demo.app)])
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://g/gitlab/api/v4",
        headers={"private-token": REPORTER_TOKEN},
    ) as client:
        answer = await client.get("/projects/demo%2Fshop/jobs?per_page=1")
        assert answer.status_code == 200
        url = answer.links["next"]["url"]
        assert url.startswith("http://g/gitlab/api/v4/projects/demo%2Fshop/jobs?")
        assert (await client.get(url)).status_code == 200


async def test_what_clients_ask_first(connect: Connect, reporter: httpx.AsyncClient) -> None:
    assert (await reporter.get("/version")).json()["version"] == "18.9.0"
    assert (await reporter.get("/user")).json()["username"] == "rita"
    project = (await reporter.get("/projects/2")).json()
    assert (project["path"], project["path_with_namespace"]) == ("api", "demo/shop/api")
    assert (await connect().get("/version")).status_code == 401


async def test_calls_are_recorded_with_route_and_user(
    demo: DemoGitLab, reporter: httpx.AsyncClient, anonymous: httpx.AsyncClient
) -> None:
    await reporter.get("/projects/demo%2Fshop/jobs?scope[]=failed")
    await anonymous.get("/projects/3/pipelines")
    await reporter.get("/nowhere?a[b]=1&a=2&a[]=3")
    first, second, third = demo.calls
    assert first.route == "GET /projects/:id/jobs"
    assert first.path == "/api/v4/projects/demo%2Fshop/jobs"
    assert first.query in ("scope[]=failed", "scope%5B%5D=failed")
    assert (first.credential, first.user) == ("private-token", "rita")
    assert (second.credential, second.user) == (None, None)
    assert third.route is None
    assert demo.calls.routes()[2] == "GET /api/v4/nowhere"
    assert demo.calls.count("GET /projects/:id/jobs", user="rita", method="GET") == 1
    assert demo.calls.count(path="/api/v4/nowhere") == 1
    assert (demo.calls.in_flight, demo.calls.peak) == (0, 1)
    assert demo.calls[0] is first
    demo.calls.clear()
    assert len(demo.calls) == 0
    assert REPORTER_TOKEN not in repr(first)


async def test_calls_of_jobs_and_bearers_are_told_apart(demo: DemoGitLab, connect: Connect) -> None:
    token = demo.job_token(examples.RUNNING_JOB)
    await connect(job_token=token).get("/job")
    await connect(authorization=f"Bearer {REPORTER_TOKEN}").get("/user")
    assert [(call.credential, call.user) for call in demo.calls] == [
        ("job-token", "mia"),
        ("bearer", "rita"),
    ]


async def test_a_websocket_is_closed_politely(demo: DemoGitLab) -> None:
    sent: list[object] = []

    async def send(message: object) -> None:
        sent.append(message)

    await demo.app({"type": "websocket"}, AsyncMock(), send)
    assert sent == [{"type": "websocket.close", "code": 1000}]
