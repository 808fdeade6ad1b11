"""Pipelines, their jobs and their bridges (doc/api/pipelines.md, lib/api/ci/pipelines.rb)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from upstream.client import Upstream
from upstream.credentials import Credential
from upstream.endpoints.answers import many, one
from upstream.paging import OffsetPage, offset_page
from upstream.urls import number_segment, project_segment

PIPELINES = "/projects/:id/pipelines"
PIPELINE = "/projects/:id/pipelines/:pipeline_id"

Params = list[tuple[str, str]]


async def get_pipeline(
    upstream: Upstream, credential: Credential | None, project: str, pipeline: int
) -> dict[str, Any]:
    """One pipeline, with all its keys."""
    return one(await upstream.get(PIPELINE, _path(project, pipeline), credential))


async def list_pipelines(  # noqa: PLR0913 - the filters of GitLab's own route
    upstream: Upstream,
    credential: Credential | None,
    project: str,
    *,
    status: str | None = None,
    ref: str | None = None,
    sha: str | None = None,
    source: str | None = None,
    username: str | None = None,
    updated_after: str | None = None,
    updated_before: str | None = None,
    page: int = 1,
    per_page: int,
) -> OffsetPage:
    """A page of a project's pipelines, newest first; child pipelines only by their source."""
    filters = {
        "status": status,
        "ref": ref,
        "sha": sha,
        "source": source,
        "username": username,
        "updated_after": updated_after,
        "updated_before": updated_before,
    }
    params = [(name, value) for name, value in filters.items() if value is not None]
    path = f"/projects/{project_segment(project)}/pipelines"
    return await _page(upstream, credential, PIPELINES, path, params, page, per_page)


async def list_pipeline_jobs(
    upstream: Upstream,
    credential: Credential | None,
    project: str,
    pipeline: int,
    *,
    scope: Sequence[str] = (),
    include_retried: bool = False,
    page: int = 1,
    per_page: int,
) -> OffsetPage:
    """A page of a pipeline's jobs, ids going down; bridges are not among them."""
    params = [("scope[]", status) for status in scope]
    if include_retried:
        params.append(("include_retried", "true"))
    path = f"{_path(project, pipeline)}/jobs"
    return await _page(upstream, credential, f"{PIPELINE}/jobs", path, params, page, per_page)


async def list_pipeline_bridges(
    upstream: Upstream,
    credential: Credential | None,
    project: str,
    pipeline: int,
    *,
    scope: Sequence[str] = (),
    page: int = 1,
    per_page: int,
) -> OffsetPage:
    """A page of a pipeline's bridges.

    include_retried is never sent: on this route GitLab takes even `false` for true.
    """
    params = [("scope[]", status) for status in scope]
    path = f"{_path(project, pipeline)}/bridges"
    return await _page(upstream, credential, f"{PIPELINE}/bridges", path, params, page, per_page)


async def _page(
    upstream: Upstream,
    credential: Credential | None,
    route: str,
    path: str,
    params: Params,
    page: int,
    per_page: int,
) -> OffsetPage:
    paging = [("page", str(page)), ("per_page", str(per_page))]
    answer = await upstream.get(route, path, credential, [*params, *paging])
    return offset_page(many(answer), answer.headers, page, per_page)


def _path(project: str, pipeline: int) -> str:
    number = number_segment(pipeline, "pipeline")
    return f"/projects/{project_segment(project)}/pipelines/{number}"
