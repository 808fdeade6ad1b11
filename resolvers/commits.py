"""Commits: read by sha, branch or tag; immutable once their sha is known."""

from __future__ import annotations

from typing import Any

from resolvers.arguments import project_reference
from resolvers.context import RequestContext
from resolvers.errors import BadUserInput
from resolvers.ids import GlobalId
from resolvers.projection import CommitRecord, PipelineRecord, embedded


async def commit(context: RequestContext, project: str, sha: str) -> CommitRecord:
    """The commit that a sha, branch or tag of the project names."""
    if not sha.strip():
        raise BadUserInput("sha: empty; give a commit's sha, or the name of a branch or tag")
    payload = await context.commits.load((project, sha))
    return CommitRecord(context, payload, project, complete=True)


async def commit_by_global_id(context: RequestContext, commit_id: GlobalId) -> CommitRecord:
    return await commit(context, project_reference(commit_id.project), commit_id.number)


def last_pipeline(commit: CommitRecord) -> Any:
    """The newest pipeline that ran for this commit."""
    return embedded(
        commit,
        "last_pipeline",
        lambda payload: PipelineRecord(commit.context, payload, commit.project),
    )
