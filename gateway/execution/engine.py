"""What executes an operation, seen from the server: engines stand behind one protocol."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from graphql import GraphQLError

from gateway.execution.operation import Operation

_NO_DATA = object()


class UnfitValueError(Exception):
    """A value from GitLab that the field's scalar or enum cannot stand for."""

    def __init__(self, type_name: str, value: Any) -> None:
        super().__init__(f"a value does not fit {type_name}")
        self.type_name = type_name
        self.value = value


@dataclass(frozen=True, slots=True)
class ExecutionResult:
    """`started` is false where the operation was refused before its first field.

    The specification tells the two apart: a refused operation has no `data` at all, one whose
    root came out as null has `data: null`. `items` counts those of all lists, where it is known:
    a long answer is encoded piece by piece.
    """

    data: dict[str, Any] | None
    errors: tuple[GraphQLError, ...] = ()
    started: bool = True
    items: int = 0


class Engine(Protocol):
    async def execute(self, operation: Operation, context: Any) -> ExecutionResult:
        """Never raises for what a resolver raised: that is an error in the result."""
        ...


def in_order(errors: Iterable[GraphQLError], data: Any = _NO_DATA) -> tuple[GraphQLError, ...]:
    """Errors as the document has their fields, then by list index; one for each null in `data`.

    Resolvers finish in any order; without this the same answer could come out differently twice.
    When several fields of one object fail and null lands on it, the specification leaves open
    which of them is told: it is the first in the document among those that were.
    """
    landed: set[tuple[str | int, ...]] = set()
    kept: list[GraphQLError] = []
    for error in sorted(errors, key=_position):
        known = data is not _NO_DATA and error.path is not None
        place = _landing(data, error.path or ()) if known else None
        if place is None or place not in landed:
            kept.append(error)
        if place is not None:
            landed.add(place)
    return tuple(kept)


def _landing(data: Any, path: Collection[str | int]) -> tuple[str | int, ...]:
    """Where in the answer the null stands that an error at `path` led to."""
    steps = tuple(path)
    here = data
    for depth, step in enumerate(steps):
        if here is None:
            return steps[:depth]
        here = here[step]
    return steps


def _position(error: GraphQLError) -> tuple[int, list[tuple[int, str]], str]:
    start = next(iter(error.positions or ()), -1)
    # An index and a name never stand at the same place of two comparable paths, but sorting must
    # not fail where fragments make that happen.
    path = [(part, "") if isinstance(part, int) else (-1, part) for part in error.path or ()]
    return start, path, error.message
