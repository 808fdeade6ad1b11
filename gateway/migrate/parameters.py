"""Parameters of a request as GitLab's framework nests them (Rack::Utils.parse_nested_query)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import parse_qsl

from gateway.migrate.call import Pairs
from gateway.migrate.problems import Unreadable

MAX_PARAMETERS = 1000
MAX_DEPTH = 100  # of nesting, as in GitLab's JSON parser
_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_PART = re.compile(r"\[([^\[\]]*)\]")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


def pairs_of(text: str) -> Pairs:
    """Names and values of a query or a form, decoded."""
    if _BAD_ESCAPE.search(text):
        raise Unreadable("a parameter holds a % that encodes nothing; a % itself is %25")
    try:
        pairs = parse_qsl(
            text, keep_blank_values=True, errors="strict", max_num_fields=MAX_PARAMETERS
        )
    except UnicodeDecodeError:
        raise Unreadable("a parameter is percent-encoded, but not as UTF-8") from None
    except ValueError:
        raise Unreadable(f"there are more than {MAX_PARAMETERS} parameters") from None
    return tuple(pairs)


def nested(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """`a[]=1&a[]=2` is a list, `a[b]=1` an object; of two plain ones the last counts."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        match = _NAME.fullmatch(name)
        if match is None:
            found[name] = value
        else:
            path = [match[1], *_PART.findall(match[2])]
            if len(path) > MAX_DEPTH:
                raise Unreadable(f"a parameter is nested deeper than {MAX_DEPTH} levels")
            _put(found, path, value)
    return found


def is_deep(value: Any, depth: int = MAX_DEPTH) -> bool:
    """Whether a JSON value is nested deeper than GitLab takes."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return depth <= 0 or any(is_deep(each, depth - 1) for each in inner)


def _put(target: dict[str, Any], path: Sequence[str], value: str) -> None:
    name, rest = path[0], path[1:]
    if not rest:
        target[name] = value
    elif rest[0]:
        _put(_of_type(target.setdefault(name, {}), dict), rest, value)
    else:
        items = _of_type(target.setdefault(name, []), list)
        if len(rest) == 1:
            items.append(value)
        else:
            _put_in_last(items, rest[1:], value)


def _put_in_last(items: list[Any], path: Sequence[str], value: str) -> None:
    """`a[][key]=1&a[][value]=2`: where a name comes again, a new object begins."""
    if not items or not isinstance(items[-1], dict) or path[0] in items[-1]:
        items.append({})
    _put(items[-1], path, value)


def _of_type(value: Any, wanted: type[Any]) -> Any:
    if isinstance(value, wanted):
        return value
    raise Unreadable("one parameter comes in two forms, such as scope=… and scope[]=…; use one")
