"""Jobs by project: GET and POST /projects/:id/jobs… (doc/api/jobs.md, lib/api/ci/jobs.rb)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from upstream.client import Upstream
from upstream.credentials import Credential
from upstream.endpoints import older_gitlab
from upstream.endpoints.answers import many, one
from upstream.errors import MethodNotAllowed
from upstream.paging import KeysetPage, OffsetPage, keyset_page, offset_page
from upstream.urls import number_segment, project_segment

JOBS = "/projects/:id/jobs"
JOB = "/projects/:id/jobs/:job_id"

MAX_PER_PAGE = 100  # GitLab's documented maximum; its keyset path does not clamp


async def list_project_jobs(
    upstream: Upstream,
    credential: Credential | None,
    project: str,
    *,
    scope: Sequence[str] = (),
    per_page: int,
    cursor: str | None = None,
) -> KeysetPage:
    """A page of a project's jobs, ids going down, over keyset pagination (GitLab 15.9).

    An older GitLab gives pages by offset, out of which the same jobs are taken.
    """
    filters = [("scope[]", status) for status in scope]
    path = f"/projects/{project_segment(project)}/jobs"
    per_page = min(per_page, MAX_PER_PAGE)

    async def by_offset(page: int, per_page: int) -> OffsetPage:
        params = [*filters, ("page", str(page)), ("per_page", str(per_page))]
        answer = await upstream.get(JOBS, path, credential, params)
        return offset_page(many(answer), answer.headers, page, per_page)

    place = older_gitlab.Place.of(cursor)
    if place.page is not None:
        return await older_gitlab.page_after(place, by_offset, per_page)
    keyset = [("pagination", "keyset"), ("order_by", "id"), ("sort", "desc")]
    keyset.append(("per_page", str(per_page)))
    if cursor is not None:
        keyset.append(("cursor", cursor))
    try:
        answer = await upstream.get(JOBS, path, credential, [*filters, *keyset])
    except MethodNotAllowed as error:
        if not older_gitlab.has_no_keyset(error):
            raise
        return await older_gitlab.page_after(place, by_offset, per_page)
    if older_gitlab.pages_by_offset(answer.headers):
        first = offset_page(many(answer), answer.headers, 1, per_page)
        return await older_gitlab.page_after(place, by_offset, per_page, first)
    return keyset_page(many(answer), answer.headers, cursor)


async def get_job(
    upstream: Upstream, credential: Credential | None, project: str, job: int
) -> dict[str, Any]:
    """One job; GitLab answers 404 to the id of a bridge."""
    return one(await upstream.get(JOB, job_path(project, job), credential))


def is_at_hand(upstream: Upstream, credential: Credential | None, project: str, job: int) -> bool:
    """Whether `get_job` takes no call of its own now."""
    return upstream.is_at_hand(job_path(project, job), credential)


async def cancel_job(
    upstream: Upstream,
    credential: Credential | None,
    project: str,
    job: int,
    *,
    force: bool | None = None,
) -> dict[str, Any]:
    """The job after the attempt: 201 also where nothing could be canceled."""
    body = None if force is None else {"force": force}
    return await _act(upstream, credential, project, job, "cancel", body)


async def retry_job(
    upstream: Upstream,
    credential: Credential | None,
    project: str,
    job: int,
    *,
    inputs: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The new attempt, with a new id; a bridge comes back in a job's shape."""
    body = None if inputs is None else {"inputs": dict(inputs)}
    return await _act(upstream, credential, project, job, "retry", body)


async def erase_job(
    upstream: Upstream, credential: Credential | None, project: str, job: int
) -> dict[str, Any]:
    """The job without its log and artifacts."""
    return await _act(upstream, credential, project, job, "erase", None)


async def play_job(
    upstream: Upstream,
    credential: Credential | None,
    project: str,
    job: int,
    *,
    variables: Sequence[Mapping[str, str]] = (),
    inputs: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The job or bridge, started; a finished one gives a new attempt with a new id."""
    body: dict[str, Any] = {}
    if variables:
        body["job_variables_attributes"] = [dict(variable) for variable in variables]
    if inputs is not None:
        body["job_inputs"] = dict(inputs)
    return await _act(upstream, credential, project, job, "play", body or None)


def job_path(project: str, job: int) -> str:
    return f"/projects/{project_segment(project)}/jobs/{number_segment(job, 'job')}"


async def _act(
    upstream: Upstream,
    credential: Credential | None,
    project: str,
    job: int,
    verb: str,
    body: Mapping[str, Any] | None,
) -> dict[str, Any]:
    path = f"{job_path(project, job)}/{verb}"
    return one(await upstream.post(f"{JOB}/{verb}", path, credential, body))
