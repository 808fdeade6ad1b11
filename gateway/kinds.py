"""Kinds of settings: what a value may look like, in words and in code.

`parse` raises ValueError without a text; the words are `allowed`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from upstream.credentials import Credential, TokenKind

_SWITCH = {
    "true": True, "yes": True, "on": True, "1": True,
    "false": False, "no": False, "off": False, "0": False,
}  # fmt: skip
_OF_HOSTS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.-_")


@dataclass(frozen=True, slots=True)
class Kind:
    allowed: str
    parse: Callable[[str], Any]


def whole(low: int, high: int) -> Kind:
    def parse(text: str) -> int:
        # int() would also take "1_000", " 5" and digits of other scripts.
        if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
            raise ValueError
        return int(text)

    return Kind(f"a whole number from {low} to {high}", parse)


def seconds(low: float, high: float) -> Kind:
    return number(low, high, "a number of seconds")


def number(low: float, high: float, what: str = "a number") -> Kind:
    def parse(text: str) -> float:
        value = float(text)
        if not (math.isfinite(value) and low <= value <= high):
            raise ValueError
        return value

    return Kind(f"{what} from {low:g} to {high:g}", parse)


def choice(*values: str) -> Kind:
    def parse(text: str) -> str:
        if text.lower() not in values:
            raise ValueError
        return text.lower()

    return Kind(
        " or ".join((", ".join(values[:-1]), values[-1])) if values[1:] else values[0], parse
    )


def _switch(text: str) -> bool:
    try:
        return _SWITCH[text.lower()]
    except KeyError:
        raise ValueError from None


def _url(text: str) -> str:
    """A root: no query, no fragment, no user; without a slash at its end."""
    parts = urlsplit(text)
    plain = not (parts.query or parts.fragment or parts.username or parts.password)
    if not (_is_http(text) and plain) or parts.path.rstrip("/").endswith("/api/v4"):
        raise ValueError
    return text.rstrip("/")


def _proxy(text: str) -> str:
    if not (_is_http(text) and text.lower().startswith("http://")):
        raise ValueError
    return text


def _is_http(text: str) -> bool:
    parts = urlsplit(text)
    # .port raises ValueError by itself where it is no number
    in_range = parts.port is None or parts.port > 0
    clean = text.isascii() and text.isprintable() and " " not in text
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and clean and in_range


def _origins(text: str) -> tuple[str, ...]:
    origins = tuple(part.strip().rstrip("/") for part in text.split(",") if part.strip())
    for origin in origins:
        parts = urlsplit(origin)
        if origin != "*" and not (_is_http(origin) and not parts.path and not parts.query):
            raise ValueError
    return origins


def _hosts(text: str) -> tuple[str, ...]:
    hosts = tuple(part.strip().lower() for part in text.split(",") if part.strip())
    for host in hosts:
        plain = host.removeprefix(".")
        if host != "*" and not (plain and plain.isascii() and set(plain) <= _OF_HOSTS):
            raise ValueError
    return hosts


def _host(text: str) -> str:
    if not all(character.isalnum() or character in ".-:_%" for character in text):
        raise ValueError
    return text


def _token(text: str) -> Credential:
    return Credential(TokenKind.PRIVATE_TOKEN, text)


SWITCH = Kind("true or false", _switch)
GITLAB_ROOT = Kind(
    "the root of a GitLab, such as https://gitlab.example.com, with no user, query or /api/v4",
    _url,
)
PROXY = Kind("an http URL such as http://proxy.example.com:3128", _proxy)
ORIGINS = Kind(
    "origins such as https://app.example.com, separated by commas, or * for every one", _origins
)
HOSTS = Kind(
    "hosts without a port, such as gateway.example.com, or .example.com for all below it, "
    "separated by commas, or * for every one",
    _hosts,
)
HOST = Kind("an address or host name of this machine", _host)
TOKEN = Kind("a token: visible ASCII, no blanks, at most 4096 characters", _token)
