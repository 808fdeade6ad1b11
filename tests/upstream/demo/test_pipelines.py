"""Reading pipelines, their jobs and bridges, and commits."""

from __future__ import annotations

import httpx
import pytest

from tests.upstream.demo.test_jobs import BASIC_KEYS, PIPELINE_KEYS
from upstream.demo import DemoGitLab, examples

SINGLE_KEYS = [
    *PIPELINE_KEYS,
    *[
        "name",
        "before_sha",
        "tag",
        "yaml_errors",
        "user",
        "started_at",
        "finished_at",
        "committed_at",
        "duration",
        "queued_duration",
        "coverage",
        "detailed_status",
        "archived",
    ],
]


async def test_a_single_pipeline_has_all_keys_and_a_small_user(
    reporter: httpx.AsyncClient,
) -> None:
    pipeline = (await reporter.get(f"/projects/1/pipelines/{examples.FAILED_PIPELINE}")).json()
    assert sorted(pipeline) == sorted(SINGLE_KEYS)
    assert "created_at" not in pipeline["user"]
    assert isinstance(pipeline["coverage"], str)
    assert isinstance(pipeline["duration"], int)
    assert pipeline["detailed_status"]["text"] == "Failed"


async def test_success_with_failed_optional_jobs_is_a_warning(
    demo: DemoGitLab, reporter: httpx.AsyncClient
) -> None:
    warned = [
        one.id
        for one in demo.project(1).pipelines.values()
        if one.status == "success" and any(job.status == "failed" for job in one.latest())
    ]
    pipeline = (await reporter.get(f"/projects/1/pipelines/{warned[0]}")).json()
    assert pipeline["detailed_status"]["group"] == "success-with-warnings"


async def test_the_list_has_the_basic_keys_and_the_name(reporter: httpx.AsyncClient) -> None:
    pipelines = (await reporter.get("/projects/1/pipelines?per_page=100")).json()
    assert {tuple(sorted(one)) for one in pipelines} == {tuple(sorted([*PIPELINE_KEYS, "name"]))}
    assert len(pipelines) >= 30


async def test_child_pipelines_come_only_when_asked_for(reporter: httpx.AsyncClient) -> None:
    listed = (await reporter.get("/projects/1/pipelines?per_page=100")).json()
    assert "parent_pipeline" not in {one["source"] for one in listed}
    query = "source=parent_pipeline&per_page=100"
    children = (await reporter.get(f"/projects/1/pipelines?{query}")).json()
    assert {one["source"] for one in children} == {"parent_pipeline"}
    assert examples.CHILD_PIPELINE in {one["id"] for one in children}
    single = await reporter.get(f"/projects/1/pipelines/{examples.CHILD_PIPELINE}")
    assert single.status_code == 200


@pytest.mark.parametrize(
    ("query", "key", "value"),
    [
        ("status=failed", "status", "failed"),
        ("ref=main", "ref", "main"),
        ("source=web", "source", "web"),
        ("scope=finished&status=success", "status", "success"),
        ("scope=running", "status", "running"),
        ("name=Release 4.2", "name", "Release 4.2"),
    ],
)
async def test_filters_of_the_list(
    reporter: httpx.AsyncClient, query: str, key: str, value: str
) -> None:
    pipelines = (await reporter.get(f"/projects/1/pipelines?{query}")).json()
    assert {one[key] for one in pipelines} == {value}


async def test_filters_by_sha_user_and_kind_of_ref(reporter: httpx.AsyncClient) -> None:
    everything = (await reporter.get("/projects/1/pipelines?per_page=100")).json()
    sha = everything[-1]["sha"]
    assert {one["sha"] for one in (await reporter.get(f"/projects/1/pipelines?sha={sha}")).json()}
    mine = (await reporter.get("/projects/1/pipelines?username=mia&per_page=100")).json()
    assert 0 < len(mine) < len(everything)
    tags = (await reporter.get("/projects/1/pipelines?scope=tags&per_page=100")).json()
    branches = (await reporter.get("/projects/1/pipelines?scope=branches&per_page=100")).json()
    assert all(one["ref"].startswith("v") for one in tags)
    assert len(tags) + len(branches) == len(everything)
    assert (await reporter.get("/projects/1/pipelines?yaml_errors=true")).json() == []


async def test_filters_by_time(reporter: httpx.AsyncClient) -> None:
    border = "2026-11-02T08:40:00.000Z"
    for verb in ("updated", "created"):
        query = f"per_page=100&{verb}_after={border}"
        after = (await reporter.get(f"/projects/1/pipelines?{query}")).json()
        query = f"per_page=100&{verb}_before={border}"
        before = (await reporter.get(f"/projects/1/pipelines?{query}")).json()
        assert all(one[f"{verb}_at"] > border for one in after)
        assert all(one[f"{verb}_at"] < border for one in before)
        assert after
        assert before


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("status=done", "status does not have a valid value"),
        ("order_by=name", "order_by does not have a valid value"),
        ("sort=up", "sort does not have a valid value"),
        ("scope=all", "scope does not have a valid value"),
        ("updated_after=yesterday", "updated_after is invalid"),
    ],
)
async def test_bad_filters_are_refused(reporter: httpx.AsyncClient, query: str, error: str) -> None:
    answer = await reporter.get(f"/projects/1/pipelines?{query}")
    assert (answer.status_code, answer.json()) == (400, {"error": error})


@pytest.mark.parametrize("order", ["id", "status", "ref", "updated_at"])
async def test_the_list_can_be_ordered(reporter: httpx.AsyncClient, order: str) -> None:
    query = f"order_by={order}&per_page=100"
    up = (await reporter.get(f"/projects/1/pipelines?{query}&sort=asc")).json()
    down = (await reporter.get(f"/projects/1/pipelines?{query}&sort=desc")).json()
    assert [one["id"] for one in up] == [one["id"] for one in reversed(down)]
    assert [one[order] for one in up] == sorted(one[order] for one in up)


async def test_jobs_of_a_pipeline_without_and_with_retried_ones(
    reporter: httpx.AsyncClient,
) -> None:
    path = f"/projects/1/pipelines/{examples.FAILED_PIPELINE}/jobs"
    latest = {job["id"] for job in (await reporter.get(path)).json()}
    everything = {job["id"] for job in (await reporter.get(f"{path}?include_retried=true")).json()}
    assert everything - latest == {examples.RETRIED_JOB}
    failed = (await reporter.get(f"{path}?scope[]=failed&scope[]=skipped")).json()
    assert {job["status"] for job in failed} == {"failed", "skipped"}


async def test_bridges_carry_their_downstream_pipeline(reporter: httpx.AsyncClient) -> None:
    answer = await reporter.get(f"/projects/1/pipelines/{examples.MANUAL_PIPELINE}/bridges")
    bridges = {one["id"]: one for one in answer.json()}
    bridge = bridges[examples.BRIDGE]
    assert set(bridge) == set(BASIC_KEYS) | {"downstream_pipeline"}
    assert bridge["downstream_pipeline"]["id"] == examples.DOWNSTREAM_PIPELINE
    assert bridge["downstream_pipeline"]["project_id"] == 2
    assert bridges[examples.MANUAL_BRIDGE]["downstream_pipeline"] is None
    assert bridges[examples.CHILD_BRIDGE]["downstream_pipeline"]["source"] == "parent_pipeline"
    assert answer.headers["x-total"] == "3"


async def test_any_include_retried_shows_retried_bridges(
    maintainer: httpx.AsyncClient,
) -> None:
    await maintainer.post(f"/projects/1/jobs/{examples.BRIDGE}/retry")
    path = f"/projects/1/pipelines/{examples.MANUAL_PIPELINE}/bridges"
    assert len((await maintainer.get(path)).json()) == 3
    assert len((await maintainer.get(f"{path}?include_retried=false")).json()) == 4
    scoped = (await maintainer.get(f"{path}?scope=manual")).json()
    assert [one["id"] for one in scoped] == [examples.MANUAL_BRIDGE]


async def test_hidden_builds_are_an_empty_list_here_and_a_refusal_there(
    outsider: httpx.AsyncClient,
) -> None:
    pipeline = (await outsider.get("/projects/4/pipelines")).json()[0]["id"]
    jobs = await outsider.get(f"/projects/4/pipelines/{pipeline}/jobs")
    bridges = await outsider.get(f"/projects/4/pipelines/{pipeline}/bridges")
    assert (jobs.status_code, jobs.json()) == (200, [])
    assert bridges.status_code == 403


@pytest.mark.parametrize("suffix", ["", "/jobs", "/bridges"])
async def test_missing_pipelines_are_not_found(reporter: httpx.AsyncClient, suffix: str) -> None:
    answer = await reporter.get(f"/projects/1/pipelines/9{suffix}")
    assert (answer.status_code, answer.json()) == (404, {"message": "404 Not found"})
    answer = await reporter.get(f"/projects/1/pipelines/nine{suffix}")
    assert (answer.status_code, answer.json()) == (400, {"error": "pipeline_id is invalid"})


async def test_a_commit_by_sha_beginning_branch_and_tag(
    demo: DemoGitLab, reporter: httpx.AsyncClient
) -> None:
    head = demo.project(1).heads["main"].sha
    tag = next(ref for ref in demo.project(1).heads if ref.startswith("v4"))
    path = "/projects/1/repository/commits"
    for name in (head, head.upper(), head[:8], "main"):
        commit = (await reporter.get(f"{path}/{name}")).json()
        assert commit["id"] == head
    assert commit["stats"]["total"] == commit["stats"]["additions"] + commit["stats"]["deletions"]
    assert commit["project_id"] == 1
    assert commit["status"] == commit["last_pipeline"]["status"]
    assert sorted(commit["last_pipeline"]) == sorted(PIPELINE_KEYS)
    assert (await reporter.get(f"{path}/{tag}")).json()["id"] == demo.project(1).heads[tag].sha
    assert "stats" not in (await reporter.get(f"{path}/main?stats=false")).json()
    branch = await reporter.get(f"{path}/{'fix/time-zones'.replace('/', '%2F')}")
    assert branch.status_code == 200


@pytest.mark.parametrize("name", ["nowhere", "0" * 40, "abc"])
async def test_a_missing_commit_is_named_so(reporter: httpx.AsyncClient, name: str) -> None:
    answer = await reporter.get(f"/projects/1/repository/commits/{name}")
    assert (answer.status_code, answer.json()) == (404, {"message": "404 Commit Not Found"})


async def test_a_commit_without_pipeline_has_no_status(
    demo: DemoGitLab, reporter: httpx.AsyncClient
) -> None:
    first = next(iter(demo.project(1).commits))
    commit = (await reporter.get(f"/projects/1/repository/commits/{first}")).json()
    assert (commit["status"], commit["last_pipeline"], commit["parent_ids"]) == (None, None, [])


async def test_the_message_of_a_commit_ends_in_its_trailers(
    demo: DemoGitLab, reporter: httpx.AsyncClient
) -> None:
    sha = next(one.sha for one in demo.project(1).commits.values() if one.trailers)
    commit = (await reporter.get(f"/projects/1/repository/commits/{sha}")).json()
    assert commit["message"].startswith(commit["title"] + "\n\n")
    for key, value in commit["trailers"].items():
        assert f"\n{key}: {value}\n" in commit["message"]
        assert commit["extended_trailers"][key] == [value]
