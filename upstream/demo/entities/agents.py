from __future__ import annotations

from typing import Any

from upstream.demo.entities.view import timestamp
from upstream.demo.records import Build, Project, Role

_AGENTS: tuple[tuple[int, dict[str, str]], ...] = ((51, {}), (52, {"default_namespace": "review"}))
_GROUP_ID = 60
_TIERS = {"production": "production", "staging": "staging"}


def allowed_agents(job: Build) -> dict[str, Any]:
    """Agents that the job may talk to; `environment` only where the job deploys."""
    project = job.pipeline.project
    role = project.members.get(job.user.id, Role.GUEST)
    roles = [one.name.lower() for one in Role if one <= role]
    payload: dict[str, Any] = {
        "allowed_agents": [
            {
                "id": number,
                "config_project": _identity(project),
                **({"configuration": configuration} if configuration else {}),
            }
            for number, configuration in _AGENTS
        ],
        "job": {"id": job.id},
        "pipeline": {"id": job.pipeline.id},
        "project": {"id": project.id, "groups": [{"id": _GROUP_ID}]},
        "user": {"id": job.user.id, "username": job.user.username, "roles_in_project": roles},
    }
    environment = job.spec.environment
    if environment is not None:
        tier = _TIERS.get(environment, "development")
        payload["environment"] = {"tier": tier, "slug": environment}
    return payload


def _identity(project: Project) -> dict[str, Any]:
    group = project.path.rsplit("/", 1)[0]
    return {
        "id": project.id,
        "description": project.description,
        "name": project.name,
        "name_with_namespace": f"{group.replace('/', ' / ')} / {project.name}",
        "path": project.path.rsplit("/", 1)[-1],
        "path_with_namespace": project.path,
        "created_at": timestamp(project.created_at),
    }
