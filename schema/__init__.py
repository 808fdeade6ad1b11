"""The GraphQL types over GitLab's CI, declared and described; no I/O."""

from __future__ import annotations

import strawberry
from strawberry.schema.config import StrawberryConfig

from resolvers.projection import read
from schema.bridge import Bridge
from schema.commit import Commit
from schema.federation import SubgraphSchema
from schema.job import Job
from schema.mutation import Mutation
from schema.pipeline import Pipeline
from schema.query import Query
from schema.scalars import SCALARS

__all__ = ["build_schema"]


def build_schema(*, federation: bool = False) -> strawberry.Schema:
    """The schema; with `federation`, as an Apollo Federation 2 subgraph with entities."""
    config = StrawberryConfig(default_resolver=read, scalar_map=SCALARS)
    types = [Job, Bridge, Pipeline, Commit]
    if federation:
        return SubgraphSchema(Query, Mutation, types, config)
    return strawberry.Schema(query=Query, mutation=Mutation, types=types, config=config)
