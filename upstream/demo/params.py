"""Parameters of a request, from its path, query and body, read as GitLab reads them."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from upstream.demo.answers import invalid_parameters

_KEY = re.compile(r"^(?P<name>[^\[\]]+)(?P<rest>(?:\[[^\[\]]*\])*)$")
_PART = re.compile(r"\[([^\[\]]*)\]")
_TRUE = frozenset({"true", "t", "1", "on", "yes"})
_FALSE = frozenset({"false", "f", "0", "off", "no"})

Params = Mapping[str, Any]


def parse_query(query: str) -> dict[str, Any]:
    """Rack's nesting: `a[]=1&a[]=2` is a list, `a[b]=1` a mapping; the last plain one wins."""
    found: dict[str, Any] = {}
    for key, value in parse_qsl(query, keep_blank_values=True):
        match = _KEY.match(key)
        if match is None:
            found[key] = value
            continue
        parts = [match["name"], *_PART.findall(match["rest"])]
        _put(found, parts, value)
    return found


def _put(target: dict[str, Any], parts: list[str], value: str) -> None:
    name, rest = parts[0], parts[1:]
    if not rest:
        target[name] = value
    elif rest[0] == "":
        items = target.setdefault(name, [])
        if not isinstance(items, list):
            raise invalid_parameters(f"{name} is invalid")
        if len(rest) == 1:
            items.append(value)
        else:
            _put_in_last(items, rest[1:], value)
    else:
        inner = target.setdefault(name, {})
        if not isinstance(inner, dict):
            raise invalid_parameters(f"{name} is invalid")
        _put(inner, rest, value)


def _put_in_last(items: list[Any], parts: list[str], value: str) -> None:
    """`a[][key]=1&a[][value]=2`: a new mapping begins where a key comes again."""
    if not items or not isinstance(items[-1], dict) or parts[0] in items[-1]:
        items.append({})
    _put(items[-1], parts, value)


def parse_body(content_type: str, body: bytes) -> dict[str, Any]:
    """A JSON object or a form; anything else holds no parameters."""
    if not body:
        return {}
    kind = content_type.split(";", maxsplit=1)[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        return parse_query(body.decode("utf-8", "replace"))
    if kind != "application/json":
        return {}
    try:
        payload = json.loads(body)
    except ValueError:
        raise invalid_parameters("message body does not match declared format") from None
    return payload if isinstance(payload, dict) else {}


def number_in_path(params: Params, name: str) -> int:
    value = str(params[name])
    if re.fullmatch(r"-?[0-9]{1,30}", value) is None:
        raise invalid_parameters(f"{name} is invalid")
    return int(value)


def boolean(params: Params, name: str, *, default: bool = False) -> bool:
    value = params.get(name)
    if value is None or value == "":
        return default
    if isinstance(value, bool):
        return value
    text = str(value).lower()
    if text not in _TRUE | _FALSE:
        raise invalid_parameters(f"{name} is invalid")
    return text in _TRUE


def choices(params: Params, name: str, allowed: tuple[str, ...]) -> frozenset[str]:
    """One value, a list or a mapping of values, each of them one of `allowed`."""
    value = params.get(name)
    if value is None:
        return frozenset()
    if isinstance(value, Mapping):
        value = list(value.values())
    values = value if isinstance(value, list) else [value]
    if any(one not in allowed for one in values):
        raise invalid_parameters(f"{name} does not have a valid value")
    return frozenset(values)


def choice(params: Params, name: str, allowed: tuple[str, ...]) -> str | None:
    value = params.get(name)
    if value is None:
        return None
    if value not in allowed:
        raise invalid_parameters(f"{name} does not have a valid value")
    return str(value)


def moment(params: Params, name: str) -> float | None:
    """ISO 8601 text as seconds since the epoch; without an offset it is UTC."""
    value = params.get(name)
    if value is None or value == "":
        return None
    try:
        time = dt.datetime.fromisoformat(str(value))
    except ValueError:
        raise invalid_parameters(f"{name} is invalid") from None
    return (time if time.tzinfo else time.replace(tzinfo=dt.UTC)).timestamp()


def text(params: Params, name: str) -> str | None:
    """Text that is not blank."""
    value = params.get(name)
    return None if value is None or not str(value).strip() else str(value)
