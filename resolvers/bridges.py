"""Bridges: trigger jobs, which GitLab lists by pipeline and never shows alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from resolvers.arguments import project_reference, status_scope
from resolvers.context import RequestContext
from resolvers.ids import GlobalId
from resolvers.jobs import DEFAULT_FIRST
from resolvers.pagination import Binding, Connection, offset_connection, window
from resolvers.projection import BridgeRecord, PipelineRecord, Record, embedded, project_of
from upstream.endpoints import pipelines
from upstream.errors import NotFound
from upstream.paging import OffsetPage


async def pipeline_bridges(
    pipeline: PipelineRecord, scope: Sequence[str] | None, first: int | None, after: str | None
) -> Connection:
    """The bridges of a pipeline, over offset pages."""
    context, project, number = pipeline.context, pipeline.project, pipeline.number
    statuses = status_scope(scope)

    async def fetch(page: int, per_page: int) -> OffsetPage:
        return await context.call(
            pipelines.list_pipeline_bridges,
            project,
            number,
            scope=statuses,
            page=page,
            per_page=per_page,
        )

    return await offset_connection(
        fetch,
        lambda payload: BridgeRecord(context, payload, project),
        pipeline_bridges_binding(project, number, statuses),
        first=await window(context, first, default=DEFAULT_FIRST),
        after=after,
        page_size=context.limits.page_size,
    )


def pipeline_bridges_binding(project: str, number: int, statuses: tuple[str, ...]) -> Binding:
    """What the cursors of these bridges belong to; a position is an index in the list."""
    return Binding("Pipeline.bridges", project, number, statuses)


async def bridge_by_global_id(context: RequestContext, bridge_id: GlobalId) -> BridgeRecord:
    """A bridge, found in the list of its pipeline, since GitLab answers 404 to a bridge's id."""
    project = project_reference(bridge_id.project)
    bridges = await context.bridges.load((project, int(bridge_id.pipeline)))
    payload = bridges.get(int(bridge_id.number))
    if payload is None:
        raise NotFound("404 Not found: this pipeline has no such bridge", status=404)
    return BridgeRecord(context, payload, project)


def downstream_pipeline(bridge: Record) -> Any:
    """The pipeline that the bridge started, most often in another project."""
    return embedded(
        bridge,
        "downstream_pipeline",
        lambda payload: PipelineRecord(
            bridge.context, payload, project_of(payload, bridge.project)
        ),
    )
