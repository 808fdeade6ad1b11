"""Where queries begin."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry

from resolvers import agents, jobs, nodes, pipelines, projects
from schema._arguments import ProjectId
from schema._fields import Info, resolved
from schema.allowed_agents import AllowedAgents
from schema.job import Job
from schema.node import Node
from schema.pipeline import Pipeline
from schema.project import Project

NodeId = Annotated[
    strawberry.ID, strawberry.argument(description="A global id, from an object's `id`.")
]
NodeIds = Annotated[
    list[strawberry.ID], strawberry.argument(description="Global ids, from objects' `id`.")
]
ProjectName = Annotated[
    strawberry.ID,
    strawberry.argument(description="The project's number or full path, as REST's `:id`."),
]
JobId = Annotated[
    strawberry.ID,
    strawberry.argument(
        description="REST's number together with `projectId`, or a global id alone."
    ),
]
PipelineId = Annotated[
    strawberry.ID,
    strawberry.argument(
        description="REST's number together with `projectId`, or a global id alone."
    ),
]


@strawberry.type(description="Where queries begin.")
class Query:
    @resolved(Node | None, "Any object by its global id.")
    async def node(self: Any, info: Info, id: NodeId) -> Any:
        return await nodes.node(info.context, id)

    @resolved(list[Node | None], "Many objects by their global ids, in the order of the ids.")
    def nodes(self: Any, info: Info, ids: NodeIds) -> Any:
        return nodes.nodes(info.context, ids)

    @resolved(Project, "A handle on a project; naming it takes no REST call.")
    def project(self: Any, info: Info, id: ProjectName) -> Any:
        return projects.project(info.context, id)

    @resolved(Job | None, "A job by project and number, or by its global id.")
    async def job(self: Any, info: Info, id: JobId, project_id: ProjectId = None) -> Any:
        return await jobs.job(info.context, project_id, id)

    @resolved(Pipeline | None, "A pipeline by project and number, or by its global id.")
    async def pipeline(self: Any, info: Info, id: PipelineId, project_id: ProjectId = None) -> Any:
        return await pipelines.pipeline(info.context, project_id, id)

    @resolved(Job | None, "The job that the caller's job token belongs to: REST's GET /job.")
    async def current_job(self: Any, info: Info) -> Any:
        return await jobs.current_job(info.context)

    @resolved(
        AllowedAgents | None,
        "The agents that the caller's job token may use: REST's GET /job/allowed_agents.",
    )
    async def allowed_agents(self: Any, info: Info) -> Any:
        return await agents.allowed_agents(info.context)
