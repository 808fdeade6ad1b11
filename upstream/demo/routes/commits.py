"""One commit."""

from __future__ import annotations

from upstream.demo.answers import Answer, json_answer, not_found
from upstream.demo.entities.commits import commit_detail
from upstream.demo.params import boolean
from upstream.demo.repository import find_commit
from upstream.demo.routing import Context, Login, Route


def get_commit(context: Context) -> Answer:
    """By sha, the beginning of one, or the name of a branch or tag."""
    with_stats = boolean(context.params, "stats", default=True)
    project = context.project()
    commit = find_commit(project, str(context.params["sha"]))
    if commit is None:
        raise not_found("Commit")
    return json_answer(commit_detail(commit, project, context.view(project), with_stats=with_stats))


ROUTES = (Route("GET", "/projects/:id/repository/commits/:sha", get_commit, Login.WRITES),)
