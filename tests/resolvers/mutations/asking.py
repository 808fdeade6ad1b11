"""Mutations as a client sends them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.conftest import Graphql
from tests.resolvers.gateways import data
from upstream.demo import MAINTAINER_TOKEN

PAYLOAD = """
  job { __typename id databaseId name status ... on CiJob { user { username } } }
  errors { code message path } clientMutationId
"""


async def mutate(
    graphql: Graphql,
    verb: str,
    input: Mapping[str, Any],
    *,
    token: str | None = MAINTAINER_TOKEN,
    selection: str = PAYLOAD,
) -> dict[str, Any]:
    """The whole answer to `<verb>Job(input:)`."""
    kind = f"{verb.capitalize()}JobInput"
    query = f"mutation ($input: {kind}!) {{ {verb}Job(input: $input) {{ {selection} }} }}"
    return await graphql(query, {"input": input}, token)


async def outcome(
    graphql: Graphql, verb: str, job: int | str, *, project: str = "1", **input: Any
) -> Any:
    """The payload of a mutation of a job of project 1, by a maintainer."""
    answer = await mutate(graphql, verb, {"projectId": project, "id": str(job), **input})
    return data(answer)[f"{verb}Job"]


def codes(payload: Mapping[str, Any]) -> list[str]:
    return [error["code"] for error in payload["errors"]]
