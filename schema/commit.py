"""A commit."""

from __future__ import annotations

from typing import Any, ClassVar

import strawberry

from resolvers import commits, projection
from schema._fields import computed, plain
from schema._lazy import LazyPipeline
from schema.commit_stats import CommitStats
from schema.node import Node
from schema.scalars import JSON, BigInt, DateTime


@strawberry.type(
    description="A commit. Inside a job it comes without stats, status, project and last pipeline; "
    "the first of these that is asked for takes one REST call."
)
class Commit(Node):
    record: ClassVar[type[projection.Record]] = projection.CommitRecord

    sha: str = plain("REST's `id`: the full hash.", key="id")
    short_id: str = plain("The first characters of the hash.")
    title: str = plain("First line of the message.")
    message: str | None = plain("The whole message.")
    author_name: str | None = plain("Who wrote the change.")
    author_email: str | None = plain("Address of who wrote the change.")
    authored_date: DateTime | None = plain("When the change was written, with that place's offset.")
    committer_name: str | None = plain("Who put the change into the repository.")
    committer_email: str | None = plain("Address of who put the change into the repository.")
    committed_date: DateTime | None = plain("When the change was put into the repository.")
    created_at: DateTime = plain("The same as `committedDate`.")
    parent_ids: list[str] | None = plain("Hashes of the commits before; two or more for a merge.")
    trailers: JSON | None = plain("Trailers of the message, such as Changelog, by name.")
    extended_trailers: JSON | None = plain("Trailers by name, each with all its values.")
    web_url: str | None = plain("Address of the commit's page in GitLab.")
    stats: CommitStats | None = plain(
        "How many lines changed.", key="stats", convert=projection.mapping
    )
    status: str | None = plain("Status of the newest pipeline for this commit.")
    project_id: BigInt | None = plain("Number of the project that the commit was read from.")
    last_pipeline: LazyPipeline | None = computed(
        commits.last_pipeline, "The newest pipeline for this commit.", embeds="last_pipeline"
    )

    @classmethod
    def is_type_of(cls, source: Any, _info: Any) -> bool:
        return isinstance(source, cls.record)
