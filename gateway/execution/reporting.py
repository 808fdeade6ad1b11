"""GraphQL errors as they go into an answer: with a code, and with nothing that is not meant for it.

graphql-core wraps whatever a resolver raised; the innermost exception decides what is shown.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import orjson
from graphql import GraphQLError

from gateway.errors import ErrorCode, Fault, fault_of, masked, shortened
from gateway.execution.engine import ERRORS_AT_A_TIME, UnfitValueError
from gateway.limits.excess import LimitExceededError
from upstream.turns import turns

logger = logging.getLogger("gateway.execution")

MAX_SHOWN_VALUE = 40  # characters
MAX_LOCATIONS = 20  # of one error; an argument that is given again and again has one each time

_NULL_IN_NON_NULL = re.compile(r"Cannot return null for non-nullable field \w+\.\w+\.")


def format_refusals(errors: Iterable[GraphQLError], code: ErrorCode) -> list[dict[str, Any]]:
    """Errors of parsing, validation or variables: about the request alone, hence shown as is."""
    return [_formatted(error, _refused(error, code)) for error in errors]


def format_errors(
    errors: Iterable[GraphQLError], *, request_id: str, acting: bool
) -> list[dict[str, Any]]:
    """Errors of execution. `acting`: the operation is a mutation."""
    return [_formatted(error, _fault(error, request_id, acting=acting)) for error in errors]


async def format_errors_in_turns(
    errors: Sequence[GraphQLError], *, request_id: str, acting: bool
) -> list[dict[str, Any]]:
    """The same for thousands of errors, with others' turns in between."""
    shown: list[dict[str, Any]] = []
    for start in range(0, len(errors), ERRORS_AT_A_TIME):
        await turns().mine()
        some = errors[start : start + ERRORS_AT_A_TIME]
        shown += format_errors(some, request_id=request_id, acting=acting)
    return shown


def _refused(error: GraphQLError, code: ErrorCode) -> Fault:
    if isinstance(error, LimitExceededError):
        return error.excess.fault(code)
    return Fault(code, shortened(error.message))


def _formatted(error: GraphQLError, fault: Fault) -> dict[str, Any]:
    shown: dict[str, Any] = {"message": fault.message}
    if error.locations:
        shown["locations"] = [
            {"line": location.line, "column": location.column}
            for location in error.locations[:MAX_LOCATIONS]
        ]
    if error.path is not None:
        shown["path"] = error.path
    shown["extensions"] = fault.extensions()
    return shown


def _fault(error: GraphQLError, request_id: str, *, acting: bool) -> Fault:
    origin = _innermost(error)
    if isinstance(origin, GraphQLError):
        return _completion_fault(error)
    if isinstance(origin, UnfitValueError):
        return Fault(ErrorCode.UPSTREAM_INVALID, _unfit_message(error, origin))
    if isinstance(origin, TypeError) and _NULL_IN_NON_NULL.fullmatch(str(origin)):
        return Fault(ErrorCode.UPSTREAM_INVALID, str(origin))
    # Only a mutation's own field acts; the fields below it read, but asking for them again would
    # mean to act again.
    below = acting and error.path is not None and len(error.path) > 1
    fault = fault_of(origin, acting=acting)
    if fault is None:
        logger.error(
            "request %s: unexpected error at %s", request_id, _place(error), exc_info=origin
        )
        return masked()
    if below and fault.retryable:
        return replace(fault, retryable=False)
    return fault


def _innermost(error: GraphQLError) -> Exception:
    origin: Exception = error
    while isinstance(origin, GraphQLError) and origin.original_error is not None:
        origin = origin.original_error
    return origin


def _completion_fault(error: GraphQLError) -> Fault:
    """What graphql-core itself found wrong while it executed.

    Its messages about values hold Python's view of them; those about arguments and about the
    operation speak GraphQL only.
    """
    if error.path is None:
        return Fault(ErrorCode.GRAPHQL_VALIDATION_FAILED, error.message)
    if error.message.startswith("Argument "):
        return Fault(ErrorCode.BAD_USER_INPUT, error.message)
    return Fault(
        ErrorCode.UPSTREAM_INVALID, f"GitLab's value for {_field(error)} does not fit its type."
    )


def _unfit_message(error: GraphQLError, unfit: UnfitValueError) -> str:
    return f"GitLab's value for {_field(error)} is no {unfit.type_name}: {_shown(unfit.value)}."


def _shown(value: Any) -> str:
    """A value in JSON's words, shortened; never Python's repr of it."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list | tuple):
        return "a list"
    if not isinstance(value, str | int | float):
        return "something else"
    try:
        text = orjson.dumps(value).decode()
    except orjson.JSONEncodeError:
        return "a number out of range" if isinstance(value, int) else "text that is not UTF-8"
    return text if len(text) <= MAX_SHOWN_VALUE else f"{text[:MAX_SHOWN_VALUE]}..."


def _field(error: GraphQLError) -> str:
    names = [part for part in error.path or () if isinstance(part, str)]
    return f'"{names[-1]}"' if names else "the operation"


def _place(error: GraphQLError) -> str:
    return ".".join(str(part) for part in error.path or ()) or "the operation"
