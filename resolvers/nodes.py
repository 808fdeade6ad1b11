"""Any object by its global id; many at once load in parallel, each with its own error."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from resolvers.bridges import bridge_by_global_id
from resolvers.commits import commit_by_global_id
from resolvers.context import RequestContext
from resolvers.errors import BadUserInput
from resolvers.ids import GlobalId, TypeName, require_global_id
from resolvers.jobs import job_by_global_id
from resolvers.pipelines import pipeline_by_global_id
from resolvers.projection import Record

_BY_TYPE: dict[TypeName, Callable[[RequestContext, GlobalId], Awaitable[Record]]] = {
    "Job": job_by_global_id,
    "Bridge": bridge_by_global_id,
    "Pipeline": pipeline_by_global_id,
    "Commit": commit_by_global_id,
}


async def node(context: RequestContext, id: str) -> Record:
    """The object that a global id names."""
    global_id = require_global_id(id)
    return await _BY_TYPE[global_id.type_name](context, global_id)


def nodes(context: RequestContext, ids: Sequence[str]) -> list[Any]:
    """The objects that global ids name, in their order; a failure nulls its own place only."""
    maximum = context.limits.connection_items
    if len(ids) > maximum:
        raise BadUserInput(f"ids: {len(ids)} ids are too many; at most {maximum} at once")
    return [node(context, global_id) for global_id in ids]
