"""A project is a handle: naming it costs no call, its fields go where they must."""

from __future__ import annotations

from typing import Any

from resolvers.arguments import project_reference
from resolvers.context import RequestContext
from resolvers.projection import ProjectRecord

_SETTING = "ci_job_token_scope_enabled"


def project(context: RequestContext, id: str) -> ProjectRecord:
    """A handle on the project, whose name is checked here and its existence where it is used."""
    return ProjectRecord(context, project_reference(id, "id"))


async def job_token_scope(project: ProjectRecord) -> Any:
    """Whether the job token scope is limited, from a job at hand or the project's newest one."""
    if project.payload is not None and _SETTING in project.payload:
        return project.payload[_SETTING]
    settings = await project.context.project_settings.load(project.project)
    return settings.get(_SETTING)
