"""The few routes that clients call to find out where and who they are."""

from __future__ import annotations

from upstream.demo.answers import Answer, json_answer
from upstream.demo.entities.users import user_full
from upstream.demo.entities.view import timestamp
from upstream.demo.routing import Context, Login, Route

VERSION = "18.9.0"


def get_version(_: Context) -> Answer:
    return json_answer({"version": VERSION, "revision": "demo"})


def get_user(context: Context) -> Answer:
    user = context.caller.user
    return json_answer(user_full(user, context.view()) if user else None)


def get_project(context: Context) -> Answer:
    project = context.project()
    return json_answer(
        {
            "id": project.id,
            "description": project.description,
            "name": project.name,
            "path": project.path.rsplit("/", 1)[-1],
            "path_with_namespace": project.path,
            "created_at": timestamp(project.created_at),
            "default_branch": "main",
            "visibility": project.visibility,
            "web_url": f"{context.base_url}/{project.path}",
        }
    )


ROUTES = (
    Route("GET", "/version", get_version),
    Route("GET", "/user", get_user),
    Route("GET", "/projects/:id", get_project, Login.WRITES),
)
