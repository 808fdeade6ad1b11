"""Asking both sides of a comparison, and reading what they answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import orjson

from gateway.migrate.call import Pairs
from gateway.migrate.plain_http import Answer, Way, ask
from gateway.migrate.translation import Translation
from upstream.credentials import Credential


class CannotCompare(Exception):
    """There is nothing to compare; the message says why."""


@dataclass(frozen=True, slots=True)
class Sides:
    """`gitlab` is the address of REST's API with /api/v4, `gateway` that of GraphQL."""

    gitlab: str
    gateway: str
    credential: Credential | None
    way: Way

    @property
    def credentials(self) -> dict[str, str]:
        return {} if self.credential is None else dict([self.credential.header])


@dataclass(frozen=True, slots=True)
class GraphqlAnswer:
    data: Any
    errors: tuple[Mapping[str, Any], ...]

    def at(self, *steps: str) -> Any:
        """The value below `data`, None where a step leads nowhere."""
        found = self.data
        for step in steps:
            found = found.get(step) if isinstance(found, Mapping) else None
        return found

    @property
    def statuses(self) -> list[Any]:
        """GitLab's status in each error, None where GitLab did not answer."""
        return [_part(_part(each, "extensions"), "http").get("status") for each in self.errors]

    @property
    def problems(self) -> list[str]:
        """Each error as its code and message."""
        return [
            f"{_part(each, 'extensions').get('code')}: {each.get('message')}"
            for each in self.errors
        ]


async def ask_rest(sides: Sides, path: str, query: Pairs = ()) -> Answer:
    """GitLab's own answer to a GET of a path below /api/v4."""
    target = f"{sides.gitlab}{path}?{urlencode(query)}" if query else f"{sides.gitlab}{path}"
    return await ask(target, {"Accept": "application/json", **sides.credentials}, sides.way)


async def ask_graphql(sides: Sides, translation: Translation) -> GraphqlAnswer:
    body = {
        "query": translation.operation.text,
        "variables": translation.variables,
        "operationName": translation.operation.name,
    }
    headers = {"Content-Type": "application/json", **sides.credentials}
    # The gateway is reached directly: the proxy of the settings is for the way to GitLab.
    way = Way(sides.way.seconds, verify=sides.way.verify)
    answer = json_of(await ask(sides.gateway, headers, way, orjson.dumps(body)))
    if not isinstance(answer, Mapping):
        raise CannotCompare("what answered in the gateway's place is no GraphQL")
    return GraphqlAnswer(answer.get("data"), tuple(answer.get("errors") or ()))


def json_of(answer: Answer) -> Any:
    try:
        return orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        raise CannotCompare(f"an answer with status {answer.status} is no JSON") from None


def _part(of: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = of.get(name)
    return part if isinstance(part, Mapping) else {}
