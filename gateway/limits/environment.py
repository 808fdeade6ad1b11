"""The settings of the limits, for the table in gateway.variables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway import kinds
from gateway.environment import Variable
from gateway.limits import (
    aliases,
    arrival,
    batch,
    characters,
    comparisons,
    depth,
    directives,
    directives_at_once,
    fields,
    fragment_spreads,
    introspection,
    operations,
    root_fields,
    tokens,
    variable_values,
    variables,
)
from gateway.limits.config import ArrivalLimits, DocumentLimits, RequestLimits, VariableLimits

MIB = 1024 * 1024
BODY_SETTING = "GATEWAY_BODY_BYTES"

_DOCUMENT = DocumentLimits()
_VARIABLES = VariableLimits()
_REQUEST = RequestLimits()
_ARRIVAL = ArrivalLimits()


def _count(name: str, default: int, purpose: str, *, highest: int = 1_000_000) -> Variable:
    return Variable(
        name, kinds.whole(0, highest), default=default, purpose=f"{purpose} 0: no limit."
    )


LIMIT_VARIABLES: tuple[Variable, ...] = (
    Variable(
        arrival.HEAD_BYTES_SETTING,
        kinds.whole(1024, MIB),
        default=_ARRIVAL.head_bytes,
        purpose="The largest head of a request, URL and headers; more is answered 431.",
        unit="bytes",
    ),
    Variable(
        arrival.HEAD_LINES_SETTING,
        kinds.whole(10, 10_000),
        default=_ARRIVAL.head_lines,
        purpose="Header lines that a request may have; more are answered 431.",
    ),
    Variable(
        arrival.HEAD_SECONDS_SETTING,
        kinds.seconds(0, 600),
        default=_ARRIVAL.head_seconds,
        purpose="How long the head of a request may take to come; then 408. 0: no limit.",
        unit="seconds",
    ),
    Variable(
        arrival.BODY_SECONDS_SETTING,
        kinds.seconds(0, 3600),
        default=_ARRIVAL.body_seconds,
        purpose="How long the body of a request may take to come; then 408. 0: no limit.",
        unit="seconds",
    ),
    Variable(
        BODY_SETTING,
        kinds.whole(1024, 64 * MIB),
        default=_REQUEST.body_bytes,
        purpose="The largest request body; more is answered 413.",
        unit="bytes",
    ),
    _count(
        characters.SETTING,
        _DOCUMENT.characters,
        "Characters that a query's text may have.",
        highest=64 * MIB,
    ),
    _count(
        tokens.SETTING,
        _DOCUMENT.tokens,
        "Tokens that a query's text may have, comments included.",
    ),
    _count(operations.SETTING, _DOCUMENT.operations, "Operations in a query's text."),
    _count(depth.SETTING, _DOCUMENT.depth, "Levels of fields within fields.", highest=200),
    _count(root_fields.SETTING, _DOCUMENT.root_fields, "Root fields of an operation."),
    _count(
        fields.SETTING,
        _DOCUMENT.fields,
        "Fields of an operation, counted wherever their fragment is spread.",
    ),
    _count(aliases.SETTING, _DOCUMENT.aliases, "Aliases in a query."),
    _count(directives.SETTING, _DOCUMENT.directives, "Directives in a query."),
    _count(
        directives_at_once.SETTING,
        _DOCUMENT.directives_at_once,
        "Directives at one field, fragment or operation.",
    ),
    _count(fragment_spreads.SETTING, _DOCUMENT.fragment_spreads, "Fragment spreads in a query."),
    _count(variables.SETTING, _DOCUMENT.variables, "Variables that an operation may declare."),
    _count(
        comparisons.SETTING,
        _DOCUMENT.comparisons,
        "Comparisons that merging fields of one name may take.",
        highest=250_000,
    ),
    _count(
        introspection.DEPTH_SETTING,
        _DOCUMENT.introspection_depth,
        "Levels of types' parts within parts that may be asked of the schema.",
        highest=200,
    ),
    _count(
        introspection.VALUES_SETTING,
        _DOCUMENT.introspection_values,
        "Values that may be asked of the schema at once, as an estimate.",
        highest=100_000_000,
    ),
    Variable(
        variable_values.BYTES_SETTING,
        kinds.whole(0, 64 * MIB),
        default=_VARIABLES.json_bytes,
        purpose="Bytes that the variables may take as JSON. 0: no limit but that of the body.",
        unit="bytes",
    ),
    _count(
        variable_values.VALUES_SETTING,
        _VARIABLES.values,
        "Values in the variables, those within lists and objects included.",
    ),
    Variable(
        variable_values.DEPTH_SETTING,
        kinds.whole(1, 200),
        default=_VARIABLES.depth,
        purpose="Levels of lists and objects within the variables.",
    ),
    Variable(
        batch.SETTING,
        kinds.whole(0, 1000),
        default=_REQUEST.batch,
        purpose="Operations that may come in one request, as a list. 0 takes no lists.",
    ),
)


def arrival_limits(values: Mapping[str, Any]) -> ArrivalLimits:
    return ArrivalLimits(
        head_bytes=values[arrival.HEAD_BYTES_SETTING],
        head_lines=values[arrival.HEAD_LINES_SETTING],
        head_seconds=values[arrival.HEAD_SECONDS_SETTING],
        body_seconds=values[arrival.BODY_SECONDS_SETTING],
    )


def document_limits(values: Mapping[str, Any]) -> DocumentLimits:
    return DocumentLimits(
        characters=values[characters.SETTING],
        tokens=values[tokens.SETTING],
        operations=values[operations.SETTING],
        depth=values[depth.SETTING],
        root_fields=values[root_fields.SETTING],
        fields=values[fields.SETTING],
        aliases=values[aliases.SETTING],
        directives=values[directives.SETTING],
        directives_at_once=values[directives_at_once.SETTING],
        fragment_spreads=values[fragment_spreads.SETTING],
        variables=values[variables.SETTING],
        comparisons=values[comparisons.SETTING],
        introspection_depth=values[introspection.DEPTH_SETTING],
        introspection_values=values[introspection.VALUES_SETTING],
    )


def request_limits(values: Mapping[str, Any]) -> RequestLimits:
    variables_limits = VariableLimits(
        json_bytes=values[variable_values.BYTES_SETTING],
        values=values[variable_values.VALUES_SETTING],
        depth=values[variable_values.DEPTH_SETTING],
    )
    return RequestLimits(
        body_bytes=values[BODY_SETTING],
        variables=variables_limits,
        batch=values[batch.SETTING],
    )
