"""How fields are declared, so that a type reads like GitLab's own table of keys.

A plain field's Python name *is* the REST key, which `resolvers.projection.read` looks up. Where
the key or its form differs, `plain` says so; `computed` names the function of the record that
gives the value. Both leave a note in the field's metadata for whoever executes without Strawberry.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import strawberry

from resolvers.context import RequestContext
from resolvers.projection import read, reader

Info = strawberry.Info[RequestContext, None]
NOTE = "jobs_gateway"


@dataclass(frozen=True, slots=True)
class Plain:
    """The value under a REST key of the payload, converted where REST's form differs.

    `key` None means the field's own Python name.
    """

    key: str | None
    convert: Callable[[Any], Any] | None


@dataclass(frozen=True, slots=True)
class Computed:
    """A function of the record alone; its answer may be awaitable.

    `embeds` is the REST key whose value is the payload of the object that it makes, `reads` the
    key of another value that it needs.
    """

    function: Callable[[Any], Any]
    embeds: str | None = None
    reads: str | None = None


def plain(
    description: str,
    *,
    key: str | None = None,
    convert: Callable[[Any], Any] | None = None,
    deprecated: str | None = None,
) -> Any:
    """A field read from the payload; `Any`, so that the class may annotate it with its type."""
    metadata = {NOTE: Plain(key, convert)}
    if key is None and convert is None:
        return strawberry.field(
            description=description, metadata=metadata, deprecation_reason=deprecated
        )
    return _named_by_annotation(description, metadata, key, convert)


def _named_by_annotation(
    description: str,
    metadata: dict[str, Any],
    key: str | None,
    convert: Callable[[Any], Any] | None,
) -> Any:
    if key is None:
        raise TypeError("a converted field needs its key")
    return strawberry.field(
        resolver=_on_root(reader(key, convert)), description=description, metadata=metadata
    )


def computed(
    function: Callable[[Any], Any],
    description: str,
    *,
    embeds: str | None = None,
    reads: str | None = None,
) -> Any:
    """A field that is a function of the record; its annotation gives its type."""
    return strawberry.field(
        resolver=_on_root(function),
        description=description,
        metadata={NOTE: Computed(function, embeds, reads)},
    )


def attribute(description: str) -> Any:
    """A field read from an attribute of a Python object rather than from a payload."""
    return strawberry.field(description=description)


def resolved(graphql_type: Any, description: str) -> Callable[[Callable[..., Any]], Any]:
    """Decorates a method with arguments, which hands on to `resolvers`; `self` is the record."""

    def decorate(method: Callable[..., Any]) -> Any:
        return strawberry.field(resolver=method, graphql_type=graphql_type, description=description)

    return decorate


def argument(annotation: Any, description: str) -> Any:
    """An argument's type with its description."""
    return Annotated[annotation, strawberry.argument(description=description)]


def _on_root(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    # Strawberry takes a parameter named root for the source, and any other for a GraphQL argument.
    def resolve(root: Any) -> Any:
        return function(root)

    return resolve


__all__ = [
    "NOTE",
    "Computed",
    "Info",
    "Plain",
    "argument",
    "attribute",
    "computed",
    "plain",
    "read",
    "resolved",
]
