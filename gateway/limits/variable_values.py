"""What one operation's variables may hold: coercing them costs time for each value in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from gateway.limits.config import VariableLimits
from gateway.limits.excess import Excess

BYTES_SETTING = "GATEWAY_VARIABLE_BYTES"
VALUES_SETTING = "GATEWAY_VARIABLE_VALUES"
DEPTH_SETTING = "GATEWAY_VARIABLE_DEPTH"


def check(
    variables: Mapping[str, Any], limits: VariableLimits, *, request_bytes: int
) -> Excess | None:
    """`request_bytes`: of everything that was sent, so that small requests need no measuring."""
    for value in variables.values():
        if value.__class__ is dict or value.__class__ is list:
            break
    else:
        if request_bytes <= limits.values and request_bytes <= limits.json_bytes:
            return None  # no value takes less than a byte
    return _check_values(variables, limits) or _check_bytes(variables, limits, request_bytes)


def _check_values(variables: Mapping[str, Any], limits: VariableLimits) -> Excess | None:
    count, depth = 0, 0
    level: list[Any] = list(variables.values())
    while level:
        depth += 1
        count += len(level)
        if depth > limits.depth:
            return _too_deep(limits.depth)
        if limits.values and count > limits.values:
            return _too_many(count, limits.values)
        inner: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                inner.extend(value.values())
            elif isinstance(value, list):
                inner.extend(value)
        level = inner
    return None


def _check_bytes(
    variables: Mapping[str, Any], limits: VariableLimits, request_bytes: int
) -> Excess | None:
    if not limits.json_bytes or request_bytes <= limits.json_bytes:
        return None
    found = len(orjson.dumps(variables))
    if found <= limits.json_bytes:
        return None
    return Excess(
        "variable bytes",
        "The variables take {found} bytes as JSON; at most {allowed} are allowed",
        found,
        limits.json_bytes,
        BYTES_SETTING,
    )


def _too_many(found: int, allowed: int) -> Excess:
    return Excess(
        "variable values",
        "The variables hold {found} values or more; at most {allowed} are allowed",
        found,
        allowed,
        VALUES_SETTING,
        at_least=True,
    )


def _too_deep(allowed: int) -> Excess:
    return Excess(
        "variable depth",
        "The variables nest more than {allowed} levels deep",
        allowed + 1,
        allowed,
        DEPTH_SETTING,
        at_least=True,
    )
