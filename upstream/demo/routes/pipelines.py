"""Reading pipelines, their jobs and their bridges."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from upstream.demo import paging
from upstream.demo.answers import Answer, forbidden, json_answer
from upstream.demo.entities.jobs import bridge, build
from upstream.demo.entities.pipelines import pipeline_full, pipeline_listed
from upstream.demo.params import boolean, choice, choices, moment, number_in_path, text
from upstream.demo.records import Bridge, Build, Pipeline
from upstream.demo.routing import Context, Login, Route, find_pipeline
from upstream.demo.statuses import ACTIVE, COMPLETED, STATUSES

ORDERS = ("id", "status", "ref", "updated_at", "user_id")
SCOPES = ("running", "pending", "finished", "branches", "tags")
CHILD = "parent_pipeline"

Filter = Callable[[Pipeline], bool]


def list_pipelines(context: Context) -> Answer:
    """Child pipelines only come where `source` asks for them."""
    params = context.params
    paging.check(params)
    filters = _filters(params)
    order = choice(params, "order_by", ORDERS) or "id"
    descending = (choice(params, "sort", ("asc", "desc")) or "desc") == "desc"
    project = context.project()
    rows = [one for one in project.pipelines.values() if all(test(one) for test in filters)]
    rows.sort(key=_SORT_KEYS[order], reverse=descending)
    page, headers = paging.by_offset(rows, params, context.url)
    view = context.view(project)
    return json_answer([pipeline_listed(one, view) for one in page], headers=headers)


_SORT_KEYS: dict[str, Callable[[Pipeline], Any]] = {
    "id": lambda one: one.id,
    "status": lambda one: (one.status, one.id),
    "ref": lambda one: (one.ref, one.id),
    "updated_at": lambda one: (one.updated_at, one.id),
    "user_id": lambda one: (one.user.id, one.id),
}


def _filters(params: dict[str, Any]) -> list[Filter]:
    source = text(params, "source")
    filters: list[Filter] = [lambda one: (one.source == CHILD) == (source == CHILD)]
    readers: dict[str, Callable[[Pipeline], str | None]] = {
        "source": lambda one: one.source,
        "ref": lambda one: one.ref,
        "sha": lambda one: one.commit.sha,
        "username": lambda one: one.user.username,
        "name": lambda one: one.name,
    }
    for key, reader in readers.items():
        wanted = text(params, key)
        if wanted is not None:
            filters.append(_equal(reader, wanted))
    status = choice(params, "status", STATUSES)
    if status is not None:
        filters.append(_equal(lambda one: one.status, status))
    scope = choice(params, "scope", SCOPES)
    if scope is not None:
        filters.append(_SCOPES[scope])
    if boolean(params, "yaml_errors"):
        filters.append(lambda _: False)  # none of the demo's configurations is broken
    return filters + _time_filters(params)


def _equal(reader: Callable[[Pipeline], str | None], wanted: str) -> Filter:
    return lambda one: reader(one) == wanted


_SCOPES: dict[str, Filter] = {
    "running": lambda one: one.status == "running",
    "pending": lambda one: one.status in ACTIVE - {"running"},
    "finished": lambda one: one.status in COMPLETED,
    "branches": lambda one: not one.tag,
    "tags": lambda one: one.tag,
}


def _time_filters(params: dict[str, Any]) -> list[Filter]:
    filters: list[Filter] = []
    updated_after, updated_before = (
        moment(params, "updated_after"),
        moment(params, "updated_before"),
    )
    created_after, created_before = (
        moment(params, "created_after"),
        moment(params, "created_before"),
    )
    if updated_after is not None:
        filters.append(lambda one: one.updated_at > updated_after)
    if updated_before is not None:
        filters.append(lambda one: one.updated_at < updated_before)
    if created_after is not None:
        filters.append(lambda one: one.created_at > created_after)
    if created_before is not None:
        filters.append(lambda one: one.created_at < created_before)
    return filters


def get_pipeline(context: Context) -> Answer:
    number = number_in_path(context.params, "pipeline_id")
    project = context.project()
    return json_answer(pipeline_full(find_pipeline(project, number), context.view(project)))


def list_pipeline_jobs(context: Context) -> Answer:
    """Latest attempts, newest first; a caller who may not read builds sees an empty list."""
    params = context.params
    paging.check(params)
    scope = choices(params, "scope", STATUSES)
    retried = boolean(params, "include_retried")
    number = number_in_path(params, "pipeline_id")
    project = context.project()
    pipeline = find_pipeline(project, number)
    jobs = pipeline.jobs if retried else pipeline.latest()
    rows = [
        job
        for job in reversed(jobs)
        if isinstance(job, Build) and (not scope or job.status in scope)
    ]
    if not context.caller.can_read_builds(project):
        rows = []
    page, headers = paging.by_offset(rows, {**params, "include_retried": retried}, context.url)
    view = context.view(project)
    return json_answer([build(job, view) for job in page], headers=headers)


def list_pipeline_bridges(context: Context) -> Answer:
    """`include_retried` is no parameter of this route, and any text in it counts as yes."""
    params = context.params
    paging.check(params)
    scope = choices(params, "scope", STATUSES)
    number = number_in_path(params, "pipeline_id")
    project = context.project()
    pipeline = find_pipeline(project, number)
    if not context.caller.can_read_builds(project):
        raise forbidden()
    jobs = pipeline.jobs if params.get("include_retried") else pipeline.latest()
    rows = [
        job
        for job in reversed(jobs)
        if isinstance(job, Bridge) and (not scope or job.status in scope)
    ]
    page, headers = paging.by_offset(rows, params, context.url)
    view = context.view(project)
    return json_answer([bridge(job, view) for job in page], headers=headers)


ROUTES = (
    Route("GET", "/projects/:id/pipelines", list_pipelines, Login.WRITES, job_token=True),
    Route(
        "GET", "/projects/:id/pipelines/:pipeline_id", get_pipeline, Login.WRITES, job_token=True
    ),
    Route(
        "GET",
        "/projects/:id/pipelines/:pipeline_id/jobs",
        list_pipeline_jobs,
        Login.WRITES,
        job_token=True,
    ),
    Route(
        "GET",
        "/projects/:id/pipelines/:pipeline_id/bridges",
        list_pipeline_bridges,
        Login.WRITES,
        job_token=True,
    ),
)
