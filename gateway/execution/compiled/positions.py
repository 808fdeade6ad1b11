"""Positions in an answer: where a value goes, and where null lands when it fails."""

from __future__ import annotations

from typing import Any

from graphql import FieldNode, GraphQLError, located_error

from gateway.execution.engine import Steps

# Plain tuples, for they are made for each object of an answer.

Path = tuple[Any, str | int] | None  # the parent's path, and the last step

Bound = tuple[Any, str | int, Path]  # container, key and path of a nullable position

# Where a value goes, container[key], its path, and where null lands when it fails: None means on
# all of `data`.
Slot = tuple[Any, str | int, Path, Bound | None]


def steps_of(path: Path) -> Steps:
    """The path from the root of the answer."""
    steps: list[str | int] = []
    while path is not None:
        path, step = path
        steps.append(step)
    return tuple(steps[::-1])


def located(raw: BaseException, nodes: list[FieldNode], path: Path) -> GraphQLError:
    """The error with its place in the document and in the answer."""
    error = raw if isinstance(raw, Exception) else RuntimeError(str(raw))
    return located_error(error, nodes, list(steps_of(path)))
