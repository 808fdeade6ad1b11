"""A handle on a project."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry

from resolvers import commits, jobs, pipelines, projects
from resolvers.pipelines import PipelineFilter
from schema._arguments import After, First, Scope, rest_name, rest_names
from schema._fields import computed, resolved
from schema.commit import Commit
from schema.connections import JobConnection, PipelineConnection
from schema.enums import PipelineStatus
from schema.job import Job
from schema.pipeline import Pipeline
from schema.scalars import DateTime

StatusFilter = Annotated[
    PipelineStatus | None, strawberry.argument(description="Only pipelines in this state.")
]
RefFilter = Annotated[
    str | None, strawberry.argument(description="Only pipelines for this branch or tag.")
]
ShaFilter = Annotated[
    str | None, strawberry.argument(description="Only pipelines for the commit with this hash.")
]
SourceFilter = Annotated[
    str | None,
    strawberry.argument(
        description="Only pipelines started so: push, schedule, parent_pipeline, ... GitLab shows "
        "child pipelines only under parent_pipeline."
    ),
]
UsernameFilter = Annotated[
    str | None, strawberry.argument(description="Only pipelines that this user started.")
]
UpdatedAfter = Annotated[
    DateTime | None, strawberry.argument(description="Only pipelines that changed after this.")
]
UpdatedBefore = Annotated[
    DateTime | None, strawberry.argument(description="Only pipelines that changed before this.")
]
JobNumber = Annotated[
    strawberry.ID, strawberry.argument(description="The job's number, REST's `id`.")
]
PipelineNumber = Annotated[
    strawberry.ID, strawberry.argument(description="The pipeline's number, REST's `id`.")
]
Sha = Annotated[
    str, strawberry.argument(description="A commit's hash, or the name of a branch or tag.")
]


@strawberry.type(
    description="A handle on a project: naming it takes no REST call, so a project that does not "
    "exist shows in its fields."
)
class Project:
    id: strawberry.ID = computed(
        lambda project: project.project,
        "What the project was called by: its number or full path, as REST's `:id`.",
    )
    ci_job_token_scope_enabled: bool | None = computed(
        projects.job_token_scope,
        "Whether its job tokens reach only the projects on its list. GitLab tells it with each "
        "job; asked of a project by itself it takes one REST call, and is null without jobs.",
    )

    @resolved(
        JobConnection | None,
        "Its jobs, newest first; bridges are not among them. New jobs do not shift the pages.",
    )
    async def jobs(self: Any, scope: Scope = None, first: First = 20, after: After = None) -> Any:
        return await jobs.project_jobs(self.context, self.project, rest_names(scope), first, after)

    @resolved(Job | None, "The job with this number.")
    async def job(self: Any, id: JobNumber) -> Any:
        return await jobs.job(self.context, self.project, id)

    @resolved(PipelineConnection | None, "Its pipelines, newest first.")
    async def pipelines(  # noqa: PLR0913, PLR0917 - the filters of GitLab's own route
        self: Any,
        status: StatusFilter = None,
        ref: RefFilter = None,
        sha: ShaFilter = None,
        source: SourceFilter = None,
        username: UsernameFilter = None,
        updated_after: UpdatedAfter = None,
        updated_before: UpdatedBefore = None,
        first: First = 20,
        after: After = None,
    ) -> Any:
        narrowed = PipelineFilter(
            rest_name(status), ref, sha, source, username, updated_after, updated_before
        )
        return await pipelines.project_pipelines(self.context, self.project, narrowed, first, after)

    @resolved(Pipeline | None, "The pipeline with this number.")
    async def pipeline(self: Any, id: PipelineNumber) -> Any:
        return await pipelines.pipeline(self.context, self.project, id)

    @resolved(Commit | None, "The commit that a hash, branch or tag names.")
    async def commit(self: Any, sha: Sha) -> Any:
        return await commits.commit(self.context, self.project, sha)
