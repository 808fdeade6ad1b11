from __future__ import annotations

from typing import Any

from upstream.demo.entities.pipelines import pipeline_basic
from upstream.demo.entities.view import View, timestamp_at
from upstream.demo.records import Commit, Project


def commit_basic(commit: Commit, project: Project, view: View) -> dict[str, Any]:
    email = f"{commit.author.username}@example.com"
    authored = timestamp_at(commit.authored_at, commit.utc_offset_minutes)
    committed = timestamp_at(commit.committed_at, commit.utc_offset_minutes)
    return {
        "id": commit.sha,
        "short_id": commit.sha[:8],
        "created_at": committed,
        "parent_ids": [commit.parent_sha] if commit.parent_sha else [],
        "title": commit.title,
        "message": commit.message,
        "author_name": commit.author.name,
        "author_email": email,
        "authored_date": authored,
        "committer_name": commit.author.name,
        "committer_email": email,
        "committed_date": committed,
        "trailers": commit.trailers,
        "extended_trailers": {key: [value] for key, value in commit.trailers.items()},
        "web_url": f"{view.base_url}/{project.path}/-/commit/{commit.sha}",
    }


def commit_detail(
    commit: Commit, project: Project, view: View, *, with_stats: bool = True
) -> dict[str, Any]:
    pipelines = [
        one
        for one in project.pipelines.values()
        if one.commit is commit and one.source != "parent_pipeline"
    ]
    latest = max(pipelines, key=lambda one: one.id, default=None)
    stats = {
        "additions": commit.additions,
        "deletions": commit.deletions,
        "total": commit.additions + commit.deletions,
    }
    return {
        **commit_basic(commit, project, view),
        **({"stats": stats} if with_stats else {}),
        "status": latest.status if latest else None,
        "project_id": project.id,
        "last_pipeline": pipeline_basic(latest, view) if latest else None,
    }
