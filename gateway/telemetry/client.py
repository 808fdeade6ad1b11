"""What a client says of itself, in the headers that Apollo's tools and GraphQL clients send."""

from __future__ import annotations

from gateway.http.head import Head
from gateway.telemetry.rendering import printable

MAX_CHARACTERS = 100

_NAME = (b"apollographql-client-name", b"graphql-client-name")
_VERSION = (b"apollographql-client-version", b"graphql-client-version")


def client_name(head: Head) -> str | None:
    return _first(head, _NAME)


def client_version(head: Head) -> str | None:
    return _first(head, _VERSION)


def shortened(text: str) -> str:
    """A client's own words in one line, of a bounded length."""
    return printable(text[:MAX_CHARACTERS])


def _first(head: Head, names: tuple[bytes, ...]) -> str | None:
    for name in names:
        value = head.values.get(name)
        if value:
            return shortened(value.decode("latin-1"))
    return None
