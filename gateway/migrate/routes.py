"""The REST routes that have an equivalent in GraphQL, each with the parameters that GitLab knows.

This table is for everybody who has to do with both sides; what the operations ask for stands in
`gateway.migrate.operations`. Sources: lib/api/ci/{jobs,pipelines}.rb and lib/api/commits.rb of
GitLab 18.9.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

PAGE = "docs/migration.md"
_PUNCTUATION = re.compile(r"[^\w -]")


class Kind(enum.Enum):
    """What a parameter's value may be."""

    STATUSES = enum.auto()  # one or several, as text, list or object
    STATUS = enum.auto()
    SWITCH = enum.auto()
    TEXT = enum.auto()
    MOMENT = enum.auto()
    OBJECT = enum.auto()
    VARIABLES = enum.auto()  # a list of {key, value}


class Paging(enum.Enum):
    """How a list is cut into pages: not at all, by page numbers, or by GitLab's cursors, too."""

    NONE = enum.auto()
    OFFSET = enum.auto()
    KEYSET = enum.auto()


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter and the variable of the operation that it becomes."""

    name: str
    kind: Kind
    variable: str


@dataclass(frozen=True, slots=True)
class Route:
    """`template` is the path below /api/v4 with `:name` for what varies.

    `operation` is the name of the equivalent. `missing` tells of each parameter without an
    equivalent what to do instead.
    """

    method: str
    template: str
    title: str
    operation: str
    parameters: tuple[Parameter, ...] = ()
    paging: Paging = Paging.NONE
    missing: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), hash=False)

    @property
    def name(self) -> str:
        return f"{self.method} {self.template}"

    @property
    def acts(self) -> bool:
        """Whether it changes something, so that it must not be called twice."""
        return self.method != "GET"

    @property
    def documentation(self) -> str:
        """Where the equivalent is described: the page, and the place in it."""
        return f"{PAGE}#{_PUNCTUATION.sub('', self.title.lower()).replace(' ', '-')}"


class Match(NamedTuple):
    """`arguments` are the percent-encoded segments of the path by their names."""

    route: Route
    arguments: Mapping[str, str]


_SCOPE = Parameter("scope", Kind.STATUSES, "scope")
_RETRIED_BRIDGES = (
    "GitLab's document does not know it for bridges, where even include_retried=false shows "
    "attempts that were retried; leave it out"
)
_ARTIFACTS_FILTER = "it is a filter inside GitLab that its document does not name; leave it out"
_CREATED = "filter by updated_after and updated_before, or by createdAt in the answer"
_JOB = "/projects/:id/jobs/:job_id"
_PIPELINE = "/projects/:id/pipelines/:pipeline_id"

ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        "/projects/:id/jobs",
        "List project jobs",
        "ProjectJobs",
        (_SCOPE,),
        Paging.KEYSET,
        {"ref": "ask for pipelines(ref:) of the project, and for their jobs"},
    ),
    Route(
        "GET",
        f"{_PIPELINE}/jobs",
        "List pipeline jobs",
        "PipelineJobs",
        (_SCOPE, Parameter("include_retried", Kind.SWITCH, "includeRetried")),
        Paging.OFFSET,
        {"with_artifacts": _ARTIFACTS_FILTER},
    ),
    Route(
        "GET",
        f"{_PIPELINE}/bridges",
        "List pipeline bridges",
        "PipelineBridges",
        (_SCOPE,),
        Paging.OFFSET,
        {"include_retried": _RETRIED_BRIDGES, "with_artifacts": _ARTIFACTS_FILTER},
    ),
    Route("GET", "/job", "Get job token's job", "CurrentJob"),
    Route("GET", "/job/allowed_agents", "Get allowed agents", "AllowedAgents"),
    Route("GET", _JOB, "Get a single job", "Job"),
    Route(
        "GET",
        f"{_JOB}/trace",
        "Get a log file",
        "JobLog",
        missing={
            "byte_offset": "ask for the log's lines(after:) or for text(tail:)",
            "byte_limit": "ask for the log's lines(first:) or for text(tail:)",
        },
    ),
    Route(
        "POST",
        f"{_JOB}/cancel",
        "Cancel a job",
        "CancelJob",
        (Parameter("force", Kind.SWITCH, "force"),),
    ),
    Route(
        "POST",
        f"{_JOB}/retry",
        "Retry a job",
        "RetryJob",
        (Parameter("inputs", Kind.OBJECT, "inputs"),),
    ),
    Route("POST", f"{_JOB}/erase", "Erase a job", "EraseJob"),
    Route(
        "POST",
        f"{_JOB}/play",
        "Run a job",
        "PlayJob",
        (
            Parameter("job_variables_attributes", Kind.VARIABLES, "variables"),
            Parameter("job_inputs", Kind.OBJECT, "inputs"),
        ),
    ),
    Route(
        "GET",
        "/projects/:id/pipelines",
        "List project pipelines",
        "ProjectPipelines",
        (
            Parameter("status", Kind.STATUS, "status"),
            Parameter("ref", Kind.TEXT, "ref"),
            Parameter("sha", Kind.TEXT, "sha"),
            Parameter("source", Kind.TEXT, "source"),
            Parameter("username", Kind.TEXT, "username"),
            Parameter("updated_after", Kind.MOMENT, "updatedAfter"),
            Parameter("updated_before", Kind.MOMENT, "updatedBefore"),
        ),
        Paging.OFFSET,
        {
            "scope": "filter by status",
            "yaml_errors": "look at yamlErrors of the pipelines",
            "name": "look at the name of the pipelines",
            "created_after": _CREATED,
            "created_before": _CREATED,
        },
    ),
    Route("GET", _PIPELINE, "Get a single pipeline", "Pipeline"),
    Route(
        "GET",
        "/projects/:id/repository/commits/:sha",
        "Get a single commit",
        "Commit",
        (Parameter("stats", Kind.SWITCH, "stats"),),
    ),
)


def find_route(method: str, path: str) -> Match | None:
    """The route that a percent-encoded path below /api/v4 leads to."""
    for route in ROUTES:
        if route.method == method:
            arguments = match_template(route.template, path)
            if arguments is not None:
                return Match(route, arguments)
    return None


def methods_of(path: str) -> list[str]:
    """The methods by which this table knows a path."""
    return [route.method for route in ROUTES if match_template(route.template, path) is not None]


def match_template(template: str, path: str) -> dict[str, str] | None:
    """What stands for each `:name`, or None where the path is another one.

    `*name` at the end stands for all that follows. Paths are compared as they go over the wire:
    `group%2Fproject` is one segment.
    """
    wanted, segments = template.strip("/").split("/"), path.strip("/").split("/")
    arguments: dict[str, str] = {}
    for index, pattern in enumerate(wanted):
        if pattern.startswith("*"):
            arguments[pattern[1:]] = "/".join(segments[index:])
            return arguments if index < len(segments) else None
        if index >= len(segments) or not segments[index]:
            return None
        if pattern.startswith(":"):
            arguments[pattern[1:]] = segments[index]
        elif pattern != segments[index]:
            return None
    return arguments if len(wanted) == len(segments) else None
