"""Reading jobs: the list of a project, one job, its log."""

from __future__ import annotations

from upstream.demo import paging
from upstream.demo.answers import TEXT_TYPE, Answer, forbidden, json_answer
from upstream.demo.entities.jobs import build
from upstream.demo.logs import read
from upstream.demo.params import choices, number_in_path
from upstream.demo.records import Build, Project
from upstream.demo.routing import Context, Route, find_build
from upstream.demo.statuses import STATUSES


def list_project_jobs(context: Context) -> Answer:
    """Builds only, newest first, never counted; by keyset where asked for."""
    paging.check(context.params)
    scope = choices(context.params, "scope", STATUSES)
    project = _readable_project(context)
    ref = context.params.get("ref")
    rows = [
        job
        for job in reversed(project.builds.values())
        if (not scope or job.status in scope) and (not ref or job.pipeline.ref == ref)
    ]
    page, headers = _page(rows, context)
    view = context.view(project)
    return json_answer([build(job, view) for job in page], headers=headers)


def _page(rows: list[Build], context: Context) -> tuple[list[Build], dict[str, str]]:
    if context.params.get("pagination") == "keyset":
        page, headers = paging.by_keyset(rows, context.params, context.url)
    else:
        page, headers = paging.by_offset(rows, context.params, context.url, counted=False)
    return list(page), headers


def get_job(context: Context) -> Answer:
    number = number_in_path(context.params, "job_id")
    project = _readable_project(context)
    return json_answer(build(find_build(project, number), context.view(project)))


def get_trace(context: Context) -> Answer:
    """The log so far; empty where there is none."""
    number = number_in_path(context.params, "job_id")
    job = find_build(_readable_project(context), number)
    return Answer(
        body=read(context.world, job),
        headers={"content-disposition": f'infile; filename="{job.id}.log"'},
        content_type=TEXT_TYPE,
    )


def _readable_project(context: Context) -> Project:
    project = context.project()
    if not context.caller.can_read_builds(project):
        raise forbidden()
    return project


ROUTES = (
    Route("GET", "/projects/:id/jobs", list_project_jobs, job_token=True),
    Route("GET", "/projects/:id/jobs/:job_id", get_job),
    Route("GET", "/projects/:id/jobs/:job_id/trace", get_trace),
)
