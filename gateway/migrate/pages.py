"""Pages of REST as windows of a connection.

A page by number begins at an item whose place in the list is known. Where connections count places
(pipelines, and what a pipeline has) a cursor names that place, and the page is asked for exactly.
The cursors of a project's jobs name the job before, which a page number does not tell; there the
pages before are asked for, too, and `window` says which part of the answer is the page. A cursor
of GitLab's own tells that job, and becomes one of ours.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from gateway.migrate.problems import Untranslatable
from gateway.migrate.routes import Paging, Route
from gateway.migrate.values import whole_number
from resolvers.arguments import status_scope
from resolvers.bridges import pipeline_bridges_binding
from resolvers.context import ResolverLimits
from resolvers.jobs import project_jobs_binding
from resolvers.pagination import Binding
from resolvers.pipelines import PipelineFilter, pipeline_jobs_binding, project_pipelines_binding

DEFAULT_PER_PAGE = 20
MAX_PER_PAGE = 100  # by page number; GitLab's keyset paging takes more
MAX_FIRST = ResolverLimits().connection_items
PAGING = frozenset({"page", "per_page", "pagination", "order_by", "sort", "cursor"})

_NUMBER = re.compile(r"[1-9][0-9]{0,18}")
_WALK = "take the first page, and go on with after: pageInfo.endCursor"


@dataclass(frozen=True, slots=True)
class Pages:
    """The variables of a window, and the slice of the answer that REST's page is, if not all."""

    variables: Mapping[str, Any]
    window: tuple[int, int] | None = None
    note: str = ""


def pages_of(route: Route, params: Mapping[str, Any], variables: Mapping[str, Any]) -> Pages:
    """The window of a route's list; `variables` are those that narrow the list down."""
    keyset = params.get("pagination") == "keyset"
    _check_order(route, params, keyset=keyset)
    size = whole_number("per_page", params.get("per_page"))
    page = whole_number("page", params.get("page"))
    if size == 0:
        raise Untranslatable("per_page is at least 1; GitLab answers 400 to 0")
    if keyset:
        return _keyset(params, variables, size)
    per_page = min(size, MAX_PER_PAGE) if size is not None and size > 0 else None
    first: dict[str, Any] = {} if per_page is None else {"first": per_page}
    number = max(page or 1, 1)
    if number == 1:
        return Pages(first)
    wanted = per_page or DEFAULT_PER_PAGE
    binding = _binding(route, variables) if route.paging is Paging.OFFSET else None
    if binding is not None:
        return Pages({**first, "after": binding((number - 1) * wanted - 1)})
    return _sliced(number, wanted)


def _sliced(number: int, per_page: int) -> Pages:
    last = number * per_page
    if last > MAX_FIRST:
        raise Untranslatable(
            f"no cursor names this page, and with the pages before it, it is more than {MAX_FIRST} "
            "items",
            _WALK,
        )
    return Pages(
        {"first": last},
        (last - per_page, last),
        f"this asks for the pages before, too; to walk through the list, {_WALK}",
    )


def _keyset(params: Mapping[str, Any], variables: Mapping[str, Any], size: int | None) -> Pages:
    if size is not None and not 0 < size <= MAX_FIRST:
        raise Untranslatable(f"per_page is from 1 to {MAX_FIRST} here", _WALK)
    window: dict[str, Any] = {} if size is None else {"first": size}
    cursor = params.get("cursor")
    if not cursor:
        return Pages(window)
    project = str(variables["projectId"])
    if "${" in project:
        raise Untranslatable("the cursor belongs to a project, which a variable names", _WALK)
    binding = project_jobs_binding(project, _scope(variables))
    return Pages({**window, "after": binding.cursor(_number_in(str(cursor)))})


def _number_in(cursor: str) -> int:
    """The job that one of GitLab's cursors stands behind (lib/gitlab/pagination/keyset)."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        content = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        number, direction = str(content["id"]), content.get("_kd", "n")
    except (binascii.Error, ValueError, KeyError, TypeError, AttributeError):
        raise Untranslatable("the cursor is none of GitLab's, which answers 500 to it") from None
    if direction != "n":
        raise Untranslatable("the cursor leads back, and connections lead forward only", _WALK)
    if not _NUMBER.fullmatch(number):
        raise Untranslatable("the cursor is none of a list of jobs")
    return int(number)


def _check_order(route: Route, params: Mapping[str, Any], *, keyset: bool) -> None:
    """The order is the only one that connections have: the newest first."""
    if keyset and route.paging is not Paging.KEYSET:
        raise Untranslatable(
            "GitLab offers keyset pagination for the jobs of a project only; leave it out"
        )
    if params.get("cursor") and not keyset:
        raise Untranslatable("GitLab looks at a cursor only beside pagination=keyset")
    for name, usual in (("order_by", "id"), ("sort", "desc")):
        given = params.get(name)
        if given in (None, "", usual):
            continue
        if keyset:
            raise Untranslatable(f"GitLab answers 405 to a {name} other than {usual} here")
        raise Untranslatable(
            f"the list comes with the newest first; {name} other than {usual} has no equivalent",
            "sort the nodes of the answer",
        )


def _binding(route: Route, variables: Mapping[str, Any]) -> Callable[[int], str] | None:
    """What makes cursors of the list; None where a variable of the shell hides which list it is."""
    if any("${" in str(value) for value in variables.values()):
        return None
    return _BINDINGS[route.operation](variables).cursor


def _scope(variables: Mapping[str, Any]) -> tuple[str, ...]:
    return status_scope([status.lower() for status in variables.get("scope", ())])


def _of_pipelines(variables: Mapping[str, Any]) -> Binding:
    status = variables.get("status")
    narrowed = PipelineFilter(
        None if status is None else str(status).lower(),
        variables.get("ref"),
        variables.get("sha"),
        variables.get("source"),
        variables.get("username"),
        variables.get("updatedAfter"),
        variables.get("updatedBefore"),
    )
    return project_pipelines_binding(str(variables["projectId"]), narrowed)


_BINDINGS: Mapping[str, Callable[[Mapping[str, Any]], Binding]] = {
    "PipelineJobs": lambda given: pipeline_jobs_binding(
        given["projectId"],
        int(given["pipelineId"]),
        _scope(given),
        retried=given.get("includeRetried", False),
    ),
    "PipelineBridges": lambda given: pipeline_bridges_binding(
        given["projectId"], int(given["pipelineId"]), _scope(given)
    ),
    "ProjectPipelines": _of_pipelines,
}
