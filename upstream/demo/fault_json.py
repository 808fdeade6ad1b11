"""A fault out of JSON, for the door; what is wrong with it is told in words for its sender."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Collection
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from upstream.demo import effects
from upstream.demo.faults import Fault

EXAMPLE = '{"kind": "delay", "seconds": 1, "route": "GET /projects/:id/jobs", "times": 1}'


class BadFault(Exception):
    """The text says what would be right."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """`allowed` completes "… must be"."""

    allowed: str
    accepts: Callable[[Any], bool]
    required: bool = False


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def seconds(*, required: bool = False) -> Parameter:
    return Parameter(
        "a number of seconds, 0 or more", lambda it: _number(it) and it >= 0, required=required
    )


def whole(low: int, high: int | None = None, *, required: bool = False) -> Parameter:
    bounds = f"{low} or more" if high is None else f"from {low} to {high}"
    return Parameter(
        f"a whole number, {bounds}",
        lambda it: _whole(it) and it >= low and (high is None or it <= high),
        required=required,
    )


def one_of(*words: str) -> Parameter:
    shown = " or ".join(f'"{word}"' for word in words)
    return Parameter(shown, lambda it: it in words)


SWITCH = Parameter("true or false", lambda it: isinstance(it, bool))
SHARE = Parameter("a number from 0 to 1", lambda it: _number(it) and 0 <= it <= 1)
TEXT = Parameter("text", lambda it: isinstance(it, str))
ADDRESS = Parameter("an address as text", lambda it: isinstance(it, str), required=True)
ERROR = whole(400, 599)
WHEN = one_of("before", "after")

KINDS: dict[str, tuple[Callable[..., effects.Effect], dict[str, Parameter]]] = {
    "bad_gateway": (effects.bad_gateway, {"status": ERROR}),
    "broken_error": (effects.broken_error, {"status": ERROR}),
    "cut": (effects.Cut, {"when": WHEN, "reset": SWITCH}),
    "delay": (effects.Delay, {"seconds": seconds(required=True)}),
    "drip": (effects.Drip, {"size": whole(1, required=True), "seconds": seconds(required=True)}),
    "endless": (effects.Endless, {"seconds": seconds()}),
    "gzip_bomb": (effects.gzip_bomb, {"mebibytes": whole(1, 1000)}),
    "half_body": (effects.HalfBody, {"share": SHARE}),
    "html": (effects.html, {"status": whole(200, 599)}),
    "invalid_json": (effects.invalid_json, {}),
    "rate_limited": (effects.rate_limited, {"retry_after": whole(0), "text": SWITCH}),
    "redirect": (effects.redirect, {"location": ADDRESS, "status": whole(300, 399)}),
    "server_error": (effects.server_error, {"status": ERROR}),
    "silence": (effects.Silence, {"when": WHEN}),
    "without_keyset": (effects.WithoutKeyset, {"refused": SWITCH}),
    "wrong_types": (effects.wrong_types, {}),
}
MATCHERS: dict[str, Parameter] = {
    "method": one_of("GET", "POST", "PUT", "DELETE"),
    "route": TEXT,
    "path": TEXT,
    "skip": whole(0),
    "times": Parameter(
        "a whole number, 1 or more, or null for always",
        lambda it: it is None or (_whole(it) and it >= 1),
    ),
}


def read_fault(body: bytes, routes: Collection[str]) -> Fault:
    """`routes` are those there are. Raises BadFault."""
    try:
        payload = json.loads(body)
    except ValueError:
        raise BadFault(f"the body is not JSON; send something like {EXAMPLE}") from None
    if not isinstance(payload, dict):
        raise BadFault(f"the body must be an object such as {EXAMPLE}")
    kind = payload.pop("kind", None)
    if not isinstance(kind, str) or kind not in KINDS:
        raise BadFault(f"kind must be one of {', '.join(KINDS)}")
    make, parameters = KINDS[kind]
    _check(kind, payload, parameters)
    _check_route(payload.get("route"), routes)
    matching = {name: value for name, value in payload.items() if name in MATCHERS}
    rest = {name: value for name, value in payload.items() if name not in MATCHERS}
    return Fault(make(**rest), **matching)


def _check(kind: str, payload: dict[str, Any], parameters: dict[str, Parameter]) -> None:
    known = {**parameters, **MATCHERS}
    for name, value in payload.items():
        if name not in known:
            raise BadFault(f"{kind} takes {', '.join(known)}; there is no {json.dumps(name)}")
        if not known[name].accepts(value):
            raise BadFault(f"{name} must be {known[name].allowed}")
    for name, parameter in parameters.items():
        if parameter.required and name not in payload:
            raise BadFault(f"{kind} needs {name}, {parameter.allowed}")


def _check_route(route: str | None, routes: Collection[str]) -> None:
    if route is None or route in routes:
        return
    close = get_close_matches(route, routes, n=1, cutoff=0.0)
    raise BadFault(
        "route must be a method and a template of the API; "
        f"the nearest to {json.dumps(route)} is {json.dumps(close[0])}"
    )
