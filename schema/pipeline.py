"""A pipeline."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import strawberry

from resolvers import bridges, pipelines, projection, values
from schema._arguments import After, First, Scope, rest_names
from schema._fields import computed, plain, resolved
from schema.commit import Commit
from schema.connections import BridgeConnection, JobConnection
from schema.detailed_status import DetailedStatus
from schema.enums import PipelineStatus
from schema.node import Node
from schema.scalars import BigInt, DateTime
from schema.user import User

IncludeRetried = Annotated[
    bool | None,
    strawberry.argument(description="Whether to show attempts that were retried since, too."),
]


@strawberry.type(
    description="A pipeline. Inside a job and in a list it comes in a short form; the first field "
    "beyond that form takes one REST call, shared by all such fields."
)
class Pipeline(Node):
    record: ClassVar[type[projection.Record]] = projection.PipelineRecord

    database_id: BigInt = plain("REST's `id`.", key="id")
    iid: int | None = plain("Number of the pipeline within its project.")
    project_id: BigInt | None = plain("Number of its project.")
    sha: str = plain("Hash of the commit that it runs for.")
    ref: str | None = plain("Branch, tag or merge request ref that it runs for.")
    status: PipelineStatus = plain(
        "Where the pipeline stands.", key="status", convert=values.status
    )
    source: str | None = plain(
        "What started it: push, web, schedule, ... An open list, hence text."
    )
    created_at: DateTime | None = plain("When it was made.")
    updated_at: DateTime | None = plain("When it last changed.")
    web_url: str | None = plain("Address of its page in GitLab.")
    name: str | None = plain("Its name, where the project's CI configuration gives it one.")
    before_sha: str | None = plain("Hash of what the ref pointed to before the push.")
    tag: bool | None = plain("Whether `ref` is a tag.")
    yaml_errors: str | None = plain("What is wrong with the CI configuration.")
    user: User | None = plain("Who started it.", key="user", convert=projection.mapping)
    started_at: DateTime | None = plain("When its first job started.")
    finished_at: DateTime | None = plain("When its last job came to an end.")
    committed_at: DateTime | None = plain("When its commit was made, as far as GitLab knows.")
    duration: float | None = plain("Seconds that its jobs ran, overlaps counted once.")
    queued_duration: float | None = plain("Seconds until its first job started.")
    coverage: float | None = plain(
        "Test coverage in percent over its jobs. REST sends it as text.",
        key="coverage",
        convert=values.number_from_text,
    )
    detailed_status: DetailedStatus | None = plain(
        "Its status as GitLab's pages show it.",
        key="detailed_status",
        convert=projection.mapping,
    )
    archived: bool | None = plain("Whether it is too old for its jobs to be retried or played.")
    commit: Commit | None = computed(
        pipelines.commit_of,
        "The commit that it runs for. All but its `sha` takes one REST call.",
        reads="sha",
    )

    @resolved(JobConnection | None, "Its jobs, newest first; bridges are not among them.")
    async def jobs(
        self: Any,
        scope: Scope = None,
        include_retried: IncludeRetried = False,
        first: First = 20,
        after: After = None,
    ) -> Any:
        return await pipelines.pipeline_jobs(self, rest_names(scope), include_retried, first, after)

    @resolved(BridgeConnection | None, "Its bridges: the jobs that start other pipelines.")
    async def bridges(
        self: Any, scope: Scope = None, first: First = 20, after: After = None
    ) -> Any:
        return await bridges.pipeline_bridges(self, rest_names(scope), first, after)

    @classmethod
    def is_type_of(cls, source: Any, _info: Any) -> bool:
        return isinstance(source, cls.record)
