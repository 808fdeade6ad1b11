"""Connections: one page of a list, as Relay has them, with `nodes` as a shortcut past the edges."""

from __future__ import annotations

import strawberry

from schema._fields import attribute
from schema._lazy import LazyBridge, LazyJob, LazyPipeline
from schema.page_info import PageInfo

_CURSOR = "Where the item stands in this very list: an `after` to go on behind it."
_EDGES = "The items, each with its cursor."
_PAGE_INFO = "Where this page stands in the list."
_TOTAL = "How many there are in all; null where GitLab does not count (above 10,000)."


@strawberry.type(description="A job in a list.")
class JobEdge:
    node: LazyJob = attribute("The job.")
    cursor: str = attribute(_CURSOR)


@strawberry.type(description="A page of jobs.")
class JobConnection:
    edges: list[JobEdge] = attribute(_EDGES)
    nodes: list[LazyJob] = attribute("The jobs, without their cursors.")
    page_info: PageInfo = attribute(_PAGE_INFO)
    total_count: int | None = attribute(
        "How many there are in all; null where GitLab does not count: a project's jobs, and "
        "anything above 10,000."
    )


@strawberry.type(description="A bridge in a list.")
class BridgeEdge:
    node: LazyBridge = attribute("The bridge.")
    cursor: str = attribute(_CURSOR)


@strawberry.type(description="A page of bridges.")
class BridgeConnection:
    edges: list[BridgeEdge] = attribute(_EDGES)
    nodes: list[LazyBridge] = attribute("The bridges, without their cursors.")
    page_info: PageInfo = attribute(_PAGE_INFO)
    total_count: int | None = attribute(_TOTAL)


@strawberry.type(description="A pipeline in a list.")
class PipelineEdge:
    node: LazyPipeline = attribute("The pipeline.")
    cursor: str = attribute(_CURSOR)


@strawberry.type(description="A page of pipelines.")
class PipelineConnection:
    edges: list[PipelineEdge] = attribute(_EDGES)
    nodes: list[LazyPipeline] = attribute("The pipelines, without their cursors.")
    page_info: PageInfo = attribute(_PAGE_INFO)
    total_count: int | None = attribute(_TOTAL)
