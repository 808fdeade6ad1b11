"""Positions in an answer: where a value goes, and where null lands when it fails."""

from __future__ import annotations

from typing import Any, NamedTuple

from graphql import FieldNode, GraphQLError, located_error

from gateway.errors import rule_for
from gateway.execution.engine import Steps

# Plain tuples, for they are made for each object of an answer.

Path = tuple[Any, str | int] | None  # the parent's path, and the last step

Bound = tuple[Any, str | int, Path]  # container, key and path of a nullable position

# Where a value goes, container[key], its path, and where null lands when it fails: None means on
# all of `data`.
Slot = tuple[Any, str | int, Path, Bound | None]


class Listed(NamedTuple):
    """A list on its way into the answer."""

    values: list[Any] | tuple[Any, ...]
    items: list[Any]
    slot: Slot


def steps_of(path: Path) -> Steps:
    """The path from the root of the answer."""
    steps: list[str | int] = []
    while path is not None:
        path, step = path
        steps.append(step)
    return tuple(steps[::-1])


def located(raw: BaseException, nodes: list[FieldNode], path: Path) -> GraphQLError:
    """The error with its place in the document and in the answer.

    Where it needs no line in the log its traceback is dropped. That would hold the frames, and
    they the error: ten thousand of them were for the garbage collector to find.
    """
    error = raw if isinstance(raw, Exception) else RuntimeError(str(raw))
    if rule_for(error) is not None:
        error.__traceback__ = None
    return located_error(error, nodes, list(steps_of(path)))
