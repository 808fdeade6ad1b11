"""What executes an operation, seen from the server: engines stand behind one protocol."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Protocol

from graphql import GraphQLError

from gateway.execution.operation import Operation
from upstream.turns import turns

Steps = tuple[str | int, ...]  # a path in the answer, from its root

ERRORS_AT_A_TIME = 200  # are put in order, and told of, without a pause
LONG_LIST = 50  # items; longer ones are encoded piece by piece in a long answer

# Where a list stands in the answer (an object and a key, a list and an index), and the list.
LongList = tuple[Any, Any, list[Any]]


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
    root came out as null has `data: null`. `items` counts those of all lists, where it is known.
    `long_lists` are the lists that were made for this answer alone, an outer one before those in
    it: a long answer is encoded, and freed, piece by piece.
    """

    data: dict[str, Any] | None
    errors: tuple[GraphQLError, ...] = ()
    started: bool = True
    items: int = 0
    long_lists: Sequence[LongList] = ()


class Engine(Protocol):
    async def execute(self, operation: Operation, context: Any) -> ExecutionResult:
        """Never raises for what a resolver raised: that is an error in the result."""
        ...


def in_order(errors: Iterable[GraphQLError]) -> tuple[GraphQLError, ...]:
    """Errors as the document has their fields, then by list index.

    Resolvers finish in any order; without this the same answer could come out differently twice.
    """
    return tuple(sorted(errors, key=_position))


async def accounted(landed: Iterable[tuple[Steps, GraphQLError]]) -> tuple[GraphQLError, ...]:
    """Errors in order, each with the position of the null that it led to; one for each null.

    An error below a position where another one's null landed accounts for nothing that the answer
    shows, and whether it was still told would hang on which of them came first.
    """
    errors = dict(reversed(list(landed)))  # of two at one position, the first counts
    found = list(errors.items())
    ordered: list[tuple[Any, GraphQLError]] = []
    for start in range(0, len(found), ERRORS_AT_A_TIME):
        if start:
            await turns().mine()
        ordered += [
            (_position(error), error)
            for steps, error in found[start : start + ERRORS_AT_A_TIME]
            if not any(steps[:depth] in errors for depth in range(len(steps)))
        ]
        ordered.sort(key=itemgetter(0))  # no more than a merge: what was there is in order
    return tuple(error for _, error in ordered)


def _position(error: GraphQLError) -> tuple[int, list[tuple[int, str]], str]:
    start = next(iter(error.positions or ()), -1)
    # An index and a name never stand at the same place of two comparable paths, but sorting must
    # not fail where fragments make that happen.
    path = [(part, "") if isinstance(part, int) else (-1, part) for part in error.path or ()]
    return start, path, error.message
