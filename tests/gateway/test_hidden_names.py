"""With introspection off, no refusal tells a name of the schema that the caller did not send."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson
import pytest
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    get_named_type,
    is_composite_type,
    is_list_type,
    is_required_argument,
)

from gateway.app import create_app
from gateway.settings import read_settings
from schema import build_schema
from tests.gateway.example import client_of
from upstream.errors import NotFound

SCHEMA = build_schema()
CORE = SCHEMA._schema
AT_ONCE = 200

Composite = GraphQLObjectType | GraphQLInterfaceType


@dataclass(frozen=True)
class Asked:
    text: str
    variables: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def known(self) -> set[str]:
        return words(f"{self.text} {orjson.dumps(self.variables).decode()}")


def words(text: str) -> set[str]:
    return set(re.findall(r"[_A-Za-z][_0-9A-Za-z]*", text))


def names() -> set[str]:
    """Everything that the schema has a name for."""
    found = set(CORE.type_map) | {directive.name for directive in CORE.directives}
    found |= {name for directive in CORE.directives for name in directive.args}
    for type_ in CORE.type_map.values():
        if isinstance(type_, GraphQLEnumType):
            found |= set(type_.values)
        if isinstance(type_, GraphQLInputObjectType | Composite):
            found |= set(type_.fields)
        if isinstance(type_, Composite):
            found |= {name for each in type_.fields.values() for name in each.args}
    return found


def misspelt(name: str) -> Iterator[str]:
    yield f"{name}x"
    if len(name) > 2:
        yield name[:-1] if name[:-1] not in names() else f"{name}y"
        yield name[1] + name[0] + name[2:] if name[0] != name[1] else f"x{name}"


def literal(type_: Any, depth: int = 0) -> str:
    """Some value that fits an input type."""
    named = get_named_type(type_)
    if isinstance(named, GraphQLEnumType):
        text = next(iter(named.values))
    elif isinstance(named, GraphQLInputObjectType):
        given = (
            f"{name}: {literal(each.type, depth + 1)}"
            for name, each in named.fields.items()
            if str(each.type).endswith("!")
        )
        text = f"{{{', '.join(given)}}}"
    else:
        text = {"Boolean": "true", "Int": "1", "JSON": "{}"}.get(named.name, '"1"')
    return f"[{text}]" if is_list_type(getattr(type_, "of_type", type_)) else text


def call(name: str, declared: GraphQLField) -> str:
    """A field with the arguments that it must have."""
    given = [
        f"{argument}: {literal(each.type)}"
        for argument, each in declared.args.items()
        if is_required_argument(each)
    ]
    return f"{name}({', '.join(given)})" if given else name


def places() -> dict[str, str]:
    """For each type with fields, a query with %s where a selection on it goes."""
    found: dict[str, str] = {}
    roots = {"query": CORE.query_type, "mutation": CORE.mutation_type}
    queue: list[tuple[Composite, str]] = [
        (root, f"{kind} {{ %s }}") for kind, root in roots.items() if root is not None
    ]
    while queue:
        type_, place = queue.pop(0)
        if type_.name in found or type_.name.startswith("__"):
            continue
        found[type_.name] = place
        for name, declared in type_.fields.items():
            named = get_named_type(declared.type)
            inside = place % f"{call(name, declared)} {{ %s }}"
            if isinstance(named, Composite):
                queue.append((named, inside))
                if isinstance(named, GraphQLInterfaceType):
                    queue += [
                        (possible, inside % f"... on {possible.name} {{ %s }}")
                        for possible in CORE.get_possible_types(named)
                    ]
    return found


PLACES = places()


def of_fields() -> Iterator[Asked]:
    for type_name, place in PLACES.items():
        type_: Any = CORE.type_map[type_name]
        for name, declared in type_.fields.items():
            yield Asked(place % " ".join(misspelt(name)))
            if is_composite_type(get_named_type(declared.type)):
                yield Asked(place % call(name, declared))
                yield Asked(place % f"{call(name, declared)} {{ zzz }}")
                yield Asked(place % f"{call(name, declared)} {{ ... on Query {{ zzz }} }}")
            else:
                yield Asked(place % f"{call(name, declared)} {{ zzz }}")
                yield Asked(place % f"same: __typename same: {call(name, declared)}")
        yield Asked(place % f"... on {type_name}x {{ __typename }}")


def of_arguments() -> Iterator[Asked]:
    for type_name, place in PLACES.items():
        type_: Any = CORE.type_map[type_name]
        for name, declared in type_.fields.items():
            below = " { __typename }" if is_composite_type(get_named_type(declared.type)) else ""
            yield Asked(place % (name + below))
            for argument, each in declared.args.items():
                for value in inputs_of(argument, each):
                    yield Asked(place % f"{name}({value.text}){below}", value.variables)
                for type_text, value in variables_of(each):
                    text = place % f"{name}({argument}: $v){below}"
                    operation = text.replace(" {", f" ($v: {type_text}) {{", 1)
                    yield Asked(operation, {"v": value} if value is not None else {})


def inputs_of(argument: str, declared: GraphQLArgument | GraphQLInputField) -> Iterator[Asked]:
    yield Asked(" ".join(f"{wrong}: 1" for wrong in misspelt(argument)))
    for value in ("null", "1.5", '"zzz"', "zzz", "[{}]", "{zzz: 1}"):
        yield Asked(f"{argument}: {value}")
    named = get_named_type(declared.type)
    if isinstance(named, GraphQLEnumType):
        for value in named.values:
            yield from (Asked(f"{argument}: {wrong}") for wrong in misspelt(value))
    if isinstance(named, GraphQLInputObjectType):
        for name, each in named.fields.items():
            for inner in inputs_of(name, each):
                yield Asked(f"{argument}: {{{inner.text}}}")


def variables_of(declared: GraphQLArgument) -> Iterator[tuple[str, Any]]:
    yield "Boolean", None
    yield "Zzz", None
    named = get_named_type(declared.type)
    text = str(declared.type)
    for value in (1.5, True, "zzz", [], {}, {"zzz": 1}, [{"zzz": [1]}]):
        yield text, value
    if isinstance(named, GraphQLEnumType):
        for name in named.values:
            yield from ((text, [wrong]) for wrong in misspelt(name))
    if isinstance(named, GraphQLInputObjectType):
        for name in named.fields:
            yield from ((text, {wrong: 1}) for wrong in misspelt(name))
            yield text, {name: {"zzz": [1]}}


def of_types_and_directives() -> Iterator[Asked]:
    for name, type_ in CORE.type_map.items():
        wrong = " ".join(f"$v{index}: {each}" for index, each in enumerate(misspelt(name)))
        yield Asked(f"query ({wrong}) {{ __typename }}")
        wrong = " ".join(f"... on {each} {{ __typename }}" for each in misspelt(name))
        yield Asked(f"{{ {wrong} }}")
        yield Asked(f"{{ ...f }} fragment f on {name} {{ __typename }}")
        yield Asked(f"query ($v: {name}) {{ __typename }}")
        if isinstance(type_, GraphQLScalarType | GraphQLEnumType):
            yield Asked(f"query ($v: {name}) {{ project(id: $v) {{ __typename }} }}", {"v": [{}]})
    for directive in CORE.directives:
        for wrong in (*misspelt(directive.name), directive.name):
            yield Asked(f"{{ __typename @{wrong} }}")
            yield Asked(f"query @{wrong}(zzz: 1) {{ __typename }}")
        for argument in directive.args:
            for wrong in (*misspelt(argument), argument):
                yield Asked(f"{{ __typename @{directive.name}({wrong}: {{zzz: 1}}) }}")
    for text in ("{ __schema { zzz } }", '{ __type(name: "Job") { fields { name } } }'):
        yield Asked(text)
        yield Asked(text.replace("__", "__x", 1))


def of_our_own() -> Iterator[Asked]:
    """What resolvers refuse: the query fits the schema, its values do not."""
    for value in ("", "5", "seven", "gid://gitlab/Ci::Build/1", "UHJvamVjdDox"):
        yield Asked("query ($v: ID!) { job(id: $v) { id } }", {"v": value})
        yield Asked("query ($v: ID!) { pipeline(id: $v) { id } }", {"v": value})
        yield Asked("query ($v: ID!) { node(id: $v) { id } }", {"v": value})
        yield Asked("query ($v: ID!) { nodes(ids: [$v]) { id } }", {"v": value})
        yield Asked("query ($v: ID!) { project(id: $v) { jobs(after: $v) { nodes { id } } } }")
        yield Asked(
            "mutation ($v: ID!) { retryJob(input: {id: $v}) { job { name } } }", {"v": value}
        )
    yield Asked("{ project(id: 1) { jobs(first: 0) { nodes { name } } } }")
    yield Asked('{ project(id: 1) { jobs(after: "zzz") { nodes { name } } } }')
    yield Asked("{ project(id: 1) { jobs(scope: [UNKNOWN]) { nodes { name } } } }")
    yield Asked('{ project(id: 1) { commit(sha: "") { title } } }')
    yield Asked("mutation { playJob(input: {projectId: 1, id: 1, inputs: 1}) { job { name } } }")


SWEEPS = {
    "fields": of_fields,
    "arguments": of_arguments,
    "types and directives": of_types_and_directives,
    "our own": of_our_own,
}

# Words of the messages' own English that happen to be names, too. In quotes they would be names.
ENGLISH = {
    "value", "name", "type", "field", "fields", "argument", "input", "if", "types", "directive",
    "id", "ids", "job", "project", "projects", "number", "first", "commit", "jobs", "status",
    "pipeline", "text", "size", "by", "interfaces", "on", "query", "sha", "object",
    "label", "after", "statuses", "include", "tag",
    "cursor",
}  # fmt: skip


def told(message: str, asked: Asked) -> set[str]:
    """Names that a message tells although they were not sent."""
    strange = names() - asked.known
    quoted = set().union(*(words(part) for part in re.findall(r"'.*?'|\".*?\"|`.*?`", message)))
    return (words(message) & strange) - (ENGLISH - quoted)


async def answers(client: httpx.AsyncClient, batch: list[Asked]) -> list[dict[str, Any]]:
    body = [{"query": asked.text, "variables": dict(asked.variables)} for asked in batch]
    answer = await client.post("/graphql", content=orjson.dumps(body), headers={
        "content-type": "application/json", "private-token": "demo-maintainer",
    })  # fmt: skip
    found: list[dict[str, Any]] = answer.json()
    return found


async def refusals(sweep: str, introspection: str, most: int) -> list[tuple[Asked, str]]:
    settings = read_settings({
        "GITLAB_URL": "http://127.0.0.1:9",
        "GATEWAY_INTROSPECTION": introspection,
        "GATEWAY_BATCH": str(AT_ONCE),
        "GATEWAY_DEPTH": "0",
    })  # fmt: skip
    found = []
    app = create_app(settings, schema=SCHEMA, upstream=NoGitLab())  # type: ignore[arg-type] # never called
    async with client_of(app) as client:
        asked = list(dict.fromkeys(SWEEPS[sweep]()))[:most]
        for start in range(0, len(asked), AT_ONCE):
            batch = asked[start : start + AT_ONCE]
            for each, answer in zip(batch, await answers(client, batch), strict=True):
                found += [(each, error["message"]) for error in answer.get("errors", ())]
    return found


class NoGitLab:
    """Whoever gets this far has not been refused, which is not looked at here."""

    def __getattr__(self, name: str) -> Any:
        raise NotFound(f"{name} was asked of GitLab", status=404)


@pytest.mark.parametrize("sweep", SWEEPS)
async def test_without_introspection_no_refusal_tells_a_name(sweep: str) -> None:
    found = await refusals(sweep, "off", most=10_000)
    assert len(found) > 20
    leaks = [(each.text, message) for each, message in found if told(message, each)]
    assert leaks == []


@pytest.mark.parametrize("sweep", SWEEPS)
async def test_with_introspection_they_do_which_proves_the_sweep(sweep: str) -> None:
    found = await refusals(sweep, "on", most=100)
    assert [(each.text, message) for each, message in found if told(message, each)]
