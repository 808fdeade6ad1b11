"""What a job's fields do, and the jobs of a project."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from resolvers.arguments import project_reference, status_scope
from resolvers.context import RequestContext
from resolvers.ids import GlobalId, locate
from resolvers.pagination import Binding, Connection, keyset_connection, window
from resolvers.projection import (
    CommitRecord,
    JobRecord,
    PipelineRecord,
    ProjectRecord,
    Record,
    embedded,
    project_of,
)
from upstream.endpoints import job_token, jobs
from upstream.paging import KeysetPage

DEFAULT_FIRST = 20  # GitLab's own default for per_page


async def job(context: RequestContext, project_id: str | None, id: str) -> JobRecord:
    """The job that `projectId` and `id` name, or a global id alone."""
    return await job_by_global_id(context, locate(project_id, id, "Job"))


async def job_by_global_id(context: RequestContext, job_id: GlobalId) -> JobRecord:
    project = project_reference(job_id.project)
    key = (project, int(job_id.number))
    if job_id.pipeline:
        payload = await context.jobs.load_from(int(job_id.pipeline), key)
    else:
        payload = await context.jobs.load(key)
    return JobRecord(context, payload, project, complete=True)


async def current_job(context: RequestContext) -> JobRecord:
    """The job that the caller's job token belongs to."""
    payload = await context.call(job_token.get_current_job)
    # Follow-up calls need a project, which only the embedded pipeline names.
    project = project_of(payload.get("pipeline"), "")
    return JobRecord(context, payload, project, complete=not project)


async def project_jobs(
    context: RequestContext,
    project: str,
    scope: Sequence[str] | None,
    first: int | None,
    after: str | None,
) -> Connection:
    """The jobs of a project, newest first, over keyset pages."""
    statuses = status_scope(scope)

    async def fetch(per_page: int, cursor: str | None) -> KeysetPage:
        return await context.call(
            jobs.list_project_jobs,
            project,
            scope=statuses,
            per_page=per_page,
            cursor=cursor,
        )

    return await keyset_connection(
        fetch,
        lambda payload: JobRecord(context, payload, project),
        project_jobs_binding(project, statuses),
        first=await window(context, first, default=DEFAULT_FIRST),
        after=after,
        page_size=context.limits.page_size,
    )


def project_jobs_binding(project: str, statuses: tuple[str, ...]) -> Binding:
    """What the cursors of these jobs belong to; a position is a job's number."""
    return Binding("Project.jobs", project, statuses)


def commit_of(job: Record) -> Any:
    """The commit of a job or bridge."""
    return embedded(
        job,
        "commit",
        lambda payload: CommitRecord(
            job.context, payload, job.project, known_project=job.project_id
        ),
    )


def pipeline_of(job: Record) -> Any:
    """The pipeline of a job or bridge; it lies in the same project."""
    return embedded(
        job, "pipeline", lambda payload: PipelineRecord(job.context, payload, job.project)
    )


def project_handle(job: Record) -> ProjectRecord | None:
    """The project of a job or bridge, with what the payload tells of it; None if it is unknown."""
    if not job.project:
        return None
    payload = job.payload.get("project")
    return ProjectRecord(job.context, job.project, payload if isinstance(payload, dict) else None)
