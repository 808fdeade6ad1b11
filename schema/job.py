"""A job of a pipeline."""

from __future__ import annotations

from typing import Any, ClassVar

import strawberry

from resolvers import job_logs, projection, values
from schema._fields import computed, plain
from schema.artifact import Artifact
from schema.artifact_file import ArtifactFile
from schema.ci_job import CiJob
from schema.job_log import JobLog
from schema.node import Node
from schema.runner import Runner
from schema.runner_manager import RunnerManager
from schema.scalars import DateTime


@strawberry.type(description="A job: a script that a runner runs for a pipeline.")
class Job(CiJob, Node):
    record: ClassVar[type[projection.Record]] = projection.JobRecord

    artifacts: list[Artifact] = plain(
        "Every file that the job left with GitLab: archive, log, reports.",
        key="artifacts",
        convert=projection.mappings,
    )
    artifacts_file: ArtifactFile | None = plain(
        "The archive among the artifacts; null when the job left none.",
        key="artifacts_file",
        convert=projection.mapping,
    )
    artifacts_expire_at: DateTime | None = plain("When GitLab removes the artifacts.")
    archived: bool | None = plain("Whether the job is too old to be retried or played.")
    tag_list: list[str] = plain(
        "Tags that a runner must have to take this job.", key="tag_list", convert=values.items
    )
    runner: Runner | None = plain(
        "The runner that took the job up.", key="runner", convert=projection.mapping
    )
    runner_manager: RunnerManager | None = plain(
        "The machine of that runner which ran the job.",
        key="runner_manager",
        convert=projection.mapping,
    )
    log: JobLog | None = computed(
        job_logs.log_of, "The job's log, REST's /trace. Null when the job has none."
    )

    @classmethod
    def is_type_of(cls, source: Any, _info: Any) -> bool:
        return isinstance(source, cls.record)
