"""What jobs and bridges share."""

from __future__ import annotations

import strawberry

from resolvers import jobs, projection, values
from schema._fields import computed, plain
from schema._lazy import LazyCommit, LazyPipeline, LazyProject
from schema.enums import JobStatus
from schema.node import GLOBAL_ID
from schema.scalars import BigInt, DateTime
from schema.user import User


@strawberry.interface(
    description="What jobs and bridges share. `id` is global; `databaseId` is REST's `id`."
)
class CiJob:
    id: strawberry.ID = computed(lambda record: record.global_id, GLOBAL_ID)
    database_id: BigInt = plain("REST's `id`: the number in the job's URL.", key="id")
    name: str = plain("Name of the job, as in .gitlab-ci.yml.")
    status: JobStatus = plain("Where the job stands.", key="status", convert=values.status)
    stage: str = plain("Name of the stage that the job belongs to.")
    ref: str | None = plain("Branch, tag or merge request ref that the job runs for.")
    tag: bool = plain("Whether `ref` is a tag.")
    coverage: float | None = plain("Test coverage in percent, read from the log by GitLab.")
    allow_failure: bool = plain("Whether the pipeline goes on when this job fails.")
    created_at: DateTime = plain("When the job was made.")
    started_at: DateTime | None = plain("When a runner took the job up.")
    finished_at: DateTime | None = plain("When the job came to an end.")
    erased_at: DateTime | None = plain("When its log and artifacts were erased.")
    duration: float | None = plain("Seconds that the job has run; grows while it runs.")
    queued_duration: float | None = plain("Seconds that the job waited for a runner.")
    failure_reason: str | None = plain(
        "Why the job failed: script_failure, stuck_or_timeout_failure, ... An open list, hence "
        "text. Null unless the job failed."
    )
    web_url: str = plain("Address of the job's page in GitLab.")
    user: User | None = plain("Who started the job.", key="user", convert=projection.mapping)
    commit: LazyCommit | None = computed(
        jobs.commit_of, "The commit that the job runs for.", embeds="commit"
    )
    pipeline: LazyPipeline = computed(
        jobs.pipeline_of, "The pipeline that the job belongs to.", embeds="pipeline"
    )
    project: LazyProject | None = computed(
        jobs.project_handle, "The project that the job belongs to."
    )
