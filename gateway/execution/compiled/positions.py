"""Positions in an answer: where a value goes, and where null lands when it fails."""

from __future__ import annotations

from typing import Any, NamedTuple

from graphql import FieldNode, GraphQLError, located_error

Path = tuple[Any, str | int] | None  # the parent's path, and the last step


class Bound(NamedTuple):
    container: Any
    key: str | int
    path: Path


class Slot(NamedTuple):
    """Where a value goes: `container[key]`, at `path`, failing to `bound` (None: all of `data`)."""

    container: Any
    key: str | int
    path: Path
    bound: Bound | None


def located(raw: BaseException, nodes: list[FieldNode], path: Path) -> GraphQLError:
    """The error with its place in the document and in the answer."""
    steps: list[str | int] = []
    while path is not None:
        path, step = path
        steps.append(step)
    error = raw if isinstance(raw, Exception) else RuntimeError(str(raw))
    return located_error(error, nodes, steps[::-1])
