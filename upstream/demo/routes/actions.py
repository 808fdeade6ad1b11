"""Cancel, retry, erase and play."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from upstream.demo.actions import RefusedError, cancel_job, erase_job, play_job, retry_job
from upstream.demo.answers import (
    Answer,
    bad_request,
    forbidden,
    invalid_parameters,
    json_answer,
)
from upstream.demo.entities.jobs import bridge, bridge_as_job, build
from upstream.demo.params import boolean, number_in_path
from upstream.demo.records import AnyJob, Bridge, Project
from upstream.demo.routing import Context, Route, find_build, find_job

CREATED = 201


def post_cancel(context: Context) -> Answer:
    number = number_in_path(context.params, "job_id")
    force = boolean(context.params, "force")
    project = _updatable_project(context)
    job = find_build(project, number)
    if force and not context.caller.can_maintain(project):
        raise forbidden()
    cancel_job(context.world, job, force=force)
    return json_answer(build(job, context.view(project)), status=CREATED)


def post_retry(context: Context) -> Answer:
    """The new attempt; also of a bridge, which then looks like a job."""
    number = number_in_path(context.params, "job_id")
    project = _updatable_project(context)
    job = find_job(project, number)
    if context.params.get("inputs"):
        raise forbidden("Job inputs are not available")
    try:
        again = retry_job(context.world, job, context.caller.require_user())
    except RefusedError as refusal:
        raise forbidden(str(refusal)) from None
    return json_answer(_as_job(again, context, project), status=CREATED)


def post_erase(context: Context) -> Answer:
    number = number_in_path(context.params, "job_id")
    project = _updatable_project(context)
    job = find_build(project, number)
    if not context.caller.can_erase(job):
        raise forbidden()
    try:
        erase_job(context.world, job)
    except RefusedError as refusal:
        raise forbidden(str(refusal)) from None
    return json_answer(build(job, context.view(project)), status=CREATED)


def post_play(context: Context) -> Answer:
    """200, not 201; `job_inputs` is ignored, as long as GitLab's flag for it is off."""
    number = number_in_path(context.params, "job_id")
    variables = _variables(context.params.get("job_variables_attributes"))
    project = _updatable_project(context)
    job = find_job(project, number)
    if variables and not context.caller.can_set_variables(project):
        raise forbidden()
    try:
        played = play_job(context.world, job, context.caller.require_user(), variables)
    except RefusedError as refusal:
        raise bad_request(str(refusal)) from None
    if isinstance(played, Bridge):
        return json_answer(bridge(played, context.view(project)))
    return json_answer(_as_job(played, context, project))


def _updatable_project(context: Context) -> Project:
    project = context.project()
    if not context.caller.can_update_builds(project):
        raise forbidden()
    return project


def _as_job(job: AnyJob, context: Context, project: Project) -> dict[str, Any]:
    view = context.view(project)
    return bridge_as_job(job, view) if isinstance(job, Bridge) else build(job, view)


def _variables(given: Any) -> dict[str, str]:
    """Key and value of each variable; each must have both."""
    name = "job_variables_attributes"
    if given is None:
        return {}
    if not isinstance(given, list):
        raise invalid_parameters(f"{name} is invalid")
    problems: list[str] = []
    variables: dict[str, str] = {}
    for index, one in enumerate(given):
        if not isinstance(one, Mapping):
            raise invalid_parameters(f"{name} is invalid")
        missing = [part for part in ("key", "value") if part not in one]
        problems.extend(f"{name}[{index}][{part}] is missing" for part in missing)
        if not missing:
            variables[str(one["key"])] = str(one["value"])
    if problems:
        raise invalid_parameters(*problems)
    return variables


ROUTES = (
    Route("POST", "/projects/:id/jobs/:job_id/cancel", post_cancel),
    Route("POST", "/projects/:id/jobs/:job_id/retry", post_retry),
    Route("POST", "/projects/:id/jobs/:job_id/erase", post_erase),
    Route("POST", "/projects/:id/jobs/:job_id/play", post_play),
)
