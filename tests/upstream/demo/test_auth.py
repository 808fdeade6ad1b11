"""Who gets in, and what is said to those who do not."""

from __future__ import annotations

import httpx
import pytest

from tests.upstream.demo.conftest import Connect
from upstream.demo import MAINTAINER_TOKEN, DemoGitLab, ManualClock, Role, examples

UNAUTHORIZED = {"message": "401 Unauthorized"}
HIDDEN = {"message": "404 Project Not Found"}


@pytest.mark.parametrize(
    "headers",
    [
        {"private_token": MAINTAINER_TOKEN},
        {"authorization": f"Bearer {MAINTAINER_TOKEN}"},
        {"authorization": f"bearer {MAINTAINER_TOKEN}"},
    ],
)
async def test_tokens_come_in_two_headers(connect: Connect, headers: dict[str, str]) -> None:
    assert (await connect(**headers).get("/projects/1/jobs")).status_code == 200


@pytest.mark.parametrize("name", ["private_token", "access_token"])
async def test_tokens_come_in_the_query_and_come_back_in_links(
    anonymous: httpx.AsyncClient, name: str
) -> None:
    answer = await anonymous.get(f"/projects/1/jobs?{name}={MAINTAINER_TOKEN}")
    assert answer.status_code == 200
    assert MAINTAINER_TOKEN in answer.headers["link"]


@pytest.mark.parametrize("path", ["/projects/3/jobs", "/projects/1/jobs", "/projects/9/jobs"])
async def test_job_routes_want_a_login_even_for_public_projects(
    anonymous: httpx.AsyncClient, path: str
) -> None:
    answer = await anonymous.get(path)
    assert (answer.status_code, answer.json()) == (401, UNAUTHORIZED)


async def test_pipeline_and_commit_routes_show_public_projects_to_everybody(
    demo: DemoGitLab, anonymous: httpx.AsyncClient
) -> None:
    pipeline = next(iter(demo.project(3).pipelines))
    for path in (
        "",
        "/pipelines",
        f"/pipelines/{pipeline}",
        f"/pipelines/{pipeline}/jobs",
        f"/pipelines/{pipeline}/bridges",
        "/repository/commits/main",
    ):
        assert (await anonymous.get(f"/projects/3{path}")).status_code == 200
        answer = await anonymous.get(f"/projects/1{path}")
        assert (answer.status_code, answer.json()) == (404, HIDDEN)


@pytest.mark.parametrize(
    "headers",
    [
        {"private_token": "nonsense"},
        {"authorization": "Bearer nonsense"},
        {"job_token": "demo-job-20001"},
        {"job_token": "demo-job-x"},
        {"authorization": "Basic ZGVtbw=="},
    ],
)
async def test_unknown_credentials_are_unauthorized(
    connect: Connect, headers: dict[str, str]
) -> None:
    answer = await connect(**headers).get("/projects/1/jobs")
    assert (answer.status_code, answer.json()) == (401, UNAUTHORIZED)


async def test_a_bad_token_is_refused_where_none_is_needed(connect: Connect) -> None:
    answer = await connect(private_token="nonsense").get("/projects/3/pipelines")
    assert answer.status_code == 401


async def test_outsiders_do_not_learn_that_a_project_exists(outsider: httpx.AsyncClient) -> None:
    hidden = await outsider.get("/projects/demo%2Fshop/jobs")
    missing = await outsider.get("/projects/demo%2Fnothing/jobs")
    assert (hidden.status_code, hidden.json()) == (404, HIDDEN)
    assert (missing.status_code, missing.json()) == (404, HIDDEN)
    assert (await outsider.get("/projects/3/jobs")).status_code == 200


async def test_revoked_and_expired_tokens_say_so(
    demo: DemoGitLab, maintainer: httpx.AsyncClient
) -> None:
    demo.revoke(MAINTAINER_TOKEN)
    answer = await maintainer.get("/projects/1/jobs")
    assert answer.status_code == 401
    assert answer.json()["error"] == "invalid_token"
    assert answer.json()["error_description"].startswith("Token was revoked.")
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]
    demo.expire(MAINTAINER_TOKEN)
    answer = await maintainer.get("/projects/1/jobs")
    assert answer.json()["error_description"].startswith("Token is expired.")


async def test_a_token_that_may_only_read(demo: DemoGitLab, connect: Connect) -> None:
    demo.add_token("mia", "mia-reads", scopes=["read_api"])
    client = connect(private_token="mia-reads")
    assert (await client.get("/projects/1/jobs")).status_code == 200
    answer = await client.post(f"/projects/1/jobs/{examples.RUNNING_JOB}/cancel")
    assert answer.status_code == 403
    assert answer.json()["error"] == "insufficient_scope"
    assert answer.json()["scope"] == "api"


async def test_new_users_see_what_they_were_given(demo: DemoGitLab, connect: Connect) -> None:
    demo.add_user("nora", token="nora-token", roles={"demo/shop": Role.REPORTER})
    client = connect(private_token="nora-token")
    assert (await client.get("/user")).json()["username"] == "nora"
    assert (await client.get("/projects/1/jobs")).status_code == 200
    assert (await client.get("/projects/2/jobs")).status_code == 404


@pytest.mark.parametrize("header", ["job_token", "authorization"])
async def test_a_job_token_knows_its_job_while_it_runs(
    clock: ManualClock,
    demo: DemoGitLab,
    connect: Connect,
    maintainer: httpx.AsyncClient,
    header: str,
) -> None:
    token = demo.job_token(examples.RUNNING_JOB)
    client = connect(**{header: token if header == "job_token" else f"Bearer {token}"})
    assert (await client.get("/job")).json()["id"] == examples.RUNNING_JOB
    await maintainer.post(f"/projects/1/jobs/{examples.RUNNING_JOB}/cancel")
    clock.advance(60)
    answer = await client.get("/job")
    assert (answer.status_code, answer.json()) == (401, UNAUTHORIZED)


async def test_a_job_token_opens_lists_and_nothing_else(demo: DemoGitLab, connect: Connect) -> None:
    client = connect(job_token=demo.job_token(examples.RUNNING_JOB))
    pipeline = f"/projects/1/pipelines/{examples.RUNNING_PIPELINE}"
    for path in ("/projects/1/jobs", "/projects/1/pipelines", pipeline, f"{pipeline}/jobs"):
        assert (await client.get(path)).status_code == 200
    for path in ("", "/trace"):
        answer = await client.get(f"/projects/1/jobs/{examples.RUNNING_JOB}{path}")
        assert (answer.status_code, answer.json()) == (401, UNAUTHORIZED)
    for verb in ("cancel", "retry", "erase", "play"):
        answer = await client.post(f"/projects/1/jobs/{examples.RUNNING_JOB}/{verb}")
        assert answer.status_code == 401
    other = await client.get("/projects/2/jobs")
    assert (other.status_code, other.json()) == (404, HIDDEN)


@pytest.mark.parametrize("path", ["/job", "/job/allowed_agents"])
async def test_job_routes_want_a_job_token(
    anonymous: httpx.AsyncClient, maintainer: httpx.AsyncClient, path: str
) -> None:
    nobody, somebody = await anonymous.get(path), await maintainer.get(path)
    assert (nobody.status_code, nobody.json()) == (401, UNAUTHORIZED)
    assert (somebody.status_code, somebody.json()) == (404, {"message": "404 Job Not Found"})


async def test_allowed_agents_in_their_thin_shape(demo: DemoGitLab, connect: Connect) -> None:
    client = connect(job_token=demo.job_token(examples.RUNNING_JOB))
    payload = (await client.get("/job/allowed_agents")).json()
    assert payload["job"] == {"id": examples.RUNNING_JOB}
    assert payload["pipeline"] == {"id": examples.RUNNING_PIPELINE}
    assert payload["user"]["roles_in_project"] == ["guest", "reporter", "developer", "maintainer"]
    assert payload["project"] == {"id": 1, "groups": [{"id": 60}]}
    identity = payload["allowed_agents"][0]["config_project"]
    assert identity["path_with_namespace"] == "demo/shop"
    assert identity["name_with_namespace"] == "demo / Shop"
    assert "configuration" not in payload["allowed_agents"][0]
    assert "configuration" in payload["allowed_agents"][1]
    assert "environment" not in payload


async def test_allowed_agents_name_the_environment_of_a_deployment(
    clock: ManualClock, demo: DemoGitLab, connect: Connect, maintainer: httpx.AsyncClient
) -> None:
    await maintainer.post(f"/projects/1/jobs/{examples.MANUAL_JOB}/play")
    clock.advance(5.5)
    client = connect(job_token=demo.job_token(examples.MANUAL_JOB))
    payload = (await client.get("/job/allowed_agents")).json()
    assert payload["environment"] == {"tier": "production", "slug": "production"}
