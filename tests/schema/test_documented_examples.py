"""The example answers of GitLab's Jobs API, value by value, through GraphQL.

`examples/` holds them as data: the REST call, and the payload that it is answered with. What is
asked for is made of the payload's own keys, so nothing in them can be forgotten; run with `-rA` to
read the fields that were compared.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Graphql
from tests.resolvers.gateways import ENGINES, CannedGitLab, data, gateway_over

EXAMPLES = Path(__file__).parent / "examples"

# Keys whose GraphQL name is not just camelCase.
RENAMED = {"id": "databaseId"}
# The document shows these keys, but GitLab sends them no more, and the contract leaves them out.
DROPPED = frozenset({"download_url"})
# Never a leaf, though it may be null or empty in an example.
OBJECTS = frozenset({"artifacts", "runner", "user", "commit", "pipeline"})
# Values that are handed on as JSON, whole.
WHOLE = frozenset({"configuration", "groups"})


@dataclass(frozen=True, slots=True)
class Example:
    name: str
    call: str
    payload: Any


@dataclass(frozen=True, slots=True)
class Asked:
    """Where in GraphQL the payload comes back: `{selection}` stands for the fields."""

    query: str
    path: tuple[str, ...]


def _in_project(field: str) -> Asked:
    query = f'{{ project(id: "1") {{ {field} {{ nodes {{ {{selection}} }} }} }} }}'
    return Asked(query, ("project", field, "nodes"))


def _in_pipeline(field: str) -> Asked:
    query = (
        f'{{ project(id: "1") {{ pipeline(id: "6")'
        f" {{ {field} {{ nodes {{ {{selection}} }} }} }} }} }}"
    )
    return Asked(query, ("project", "pipeline", field, "nodes"))


def _mutation(verb: str) -> Asked:
    query = (
        f'mutation {{ {verb}Job(input: {{ projectId: "1", id: "1" }})'
        " { job { ... on Job { {selection} } } } }"
    )
    return Asked(query, (f"{verb}Job", "job"))


ASKED = {
    "project_jobs": _in_project("jobs"),
    "pipeline_jobs": _in_pipeline("jobs"),
    "pipeline_bridges": _in_pipeline("bridges"),
    "job": Asked('{ job(projectId: "1", id: "8") { {selection} } }', ("job",)),
    "current_job": Asked("{ currentJob { {selection} } }", ("currentJob",)),
    "allowed_agents": Asked("{ allowedAgents { {selection} } }", ("allowedAgents",)),
    "cancel": _mutation("cancel"),
    "retry": _mutation("retry"),
    "erase": _mutation("erase"),
    "play": _mutation("play"),
}


def examples() -> Iterator[Example]:
    for path in sorted(EXAMPLES.glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        yield Example(path.stem, content["call"], content["payload"])


def camel_case(key: str) -> str:
    head, *tail = key.split("_")
    return head + "".join(part.capitalize() for part in tail)


def field_of(key: str, owner: str) -> str:
    # A commit's `id` is its hash, and is called so.
    return "sha" if (owner, key) == ("commit", "id") else RENAMED.get(key, camel_case(key))


def keys_of(payload: Any) -> dict[str, Any]:
    """All keys of an object, or of all objects of a list, each with a value where there is one."""
    merged: dict[str, Any] = {}
    for each in payload if isinstance(payload, list) else [payload]:
        for key, value in each.items():
            merged[key] = merged.get(key) or value
    return merged


def is_nested(key: str, value: Any) -> bool:
    inner = value[0] if isinstance(value, list) and value else value
    return isinstance(inner, dict) and key not in WHOLE


def selection_of(payload: Any, owner: str = "") -> str:
    parts = []
    for key, value in keys_of(payload).items():
        if key in DROPPED:
            continue
        parts.append(field_of(key, owner))
        if is_nested(key, value):
            parts.append(f"{{ {selection_of(value, key)} }}")
        elif key in OBJECTS:
            parts.append("{ __typename }")
    return " ".join(parts)


def compared(shown: Any, payload: Any, owner: str = "", path: str = "") -> Iterator[str]:
    """Compares each value; yields the paths of the fields that were compared."""
    if isinstance(payload, list) and (not payload or isinstance(payload[0], dict)):
        assert len(shown) == len(payload), path
        for index, (one, other) in enumerate(zip(shown, payload, strict=True)):
            yield from compared(one, other, owner, f"{path}[{index}]")
        if not payload:
            yield path
    elif isinstance(payload, Mapping) and owner not in WHOLE:
        for key, value in payload.items():
            if key not in DROPPED:
                field = field_of(key, owner)
                yield from compared(shown[field], value, key, f"{path}.{field}".lstrip("."))
    else:
        assert shown == expected(payload, path), path
        yield path


def expected(value: Any, path: str) -> Any:
    """A status is an enum, but for those that the allowed agents come with, which are text."""
    is_enum = path.endswith("status") and "allowedAgents" not in path
    return value.upper() if is_enum and isinstance(value, str) else value


def leaves(payload: Any, owner: str = "") -> int:
    """How many values a payload holds, counted apart from what compares them."""
    if isinstance(payload, list) and payload and isinstance(payload[0], dict):
        return sum(leaves(each, owner) for each in payload)
    if isinstance(payload, dict) and owner not in WHOLE:
        return sum(leaves(value, key) for key, value in payload.items() if key not in DROPPED)
    return 1


def gitlab(example: Example) -> CannedGitLab:
    return CannedGitLab(
        {
            example.call: example.payload,
            # The parents of lists, and what cancelJob reads before it acts.
            "GET /projects/1/pipelines/6": {"id": 6},
            "GET /projects/1/jobs/1": {"id": 1, "status": "running"},
        }
    )


async def shown_by(graphql: Graphql, example: Example) -> Any:
    asked = ASKED[example.name]
    query = asked.query.replace("{selection}", selection_of(example.payload))
    shown = data(await graphql(query))
    for step in asked.path:
        shown = shown[step]
    return shown


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
@pytest.mark.parametrize("example", tuple(examples()), ids=lambda example: example.name)
async def test_each_value_of_the_documents_examples_comes_back(
    engine: str, example: Example
) -> None:
    async with gateway_over(gitlab(example), GATEWAY_COMPILED=engine) as graphql:
        shown = await shown_by(graphql, example)
    prefix = "allowedAgents" if example.name == "allowed_agents" else ""
    fields = list(compared(shown, example.payload, path=prefix))
    assert len(fields) == leaves(example.payload)
    print(f"{example.call}: {len(fields)} values compared: {', '.join(fields)}")  # noqa: T201 - said


def test_every_call_of_the_document_has_its_example() -> None:
    assert {example.name for example in examples()} == set(ASKED)
    assert sum(leaves(example.payload) for example in examples()) > 400
