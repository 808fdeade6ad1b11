"""The interface of everything that has a global id."""

from __future__ import annotations

import strawberry

from schema._fields import computed

GLOBAL_ID = (
    "Global id: opaque, unique over all types, and enough to find the object again with `node`."
)


@strawberry.interface(description="An object with a global id, to be found again by `node(id:)`.")
class Node:
    id: strawberry.ID = computed(lambda record: record.global_id, GLOBAL_ID)
