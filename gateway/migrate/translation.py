"""A REST call as an operation with its variables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from gateway.migrate.call import RestCall
from gateway.migrate.elsewhere import no_equivalent, other_route
from gateway.migrate.operations import Operation, operation_of
from gateway.migrate.pages import PAGING, Pages, pages_of
from gateway.migrate.parameters import nested
from gateway.migrate.problems import Untranslatable
from gateway.migrate.routes import Match, Paging, Route, find_route
from gateway.migrate.values import LEFT_OUT, placeholder_of, variable_of
from resolvers.arguments import project_reference
from resolvers.errors import BadUserInput
from upstream.credentials import TokenKind
from upstream.errors import InvalidRequest

_NUMBER = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)
_REFERENCE = re.compile(r"\$\{(\w+)\}", re.ASCII)
_SHOWN_NAME = re.compile(r"[a-z][a-z_]{0,30}", re.ASCII)
_PATH_VARIABLES = {"id": "projectId", "pipeline_id": "pipelineId", "job_id": "jobId", "sha": "sha"}
_REFUSED_HEADERS = {
    "range": ("a part of an answer has no equivalent", "log { text(tail:) } or log { lines }"),
    "sudo": ("the gateway hands no Sudo header on", "send a token of the user to act as"),
}
_IDLE_HEADERS = ("if-none-match", "if-modified-since")
_SHORTEST_SECRET = 6  # what is shorter is no token, but a word that may stand anywhere
_HIDDEN = "<token>"


@dataclass(frozen=True, slots=True)
class Translation:
    """`window` is the part of the answer's list that REST's page is, None for all of it.

    `token` is the kind of credential that the call came with, None where it came with none.
    """

    route: Route
    operation: Operation
    variables: Mapping[str, Any]
    window: tuple[int, int] | None = None
    token: TokenKind | None = None
    references: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """Where REST's answer stands in that of the gateway, as jq writes it."""
        if self.window is None:
            return self.operation.path
        return f"{self.operation.path}[{self.window[0]}:{self.window[1]}]"


def translate(call: RestCall) -> Translation:
    """The equivalent of a call; raises Untranslatable where there is none.

    Nothing of `call.secrets` stands in it.
    """
    match = find_route(call.method, call.path)
    if match is None:
        raise no_equivalent(call.method, call.path)
    route = match.route
    params = {**nested(call.query), **(call.body or {})}
    where = dict(_where(match, call))
    notes = [*call.notes, *_conditions(call)]
    given = dict(_variables(route, params))
    if call.unread is not None:
        given |= _unread(route, given, notes)
    pages = Pages({})
    if route.paging is not Paging.NONE:
        pages = pages_of(route, params, {**where, **given})
        notes += [pages.note] * bool(pages.note)
    return Translation(
        route,
        operation_of(route),
        _without_secrets(_placed(route, where, {**given, **pages.variables}), call.secrets),
        pages.window,
        call.token.kind if call.token else None,
        call.references,
        tuple(notes),
    )


def _conditions(call: RestCall) -> Iterator[str]:
    for name, (reason, nearest) in _REFUSED_HEADERS.items():
        if name in call.conditions:
            raise Untranslatable(f"the header {name.title()}: {reason}", nearest)
    if not call.conditions.isdisjoint(_IDLE_HEADERS):
        yield "conditional headers were left out: the gateway itself asks whether something changed"


def _where(match: Match, call: RestCall) -> Iterator[tuple[str, str]]:
    """The variables that the path gives."""
    for name, segment in match.arguments.items():
        variable = _PATH_VARIABLES[name]
        if name == "id":
            yield variable, _project(segment)
        elif name == "sha":
            yield variable, unquote(segment)
        elif _NUMBER.fullmatch(segment) or _reference(segment, call.references):
            yield variable, segment
        else:
            what = name.removesuffix("_id")
            raise other_route(call.method, call.path) or Untranslatable(
                f"the number of the {what} in the path is none, such as 1001"
            )


def _project(segment: str) -> str:
    try:
        return project_reference(segment)
    except (BadUserInput, InvalidRequest) as error:
        raise Untranslatable(error.message) from None


def _reference(segment: str, references: frozenset[str]) -> bool:
    match = _REFERENCE.fullmatch(segment)
    return match is not None and match[1] in references


def _variables(route: Route, params: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    known = {parameter.name: parameter for parameter in route.parameters}
    for name, value in params.items():
        if name in route.missing:
            raise Untranslatable(f"{name} has no equivalent", route.missing[name])
        if name in PAGING and route.paging is not Paging.NONE:
            continue
        if name not in known:
            raise Untranslatable(
                f"{_shown(name)} is no parameter of {route.name}", _parameters(route)
            )
        variable = variable_of(known[name], value)
        if variable is not LEFT_OUT:
            yield known[name].variable, variable


def _shown(name: str) -> str:
    """A parameter's name, if it can be no secret."""
    return name if _SHOWN_NAME.fullmatch(name) else "one of the names in the query or the body"


def _parameters(route: Route) -> str:
    names = [parameter.name for parameter in route.parameters]
    if route.paging is not Paging.NONE:
        names += ["page", "per_page"]
    if route.paging is Paging.KEYSET:
        names += ["pagination", "order_by", "sort", "cursor"]
    return f"its parameters are {', '.join(names)}" if names else "it has no parameters"


def _unread(route: Route, given: Mapping[str, Any], notes: list[str]) -> Iterator[tuple[str, Any]]:
    """A placeholder for what a file was to tell that is not here."""
    parameter = next(iter(route.parameters), None)
    if parameter is None or not route.acts or given or parameter.variable not in _FROM_FILES:
        raise Untranslatable("the call reads a file that cannot be read here")
    notes.append(
        f"the file with {parameter.name} could not be read here: put what it says in place of "
        f"the placeholder in input.{parameter.variable}"
    )
    yield parameter.variable, placeholder_of(parameter)


_FROM_FILES = frozenset({"variables", "inputs"})


def _placed(route: Route, where: Mapping[str, str], given: Mapping[str, Any]) -> Mapping[str, Any]:
    """The variables as the operation declares them: an action has them all in one input."""
    if not route.acts:
        return {**where, **given}
    return {"input": {"projectId": where["projectId"], "id": where["jobId"], **given}}


def _without_secrets(value: Any, secrets: frozenset[str]) -> Any:
    """The same value; where it repeats a credential of the call, a placeholder stands for that."""
    if isinstance(value, Mapping):
        return {
            _without_secrets(key, secrets): _without_secrets(each, secrets)
            for key, each in value.items()
        }
    if isinstance(value, list):
        return [_without_secrets(each, secrets) for each in value]
    if isinstance(value, str):
        for secret in sorted(secrets, key=len, reverse=True):
            if len(secret) >= _SHORTEST_SECRET:
                value = value.replace(secret, _HIDDEN)
    return value
