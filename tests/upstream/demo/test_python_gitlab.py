"""A client that nobody here wrote: python-gitlab, unchanged, over a real port.

It is held before the demo GitLab itself, and before the gateway that hands its calls on.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import gitlab
import pytest
from gitlab.v4.objects import Project

from gateway.app import create_app
from gateway.settings import read_settings
from tests.support.serving import serve
from upstream.demo import (
    MAINTAINER_TOKEN,
    OUTSIDER_TOKEN,
    REPORTER_TOKEN,
    DemoGitLab,
    ManualClock,
    examples,
)

Result = TypeVar("Result")
Session = Callable[[Project], Result]


@contextmanager
def logged_in(base: str, **credential: Any) -> Iterator[gitlab.Gitlab]:
    client = gitlab.Gitlab(base, **credential)
    client.session.trust_env = False
    try:
        yield client
    finally:
        client.session.close()


@pytest.fixture(params=["gitlab", "gateway"])
async def base(demo: DemoGitLab, request: pytest.FixtureRequest) -> AsyncIterator[str]:
    async with serve(demo.app) as url:
        if request.param == "gitlab":
            yield url
            return
        async with serve(create_app(read_settings({"GITLAB_URL": url}))) as gateway:
            yield gateway


async def run(
    base: str,
    session: Session[Result],
    token: str = MAINTAINER_TOKEN,
    project: int | str = "demo/shop",
) -> Result:
    """Do `session` with a project in a thread of its own; the client blocks."""

    def work() -> Result:
        with logged_in(base, private_token=token) as client:
            return session(client.projects.get(project, lazy=True))

    return await asyncio.to_thread(work)


async def test_lists_and_gets(base: str) -> None:
    def session(project: Project) -> None:
        job = project.jobs.get(examples.FINISHED_JOB)
        assert (job.name, job.status) == ("compile", "success")
        assert job.artifacts_file["filename"] == "artifacts.zip"
        failed = project.jobs.list(scope=["failed", "canceled"], per_page=5, get_all=False)
        assert {one.status for one in failed} <= {"failed", "canceled"}
        assert len(failed) == 5
        user = project.manager.gitlab.http_get("/user")
        assert isinstance(user, dict)
        assert user["username"] == "mia"

    await run(base, session)


async def test_all_jobs_by_offset_and_by_keyset(demo: DemoGitLab, base: str) -> None:
    demo.seed_jobs(1, 130)

    def session(project: Project) -> tuple[list[int], list[int]]:
        by_offset = [job.id for job in project.jobs.list(iterator=True, per_page=100)]
        by_keyset = [
            job.id
            for job in project.jobs.list(
                iterator=True, per_page=50, pagination="keyset", order_by="id", sort="desc"
            )
        ]
        return by_offset, by_keyset

    by_offset, by_keyset = await run(base, session)
    assert by_offset == by_keyset == sorted(demo.project(1).builds, reverse=True)


async def test_totals_where_gitlab_counts(base: str) -> None:
    def session(project: Project) -> tuple[int | None, int | None]:
        jobs = project.jobs.list(iterator=True)
        pipelines = project.pipelines.list(iterator=True)
        return jobs.total, pipelines.total

    total_jobs, total_pipelines = await run(base, session)
    assert total_jobs is None
    assert total_pipelines is not None
    assert total_pipelines >= 30


async def test_logs(base: str) -> None:
    def session(project: Project) -> tuple[bytes, bytes]:
        job = project.jobs.get(examples.FINISHED_JOB)
        pieces: list[bytes] = []
        job.trace(streamed=True, action=pieces.append)
        whole = job.trace()
        assert isinstance(whole, bytes)
        return whole, b"".join(pieces)

    whole, pieces = await run(base, session)
    assert whole == pieces
    assert b"section_start:" in whole


async def test_cancel_retry_erase_play(clock: ManualClock, demo: DemoGitLab, base: str) -> None:
    def session(project: Project) -> int:
        running = project.jobs.get(examples.RUNNING_JOB)
        assert running.cancel()["status"] == "canceling"
        again = project.jobs.get(examples.FAILED_JOB).retry()
        assert again["id"] > examples.FAILED_JOB
        finished = project.jobs.get(examples.FINISHED_JOB)
        finished.keep_artifacts()
        archive = finished.artifacts()
        assert isinstance(archive, bytes)
        assert archive.startswith(b"PK")
        finished.erase()
        finished.refresh()
        assert finished.erased_at is not None
        with pytest.raises(gitlab.exceptions.GitlabJobEraseError, match="Job is not erasable!"):
            finished.erase()
        manual = project.jobs.get(examples.MANUAL_JOB)
        manual.play()
        manual.refresh()
        assert manual.status == "pending"
        with pytest.raises(gitlab.exceptions.GitlabJobPlayError, match="Unplayable Job"):
            manual.play()
        return int(again["id"])

    again = await run(base, session)
    clock.advance(120)
    assert demo.job(1, examples.RUNNING_JOB).status == "canceled"
    assert demo.job(1, examples.MANUAL_JOB).status == "success"
    assert demo.job(1, again).finished_at is not None


async def test_pipelines_with_their_jobs_and_bridges(base: str) -> None:
    def session(project: Project) -> None:
        pipeline = project.pipelines.get(examples.MANUAL_PIPELINE)
        assert (pipeline.name, pipeline.user["username"]) == ("Release 4.2", "mia")
        assert len(pipeline.jobs.list(get_all=True)) == 11
        bridges = {one.id: one for one in pipeline.bridges.list(get_all=True)}
        downstream = bridges[examples.BRIDGE].downstream_pipeline
        assert downstream["project_id"] == 2
        failed = project.pipelines.get(examples.FAILED_PIPELINE)
        retried = failed.jobs.list(include_retried=True, get_all=True)
        assert examples.RETRIED_JOB in {job.id for job in retried}
        listed = project.pipelines.list(status="failed", per_page=1, get_all=False)
        assert listed[0].status == "failed"

    await run(base, session)


async def test_a_commit_with_its_last_pipeline(base: str) -> None:
    def session(project: Project) -> None:
        commit = project.commits.get("main")
        assert commit.last_pipeline["sha"] == commit.id
        assert commit.stats["total"] >= 1

    await run(base, session)


async def test_refusals_become_its_exceptions(base: str) -> None:
    def session(project: Project) -> None:
        job = project.jobs.get(examples.RUNNING_JOB)
        with pytest.raises(gitlab.exceptions.GitlabJobCancelError) as refused:
            job.cancel()
        assert refused.value.response_code == 403
        with pytest.raises(gitlab.exceptions.GitlabGetError, match="404 Not found") as missing:
            project.jobs.get(examples.BRIDGE)
        assert missing.value.response_code == 404
        with pytest.raises(gitlab.exceptions.GitlabListError, match="scope does not have"):
            project.jobs.list(scope="UNKNOWN", get_all=False)

    await run(base, session, REPORTER_TOKEN)


async def test_hidden_and_public_projects(base: str) -> None:
    def hidden(project: Project) -> None:
        with pytest.raises(gitlab.exceptions.GitlabListError, match="404 Project Not Found"):
            project.jobs.list(get_all=False)

    def public(project: Project) -> int:
        return int(project.jobs.list(get_all=False, per_page=1)[0].id)

    await run(base, hidden, OUTSIDER_TOKEN)
    assert await run(base, public, OUTSIDER_TOKEN, 3) > 2**33


async def test_a_wrong_token_and_a_bearer(base: str) -> None:
    def wrong(project: Project) -> None:
        with pytest.raises(gitlab.exceptions.GitlabAuthenticationError, match="401 Unauthorized"):
            project.jobs.list(get_all=False)

    def bearer() -> str:
        with logged_in(base, oauth_token=REPORTER_TOKEN) as client:
            return str(client.projects.get("demo/shop").path_with_namespace)

    await run(base, wrong, "nonsense")
    assert await asyncio.to_thread(bearer) == "demo/shop"


async def test_the_job_of_a_job_token(demo: DemoGitLab, base: str) -> None:
    def session() -> int:
        token = demo.job_token(examples.RUNNING_JOB)
        with logged_in(base, job_token=token) as client:
            job = client.http_get("/job")
            assert isinstance(job, dict)
            return int(job["id"])

    assert await asyncio.to_thread(session) == examples.RUNNING_JOB


async def test_a_moved_project_is_followed_by_get(base: str) -> None:
    def session(project: Project) -> str:
        return str(project.jobs.get(examples.FINISHED_JOB).name)

    assert await run(base, session, project="demo/old-shop") == "compile"
