"""The tables of docs/migration.md, made of the routes, the schema and the error codes.

`python -m tests.gateway.migrate.page_tables` writes them into the page anew.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator

from gateway.errors import fault_of
from gateway.migrate.entities import LEFT_OUT, fields_of, schema
from gateway.migrate.operations import operation_of
from gateway.migrate.routes import ROUTES, Paging, Route
from tests.support.sources import ROOT
from upstream.decoding import error_of

PAGE = ROOT / "docs" / "migration.md"
TABLE = re.compile(r"(<!-- table: ([\w ]+) -->\n)(.*?)(<!-- end -->\n)", re.DOTALL)

# REST calls that an operation takes, where it is more than one.
CALLS = {
    "PipelineJobs": "2: the pipeline, then its jobs",
    "PipelineBridges": "2: the pipeline, then its bridges",
    "JobLog": "2: the job, then its log",
    "CancelJob": "2: the job before, then the action",
}
TYPES = (
    "Job", "Bridge", "Artifact", "ArtifactFile", "Runner", "RunnerManager", "Project", "User",
    "Commit", "CommitStats", "Pipeline", "DetailedStatus", "AllowedAgents", "AllowedAgent",
    "ConfigProject", "AllowedAgentsJob", "AllowedAgentsPipeline", "AllowedAgentsProject",
    "AllowedAgentsUser", "AllowedAgentsEnvironment",
)  # fmt: skip
STATUSES = (301, 400, 401, 403, 404, 405, 409, 412, 422, 429, 500, 502, 503, 504)


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = list(header)
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def routes() -> str:
    """REST route, operation, where its answer stands, what it costs."""
    rows = [
        (
            f"[{route.title}](#{route.documentation.partition('#')[2]})",
            f"`{route.name}`",
            f"`{route.operation}`",
            f"`{operation_of(route).path}`",
            CALLS.get(route.operation, "1"),
        )
        for route in ROUTES
    ]
    return table(("", "REST", "operation", "REST's answer stands in", "REST calls"), rows)


def parameters(route: Route) -> str:
    inside = "input." if route.acts else ""
    rows = [(f"`{each.name}`", f"`{inside}{each.variable}`") for each in route.parameters]
    if route.paging is not Paging.NONE:
        rows += [("`per_page`", "`first`"), ("`page`", "`after`, see [Pages](#pages)")]
    if route.paging is Paging.KEYSET:
        rows += [("`pagination=keyset`", "nothing: it is how the gateway reads in any case")]
        rows += [("`cursor`", "`after`, which is a cursor of the gateway's own")]
    rows += [(f"`{name}`", f"none: {instead}") for name, instead in route.missing.items()]
    return table(("REST parameter", "variable"), rows)


def keys() -> str:
    """Each key of REST's objects, and its field."""
    rows: list[tuple[str, str, str]] = []
    for name in TYPES:
        fields = getattr(schema().type_map[name], "fields", {})
        rows += [
            (f"`{name}`", f"`{each.key}`", f"`{each.name}: {fields[each.name].type}`")
            for each in fields_of(name)
        ]
    return table(("object", "REST key", "field"), rows)


def renamed() -> str:
    """The keys whose field is not just the key in camelCase."""
    found: dict[tuple[str, str], list[str]] = {}
    for name in TYPES:
        for each in fields_of(name):
            head, *tail = each.key.split("_")
            if each.name != head + "".join(part.title() for part in tail):
                found.setdefault((each.key, each.name), []).append(name)
    rows = [
        (f"`{key}`", f"`{field}`", ", ".join(f"`{name}`" for name in names))
        for (key, field), names in found.items()
    ]
    return table(("REST key", "field", "of"), rows)


def left_out() -> str:
    rows = [
        (f"`{name}`", f"`{key}`", reason)
        for name, keys_ in LEFT_OUT.items()
        for key, reason in keys_.items()
    ]
    return table(("object", "REST key", "why there is no field"), rows)


def statuses() -> str:
    """What a status of REST is in GraphQL, for queries."""
    return table(("REST", "`extensions.code`", "`retryable`"), _statuses())


def _statuses() -> Iterator[tuple[str, str, str]]:
    for status in STATUSES:
        headers = {"location": "/api/v4/projects/7/jobs"} if status == 301 else {}
        fault = fault_of(error_of(status, headers, b"", asked="/x"), acting=False)
        assert fault is not None
        yield f"{status}", f"`{fault.code}`", "yes" if fault.retryable else "no"


TABLES: dict[str, Callable[[], str]] = {
    "routes": routes,
    "keys": keys,
    "renamed": renamed,
    "left out": left_out,
    "statuses": statuses,
    **{
        f"parameters of {route.operation}": functools.partial(parameters, route)
        for route in ROUTES
        if route.parameters or route.missing or route.paging is not Paging.NONE
    },
}


def written(page: str) -> str:
    """The page with its tables made anew."""
    return TABLE.sub(lambda match: f"{match[1]}{TABLES[match[2]]()}{match[4]}", page)


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
