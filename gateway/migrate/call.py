"""A REST call, however it was written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from upstream.credentials import TokenKind

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Token:
    """The credential of a call as it was given: it may be a placeholder, or no token at all."""

    kind: TokenKind
    text: str

    def __repr__(self) -> str:
        return f"Token({self.kind.name}, '***')"


@dataclass(frozen=True, slots=True)
class RestCall:
    """Method, address, parameters and credential.

    `api` is all that stands before `path`, such as https://gitlab.example.com/api/v4; it may be
    `${CI_API_V4_URL}`, or empty where the call does not tell.
    `path` is percent-encoded as it came; names and values of `query` are decoded, and hold no
    credential. `body` is what the body says, None without one, and `unread` the name of a file
    that it is to be read from, where that could not be done. `conditions` are the names of headers
    that change what is answered. `references` are the shell's variables that stand in the call,
    each as `${NAME}`. `secrets` is everything that must not come out again.
    """

    method: str
    path: str
    api: str = ""
    query: Pairs = ()
    body: Mapping[str, Any] | None = None
    token: Token | None = None
    unread: str | None = None
    conditions: frozenset[str] = frozenset()
    references: frozenset[str] = frozenset()
    notes: tuple[str, ...] = field(default=(), compare=False)
    secrets: frozenset[str] = field(default=frozenset(), compare=False, repr=False)
