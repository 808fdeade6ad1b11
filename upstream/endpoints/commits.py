"""Commits: GET /projects/:id/repository/commits/:sha (doc/api/commits.md, lib/api/commits.rb)."""

from __future__ import annotations

from typing import Any

from upstream.client import Upstream
from upstream.credentials import Credential
from upstream.endpoints.answers import one
from upstream.urls import project_segment, sha_segment

COMMIT = "/projects/:id/repository/commits/:sha"


async def get_commit(
    upstream: Upstream, credential: Credential | None, project: str, sha: str
) -> dict[str, Any]:
    """One commit with its stats; `sha` may be the name of a branch or tag."""
    path = f"/projects/{project_segment(project)}/repository/commits/{sha_segment(sha)}"
    return one(await upstream.get(COMMIT, path, credential))
