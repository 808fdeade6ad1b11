"""The schema as an Apollo Federation 2 subgraph: entities found by their global id.

https://www.apollographql.com/docs/graphos/reference/federation/subgraph-spec
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import strawberry
from strawberry.federation import Schema as FederationSchema
from strawberry.federation.schema import FederationAny
from strawberry.federation.schema_directives import Key
from strawberry.federation.types import FieldSet
from strawberry.printer import print_schema
from strawberry.schema.config import StrawberryConfig
from strawberry.types.base import get_object_definition

from resolvers import nodes
from schema._fields import Info, computed

_KEY = Key(fields=FieldSet("id"), resolvable=True)


@strawberry.type(name="_Service", description="What a federation router asks a subgraph for.")
class Service:
    sdl: str = computed(lambda service: service, "The subgraph's schema, directives included.")


class SubgraphSchema(FederationSchema):
    """Takes the keys off again once its SDL is printed, so that no other schema shows them."""

    def __init__(
        self, query: type, mutation: type, entities: Iterable[Any], config: StrawberryConfig
    ) -> None:
        self.sdl = ""
        entities = list(entities)
        definitions = [get_object_definition(entity, strict=True) for entity in entities]
        for definition in definitions:
            definition.directives = [*(definition.directives or ()), _KEY]
        try:
            super().__init__(
                query=self._with_service(query), mutation=mutation, types=entities, config=config
            )
            self.sdl = print_schema(self)
        finally:
            for definition in definitions:
                definition.directives = [
                    each for each in definition.directives or () if each is not _KEY
                ]

    def as_str(self) -> str:
        return self.sdl

    def entities_resolver(self, info: Info, representations: list[FederationAny]) -> Any:
        """Takes the place of Strawberry's own, which a single odd reference brings down."""
        return nodes.entities(info.context, representations)

    def _with_service(self, query: type) -> type:
        def service() -> Any:
            return self.sdl

        field = strawberry.field(
            resolver=service,
            graphql_type=Service,
            name="_service",
            description="This subgraph's own schema.",
        )
        return strawberry.type(
            type("Query", (query,), {"service_": field, "__annotations__": {}}),
            description=get_object_definition(query, strict=True).description,
        )
