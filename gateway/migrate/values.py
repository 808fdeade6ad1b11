"""Values of REST's parameters, as the variables of an operation take them.

What GitLab itself refuses is refused here, too, in words that say what would be right; so are forms
that GitLab takes and nobody can mean.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, assert_never

from gateway.migrate.problems import Untranslatable
from gateway.migrate.routes import Kind, Parameter
from schema.scalars import parse_date_time
from upstream.records import STATUSES

_TRUE = frozenset({"true", "t", "1", "on", "yes"})
_FALSE = frozenset({"false", "f", "0", "off", "no"})
_WHOLE = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_STATUSES = ", ".join(sorted(STATUSES))
_MEMBERS = frozenset({"key", "value"})
_PLACEHOLDER = {"key": "<key>", "value": "<value>"}  # GitLab takes no such key, so it runs nowhere

LEFT_OUT: Any = object()
"""What stands for a parameter that GitLab takes for not given."""


def variable_of(parameter: Parameter, value: Any) -> Any:
    """The value of a parameter's variable, or LEFT_OUT; raises Untranslatable."""
    convert: Callable[[str, Any], Any]
    match parameter.kind:
        case Kind.STATUSES:
            convert = _statuses
        case Kind.STATUS:
            convert = _status
        case Kind.SWITCH:
            convert = _switch
        case Kind.TEXT:
            convert = _text
        case Kind.MOMENT:
            convert = _moment
        case Kind.OBJECT:
            convert = _object
        case Kind.VARIABLES:
            convert = _variables
        case _:
            assert_never(parameter.kind)
    return convert(parameter.name, value)


def placeholder_of(parameter: Parameter) -> Any:
    """What stands for a value that could not be read."""
    if parameter.kind is Kind.VARIABLES:
        return [dict(_PLACEHOLDER)]
    return {"<name>": "<value>"}


def whole_number(name: str, value: Any) -> int | None:
    """A number of a page, or None where it is left empty."""
    if value in (None, ""):
        return None
    text = str(value)
    if isinstance(value, bool) or not _WHOLE.fullmatch(text):
        raise Untranslatable(f"{name} takes a whole number; GitLab answers 400 to anything else")
    return int(text)


def _statuses(name: str, value: Any) -> Any:
    if value is None:
        return LEFT_OUT
    given = list(value.values()) if isinstance(value, Mapping) else value
    listed = given if isinstance(given, list) else [given]
    if not listed:
        return LEFT_OUT
    return list(dict.fromkeys(_status(name, each) for each in listed))


def _status(name: str, value: Any) -> str:
    if isinstance(value, str) and value in STATUSES:
        return value.upper()
    raise Untranslatable(f"{name} takes {_STATUSES}; GitLab answers 400 to anything else")


def _switch(name: str, value: Any) -> Any:
    if value in (None, ""):
        return LEFT_OUT
    text = str(value).lower()
    if text in _TRUE | _FALSE:
        return text in _TRUE
    raise Untranslatable(f"{name} takes true or false; GitLab answers 400 to anything else")


def _text(name: str, value: Any) -> Any:
    if value is None or (isinstance(value, str) and not value.strip()):
        return LEFT_OUT
    if isinstance(value, str):
        return value
    raise Untranslatable(f"{name} takes one text")


def _moment(name: str, value: Any) -> Any:
    if value in (None, ""):
        return LEFT_OUT
    try:
        return parse_date_time(value)
    except ValueError:
        raise Untranslatable(
            f"{name} takes ISO 8601 text such as 2026-02-13T10:00:00Z; a + in a URL is %2B"
        ) from None


def _object(name: str, value: Any) -> Any:
    if value is None:
        return LEFT_OUT
    if isinstance(value, Mapping):
        return dict(value)
    raise Untranslatable(f'{name} takes an object, such as {{"{name}": {{"name": "value"}}}}')


def _variables(name: str, value: Any) -> Any:
    if value is None:
        return LEFT_OUT
    if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
        raise Untranslatable(f"{name} takes a list of objects, each with a key and a value")
    return [_variable(name, each) for each in value]


def _variable(name: str, given: Mapping[str, Any]) -> dict[str, str]:
    if given.keys() != _MEMBERS:
        raise Untranslatable(f"{name}: each variable has a key and a value, and nothing else")
    return {part: _scalar(name, given[part]) for part in ("key", "value")}


def _scalar(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    raise Untranslatable(f"{name}: a key and a value are text")
