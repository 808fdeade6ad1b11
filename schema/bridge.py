"""A bridge: a job that starts another pipeline."""

from __future__ import annotations

from typing import Any, ClassVar

import strawberry

from resolvers import bridges, projection
from schema._fields import computed
from schema._lazy import LazyPipeline
from schema.ci_job import CiJob
from schema.node import Node


@strawberry.type(
    description="A bridge, also called trigger job: it runs no script but starts another pipeline."
)
class Bridge(CiJob, Node):
    record: ClassVar[type[projection.Record]] = projection.BridgeRecord

    downstream_pipeline: LazyPipeline | None = computed(
        bridges.downstream_pipeline,
        "The pipeline that it started, most often in another project; null before it has.",
        embeds="downstream_pipeline",
    )

    @classmethod
    def is_type_of(cls, source: Any, _info: Any) -> bool:
        return isinstance(source, cls.record)
