"""Reading jobs: shapes, filters, logs."""

from __future__ import annotations

import httpx
import pytest

from tests.upstream.demo.conftest import Connect
from upstream.demo import DemoGitLab, ManualClock, examples
from upstream.demo.statuses import STATUSES

BASIC_KEYS = [
    "id",
    "status",
    "stage",
    "name",
    "ref",
    "tag",
    "coverage",
    "allow_failure",
    "created_at",
    "started_at",
    "finished_at",
    "erased_at",
    "duration",
    "queued_duration",
    "user",
    "commit",
    "pipeline",
    "web_url",
    "project",
]
JOB_KEYS = [
    *BASIC_KEYS,
    *["artifacts", "runner", "runner_manager", "artifacts_expire_at", "archived", "tag_list"],
]
USER_KEYS = [
    "id",
    "username",
    "public_email",
    "name",
    "state",
    "locked",
    "avatar_url",
    "web_url",
    "created_at",
    "bio",
    "location",
    "linkedin",
    "twitter",
    "discord",
    "website_url",
    "github",
    "job_title",
    "pronouns",
    "organization",
    "bot",
    "work_information",
    "followers",
    "following",
    "is_followed",
    "local_time",
]
COMMIT_KEYS = [
    "id",
    "short_id",
    "created_at",
    "parent_ids",
    "title",
    "message",
    "author_name",
    "author_email",
    "authored_date",
    "committer_name",
    "committer_email",
    "committed_date",
    "trailers",
    "extended_trailers",
    "web_url",
]
PIPELINE_KEYS = [
    "id",
    "iid",
    "project_id",
    "sha",
    "ref",
    "status",
    "source",
    "created_at",
    "updated_at",
    "web_url",
]
RUNNER_KEYS = [
    "id",
    "description",
    "ip_address",
    "active",
    "paused",
    "is_shared",
    "runner_type",
    "name",
    "online",
    "created_at",
    "status",
    "job_execution_status",
]
MANAGER_KEYS = [
    "id",
    "system_id",
    "version",
    "revision",
    "platform",
    "architecture",
    "created_at",
    "contacted_at",
    "ip_address",
    "status",
    "job_execution_status",
]


async def test_a_finished_job_has_every_key_of_gitlab(reporter: httpx.AsyncClient) -> None:
    job = (await reporter.get(f"/projects/1/jobs/{examples.FINISHED_JOB}")).json()
    assert sorted(job) == sorted([*JOB_KEYS, "artifacts_file"])
    assert sorted(job["user"]) == sorted(USER_KEYS)
    assert sorted(job["commit"]) == sorted(COMMIT_KEYS)
    assert sorted(job["pipeline"]) == sorted(PIPELINE_KEYS)
    assert sorted(job["runner"]) == sorted(RUNNER_KEYS)
    assert sorted(job["runner_manager"]) == sorted(MANAGER_KEYS)
    assert job["artifacts_file"] == {
        "filename": "artifacts.zip",
        "size": job["artifacts"][0]["size"],
    }
    assert [one["file_type"] for one in job["artifacts"]] == ["archive", "metadata", "trace"]
    assert job["tag_list"] == sorted(job["tag_list"])
    assert isinstance(job["duration"], float)


async def test_only_maintainers_see_who_made_the_runner(
    maintainer: httpx.AsyncClient, developer: httpx.AsyncClient
) -> None:
    path = f"/projects/1/jobs/{examples.FINISHED_JOB}"
    assert "created_by" in (await maintainer.get(path)).json()["runner"]
    assert "created_by" not in (await developer.get(path)).json()["runner"]


async def test_failure_reason_is_a_key_of_failed_jobs_alone(reporter: httpx.AsyncClient) -> None:
    jobs = (await reporter.get("/projects/1/jobs?per_page=100")).json()
    assert {job["status"] for job in jobs} >= {"failed", "success", "skipped"}
    for job in jobs:
        assert ("failure_reason" in job) == (job["status"] == "failed")


async def test_artifacts_file_needs_an_archive(reporter: httpx.AsyncClient) -> None:
    for job in (await reporter.get("/projects/1/jobs?per_page=100")).json():
        archives = [one for one in job["artifacts"] if one["file_type"] == "archive"]
        assert ("artifacts_file" in job) == bool(archives)


async def test_the_list_of_a_project_holds_no_bridges(
    demo: DemoGitLab, reporter: httpx.AsyncClient
) -> None:
    jobs = (await reporter.get("/projects/1/jobs?per_page=100")).json()
    bridges = demo.project(1).bridges
    assert bridges
    assert not {job["id"] for job in jobs} & bridges.keys()
    assert [job["id"] for job in jobs] == sorted((job["id"] for job in jobs), reverse=True)


@pytest.mark.parametrize("suffix", ["", "/trace"])
async def test_a_bridge_is_not_found_by_its_id(reporter: httpx.AsyncClient, suffix: str) -> None:
    answer = await reporter.get(f"/projects/1/jobs/{examples.BRIDGE}{suffix}")
    assert (answer.status_code, answer.json()) == (404, {"message": "404 Not found"})


@pytest.mark.parametrize(
    "query", ["scope=failed", "scope[]=failed", "scope[0]=failed", "scope[]=failed&scope[]=failed"]
)
async def test_scope_comes_as_text_list_or_mapping(reporter: httpx.AsyncClient, query: str) -> None:
    jobs = (await reporter.get(f"/projects/1/jobs?{query}")).json()
    assert {job["status"] for job in jobs} == {"failed"}


@pytest.mark.parametrize("status", STATUSES)
async def test_every_status_is_a_scope(
    demo: DemoGitLab, reporter: httpx.AsyncClient, status: str
) -> None:
    number = demo.new_job(1, status=status)
    jobs = (await reporter.get("/projects/1/jobs", params={"scope[]": status})).json()
    assert jobs[0]["id"] == number
    assert jobs[0]["status"] == status


@pytest.mark.parametrize("query", ["scope=UNKNOWN", "scope[]=failed&scope[]=done", "scope="])
async def test_an_unknown_scope_is_refused(reporter: httpx.AsyncClient, query: str) -> None:
    answer = await reporter.get(f"/projects/1/jobs?{query}")
    assert answer.status_code == 400
    assert answer.json() == {"error": "scope does not have a valid value"}


async def test_jobs_can_be_filtered_by_ref(reporter: httpx.AsyncClient) -> None:
    jobs = (await reporter.get("/projects/1/jobs?ref=main&per_page=100")).json()
    assert {job["ref"] for job in jobs} == {"main"}
    assert (await reporter.get("/projects/1/jobs?ref=nowhere")).json() == []


async def test_ids_of_the_website_have_outgrown_32_bits(outsider: httpx.AsyncClient) -> None:
    job = (await outsider.get("/projects/demo%2Fwebsite/jobs?per_page=1")).json()[0]
    assert job["id"] > 2**33
    assert (await outsider.get(f"/projects/3/jobs/{job['id']}")).json()["id"] == job["id"]


async def test_a_running_job_gets_longer_and_so_does_its_log(
    clock: ManualClock, reporter: httpx.AsyncClient
) -> None:
    path = f"/projects/1/jobs/{examples.RUNNING_JOB}"
    before, log = (await reporter.get(path)).json(), (await reporter.get(f"{path}/trace")).content
    clock.advance(10.0)
    after, longer = (await reporter.get(path)).json(), (await reporter.get(f"{path}/trace")).content
    assert after["duration"] == pytest.approx(before["duration"] + 10.0)
    assert after["finished_at"] is None
    assert longer.startswith(log)
    assert len(longer) > len(log)


async def test_a_log_is_plain_text_with_its_size_in_the_payload(
    reporter: httpx.AsyncClient,
) -> None:
    path = f"/projects/1/jobs/{examples.FINISHED_JOB}"
    log = await reporter.get(f"{path}/trace")
    assert log.headers["content-type"].startswith("text/plain")
    disposition = f'infile; filename="{examples.FINISHED_JOB}.log"'
    assert log.headers["content-disposition"] == disposition
    trace = (await reporter.get(path)).json()["artifacts"][-1]
    assert trace == {
        "file_type": "trace",
        "size": len(log.content),
        "filename": "job.log",
        "file_format": None,
    }


async def test_a_job_without_a_log_answers_with_nothing(reporter: httpx.AsyncClient) -> None:
    answer = await reporter.get(f"/projects/1/jobs/{examples.CREATED_JOB}/trace")
    assert (answer.status_code, answer.content) == (200, b"")


async def test_a_log_can_be_replaced_by_bytes_or_by_pieces(
    demo: DemoGitLab, reporter: httpx.AsyncClient
) -> None:
    number = demo.new_job(1)
    demo.set_log(1, number, b"one\xff\n")
    assert (await reporter.get(f"/projects/1/jobs/{number}/trace")).content == b"one\xff\n"
    demo.set_log(1, number, lambda: (b"%d\n" % line for line in range(1000)))
    answer = await reporter.get(f"/projects/1/jobs/{number}/trace")
    assert answer.content.splitlines()[-1] == b"999"
    assert "content-length" not in answer.headers
    size = (await reporter.get(f"/projects/1/jobs/{number}")).json()["artifacts"][0]["size"]
    assert size == len(answer.content)


async def test_a_head_request_has_headers_and_no_body(reporter: httpx.AsyncClient) -> None:
    answer = await reporter.head("/projects/1/jobs")
    assert answer.status_code == 200
    assert answer.headers["x-page"] == "1"
    assert answer.content == b""


async def test_builds_hidden_from_guests(connect: Connect, outsider: httpx.AsyncClient) -> None:
    """The vault's code is public, its builds are not."""
    answer = await outsider.get("/projects/4/jobs")
    assert (answer.status_code, answer.json()) == (403, {"message": "403 Forbidden"})
    guest = connect(private_token="demo-developer")
    assert (await guest.get("/projects/4/jobs/41")).status_code == 403
    assert (await guest.get("/projects/4/jobs/41/trace")).status_code == 403
    assert (await guest.get("/projects/4/jobs/41/artifacts")).status_code == 403
