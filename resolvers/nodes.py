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
    _check_count(context, ids, "ids")
    return [node(context, global_id) for global_id in ids]


async def entity(context: RequestContext, reference: Any) -> Record:
    """The object that another subgraph refers to by its type and global id."""
    named = reference if isinstance(reference, dict) else {}
    type_name, text = named.get("__typename"), named.get("id")
    if not (isinstance(type_name, str) and isinstance(text, str)):
        raise BadUserInput("representations: each is an object with `__typename` and `id` as text")
    global_id = require_global_id(text)
    if global_id.type_name != type_name:
        raise BadUserInput(
            f"id: this global id names a {global_id.type_name}, not what `__typename` says"
        )
    return await _BY_TYPE[global_id.type_name](context, global_id)


def entities(context: RequestContext, references: Sequence[Any]) -> list[Any]:
    """The objects of other subgraphs' references, in their order; each fails alone."""
    _check_count(context, references, "representations")
    return [entity(context, reference) for reference in references]


def _check_count(context: RequestContext, given: Sequence[Any], argument: str) -> None:
    maximum = context.limits.connection_items
    if len(given) > maximum:
        raise BadUserInput(
            f"{argument}: {len(given)} {argument} are too many; at most {maximum} at once"
        )
