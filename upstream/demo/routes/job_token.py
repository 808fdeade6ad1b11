"""What a running job can learn about itself with its own token."""

from __future__ import annotations

from upstream.demo.answers import Answer, json_answer, not_found, unauthorized
from upstream.demo.entities.agents import allowed_agents
from upstream.demo.entities.jobs import build
from upstream.demo.records import Build
from upstream.demo.routing import Context, Login, Route


def get_current_job(context: Context) -> Answer:
    job = _current(context)
    return json_answer(build(job, context.view()))


def get_allowed_agents(context: Context) -> Answer:
    return json_answer(allowed_agents(_current(context)))


def _current(context: Context) -> Build:
    """Nobody is refused; another credential, though valid, belongs to no job."""
    if context.caller.job is not None:
        return context.caller.job
    if context.caller.user is None:
        raise unauthorized()
    raise not_found("Job")


ROUTES = (
    Route("GET", "/job", get_current_job, Login.JOB, job_token=True),
    Route("GET", "/job/allowed_agents", get_allowed_agents, Login.JOB, job_token=True),
)
