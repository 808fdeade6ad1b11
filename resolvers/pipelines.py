"""What a pipeline's fields do, and the pipelines of a project."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from resolvers.arguments import project_reference, status_scope
from resolvers.context import RequestContext
from resolvers.ids import GlobalId, locate
from resolvers.jobs import DEFAULT_FIRST
from resolvers.pagination import Binding, Connection, offset_connection, window
from resolvers.projection import CommitRecord, JobRecord, PipelineRecord, Record, embedded_text
from upstream.endpoints import pipelines
from upstream.paging import OffsetPage


@dataclass(frozen=True, slots=True)
class PipelineFilter:
    """What narrows a project's pipelines down; None leaves a filter out."""

    status: str | None = None
    ref: str | None = None
    sha: str | None = None
    source: str | None = None
    username: str | None = None
    updated_after: str | None = None
    updated_before: str | None = None


async def pipeline(context: RequestContext, project_id: str | None, id: str) -> PipelineRecord:
    """The pipeline that `projectId` and `id` name, or a global id alone."""
    return await pipeline_by_global_id(context, locate(project_id, id, "Pipeline"))


async def pipeline_by_global_id(context: RequestContext, pipeline_id: GlobalId) -> PipelineRecord:
    project = project_reference(pipeline_id.project)
    payload = await context.pipelines.load((project, int(pipeline_id.number)))
    return PipelineRecord(context, payload, project, complete=True)


async def project_pipelines(
    context: RequestContext,
    project: str,
    narrowed: PipelineFilter,
    first: int | None,
    after: str | None,
) -> Connection:
    """The pipelines of a project, newest first, over offset pages."""
    if narrowed.status is not None:
        status_scope((narrowed.status,), "status")
    filters = {field.name: getattr(narrowed, field.name) for field in fields(narrowed)}

    async def fetch(page: int, per_page: int) -> OffsetPage:
        return await context.call(
            pipelines.list_pipelines, project, **filters, page=page, per_page=per_page
        )

    return await offset_connection(
        fetch,
        lambda payload: PipelineRecord(context, payload, project),
        project_pipelines_binding(project, narrowed),
        first=await window(context, first, default=DEFAULT_FIRST),
        after=after,
        page_size=context.limits.page_size,
    )


async def pipeline_jobs(
    pipeline: PipelineRecord,
    scope: Sequence[str] | None,
    include_retried: bool | None,  # noqa: FBT001 - an argument of the API
    first: int | None,
    after: str | None,
) -> Connection:
    """The jobs of a pipeline, newest first, over offset pages."""
    context, project, number = pipeline.context, pipeline.project, pipeline.number
    statuses, retried = status_scope(scope), bool(include_retried)

    async def fetch(page: int, per_page: int) -> OffsetPage:
        return await context.call(
            pipelines.list_pipeline_jobs,
            project,
            number,
            scope=statuses,
            include_retried=retried,
            page=page,
            per_page=per_page,
        )

    return await offset_connection(
        fetch,
        lambda payload: JobRecord(context, payload, project),
        pipeline_jobs_binding(project, number, statuses, retried=retried),
        first=await window(context, first, default=DEFAULT_FIRST),
        after=after,
        page_size=context.limits.page_size,
    )


def project_pipelines_binding(project: str, narrowed: PipelineFilter) -> Binding:
    """What the cursors of these pipelines belong to; a position is an index in the list."""
    filters = (getattr(narrowed, field.name) for field in fields(narrowed))
    return Binding("Project.pipelines", project, *filters)


def pipeline_jobs_binding(
    project: str, number: int, statuses: tuple[str, ...], *, retried: bool
) -> Binding:
    """What the cursors of these jobs belong to; a position is an index in the list."""
    return Binding("Pipeline.jobs", project, number, statuses, retried)


def commit_of(pipeline: Record) -> Any:
    """The commit that a pipeline ran for: REST gives its sha, and the rest takes one call."""

    def commit(sha: str) -> CommitRecord:
        return CommitRecord(
            pipeline.context, {"id": sha}, pipeline.project, known_project=pipeline.project_id
        )

    return embedded_text(pipeline, "sha", commit)
