"""Variables of the shell in a call, filled in from the environment, as the shell would do it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from gateway.migrate.call import RestCall, Token
from gateway.migrate.problems import Unreadable
from gateway.migrate.words import SUBSTITUTION

_REFERENCE = re.compile(r"\$\{(\w+)\}", re.ASCII)
_PLACEHOLDER = re.compile(r"<[^<>]*>|\$\{?\w+\}?", re.ASCII)

Lookup = Callable[[str], "str | None"]


def is_placeholder(token: str) -> bool:
    """Whether the text only says where a token belongs."""
    return _PLACEHOLDER.fullmatch(token) is not None or SUBSTITUTION in token


def filled(call: RestCall, look_up: Lookup) -> RestCall:
    """The call without variables; raises Unreadable naming one that is not set.

    A variable for the token may be unset: then it is a placeholder like others.
    """
    names = call.references

    def put(text: str) -> str:
        return _REFERENCE.sub(lambda match: _value(match, names, look_up), text)

    token = call.token
    if token is not None and (match := _REFERENCE.fullmatch(token.text)):
        token = Token(token.kind, look_up(match[1]) or token.text)
    secrets = call.secrets if token is None or is_placeholder(token.text) else {token.text}
    return replace(
        call,
        api=put(call.api).rstrip("/"),
        path=put(call.path),
        query=tuple((name, put(value)) for name, value in call.query),
        body=None if call.body is None else _inside(call.body, put),
        token=token,
        references=frozenset(),
        secrets=call.secrets | secrets,
    )


def _value(match: re.Match[str], names: frozenset[str], look_up: Lookup) -> str:
    if match[1] not in names:
        return match.group()
    value = look_up(match[1])
    if value is None:
        raise Unreadable(f"the call needs the variable {match[1]}, which is not set here")
    return value


def _inside(value: Any, put: Callable[[str], str]) -> Any:
    if isinstance(value, Mapping):
        return {key: _inside(each, put) for key, each in value.items()}
    if isinstance(value, list):
        return [_inside(each, put) for each in value]
    return put(value) if isinstance(value, str) else value
