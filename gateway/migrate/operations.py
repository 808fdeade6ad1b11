"""The operation of each route.

It asks for all that the REST answer holds, as far as the schema has it, and for nothing that would
take another REST call.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.migrate import entities
from gateway.migrate.entities import Entity, fields_of, schema
from gateway.migrate.routes import ROUTES, Paging, Route

_INDENT = "  "


@dataclass(frozen=True, slots=True)
class Step:
    """A field on the way to the answer, with the variables that its arguments are given by."""

    field: str
    arguments: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """`answer` are the steps below `data` that lead to what REST answers with.

    `entity` is the form of that, or of each item of a list; None for a log, which is text.
    """

    name: str
    text: str
    answer: tuple[str, ...]
    entity: Entity | None
    listed: bool = False

    @property
    def path(self) -> str:
        """Where the answer stands, as jq writes it."""
        return ".data." + ".".join(self.answer)


def _step(field: str, **arguments: str) -> Step:
    return Step(field, tuple(arguments.items()))


_PROJECT = _step("project", id="projectId")
_PIPELINE = _step("pipeline", projectId="projectId", id="pipelineId")
_JOB = _step("job", projectId="projectId", id="jobId")
_WINDOW = {"first": "first", "after": "after"}
_FILTERS = ("status", "ref", "sha", "source", "username", "updatedAfter", "updatedBefore")

_WAYS: Mapping[str, tuple[tuple[Step, ...], Entity | None]] = {
    "ProjectJobs": ((_PROJECT, _step("jobs", scope="scope", **_WINDOW)), entities.JOB),
    "PipelineJobs": (
        (_PIPELINE, _step("jobs", scope="scope", includeRetried="includeRetried", **_WINDOW)),
        entities.JOB,
    ),
    "PipelineBridges": (
        (_PIPELINE, _step("bridges", scope="scope", **_WINDOW)),
        entities.BRIDGE,
    ),
    "CurrentJob": ((_step("currentJob"),), entities.JOB),
    "AllowedAgents": ((_step("allowedAgents"),), entities.ALLOWED_AGENTS),
    "Job": ((_JOB,), entities.JOB),
    "JobLog": ((_JOB, _step("log")), None),
    "CancelJob": ((_step("cancelJob", input="input"), _step("job")), entities.CI_JOB),
    "RetryJob": ((_step("retryJob", input="input"), _step("job")), entities.CI_JOB),
    "EraseJob": ((_step("eraseJob", input="input"), _step("job")), entities.CI_JOB),
    "PlayJob": ((_step("playJob", input="input"), _step("job")), entities.CI_JOB),
    "ProjectPipelines": (
        (_PROJECT, _step("pipelines", **{name: name for name in _FILTERS}, **_WINDOW)),
        entities.PIPELINE_LISTED,
    ),
    "Pipeline": ((_PIPELINE,), entities.PIPELINE),
    "Commit": ((_PROJECT, _step("commit", sha="sha")), entities.COMMIT_DETAIL),
}
# Fields that a parameter of the route may leave out.
_OPTIONAL = {"Commit": {"stats": "stats"}}


@functools.cache
def operation_of(route: Route) -> Operation:
    """The equivalent of a route; the same text whatever its parameters."""
    steps, entity = _WAYS[route.operation]
    listed = route.paging is not Paging.NONE
    answer = [step.field for step in steps]
    answer += ["nodes"] if listed else [] if entity else ["text"]
    text = "\n".join(_Writer(route, steps, entity).lines())
    return Operation(route.operation, f"{text}\n", tuple(answer), entity, listed)


def operations() -> dict[str, Operation]:
    """The operation of each route, by the route's name."""
    return {route.name: operation_of(route) for route in ROUTES}


class _Writer:
    """Writes one operation; the types of its variables are those of the arguments they fill."""

    def __init__(self, route: Route, steps: tuple[Step, ...], entity: Entity | None) -> None:
        self._route = route
        self._steps = steps
        self._entity = entity
        self._variables: dict[str, str] = {}
        self._optional = _OPTIONAL.get(route.operation, {})

    def lines(self) -> Iterator[str]:
        kind = "mutation" if self._route.acts else "query"
        root: Any = schema().mutation_type if self._route.acts else schema().query_type
        body = [f"{_INDENT}{line}" for line in self._way(root, 0)]
        for variable in self._optional.values():
            self._variables[variable] = "Boolean! = true"
        declared = [f"${name}: {type_}" for name, type_ in self._variables.items()]
        yield f"{kind} {self._route.operation}{_listed(declared)} {{"
        yield from body
        yield "}"

    def _way(self, parent: Any, index: int) -> Iterator[str]:
        step = self._steps[index]
        definition = parent.fields[step.field]
        given = []
        for argument, variable in step.arguments:
            self._variables[variable] = str(definition.args[argument].type)
            given.append(f"{argument}: ${variable}")
        yield f"{step.field}{_listed(given)} {{"
        inner = self._inner(getattr(definition.type, "of_type", definition.type), index)
        yield from (f"{_INDENT}{line}" for line in inner)
        yield "}"

    def _inner(self, type_: Any, index: int) -> Iterator[str]:
        if index + 1 < len(self._steps):
            yield from self._way(type_, index + 1)
            if self._route.acts:
                yield from ("errors {", *_indented(["code", "message", "path"]), "}")
        elif self._route.paging is not Paging.NONE:
            yield from ("nodes {", *_indented(self._selection()), "}")
            yield from ("pageInfo {", *_indented(["hasNextPage", "endCursor"]), "}")
            if "totalCount" in type_.fields and self._route.paging is Paging.OFFSET:
                yield "totalCount"
        else:
            yield from self._selection()

    def _selection(self) -> Iterator[str]:
        if self._entity is None:
            yield from ("size", "text(raw: true)")
        elif self._entity.type == "CiJob":
            yield "__typename"
            yield from _selection(self._entity, {})
            for each in (entities.JOB, entities.BRIDGE):
                shared = frozenset(field.key for field in fields_of("CiJob"))
                own = Entity(each.type, without=shared, inside=each.inside)
                yield from (f"... on {each.type} {{", *_indented(_selection(own, {})), "}")
        else:
            yield from _selection(self._entity, self._optional)


def _selection(entity: Entity, optional: Mapping[str, str]) -> Iterator[str]:
    for each in entity.fields():
        variable = optional.get(each.key)
        head = f"{each.name} @include(if: ${variable})" if variable else each.name
        if each.is_object:
            yield from (f"{head} {{", *_indented(_selection(entity.at(each), {})), "}")
        else:
            yield head


def _listed(items: list[str]) -> str:
    return f"({', '.join(items)})" if items else ""


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"{_INDENT}{line}" for line in lines)
