"""What GET /job/allowed_agents answers."""

from __future__ import annotations

import strawberry

from resolvers import projection
from schema._fields import plain
from schema.allowed_agent import AllowedAgent
from schema.allowed_agents_environment import AllowedAgentsEnvironment
from schema.allowed_agents_job import AllowedAgentsJob
from schema.allowed_agents_pipeline import AllowedAgentsPipeline
from schema.allowed_agents_project import AllowedAgentsProject
from schema.allowed_agents_user import AllowedAgentsUser


@strawberry.type(
    description="The agents that the job of a job token may use, and whom it runs as. Newer GitLab "
    "tells less of job, pipeline, project and user than older did."
)
class AllowedAgents:
    allowed_agents: list[AllowedAgent] = plain(
        "The agents.", key="allowed_agents", convert=projection.mappings
    )
    job: AllowedAgentsJob | None = plain("The job.", key="job", convert=projection.mapping)
    pipeline: AllowedAgentsPipeline | None = plain(
        "Its pipeline.", key="pipeline", convert=projection.mapping
    )
    project: AllowedAgentsProject | None = plain(
        "Its project.", key="project", convert=projection.mapping
    )
    user: AllowedAgentsUser | None = plain(
        "Whom it runs as.", key="user", convert=projection.mapping
    )
    environment: AllowedAgentsEnvironment | None = plain(
        "Where it deploys to; null when nowhere.", key="environment", convert=projection.mapping
    )
