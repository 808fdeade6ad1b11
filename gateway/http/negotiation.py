"""Which media type to answer in, by the request's Accept header.

    application/graphql-response+json    the status says what became of the operation
    application/json                     200 for every well-formed request, errors or not

Without an Accept header, and for */*, it is application/json, which every client understands.
"""

from __future__ import annotations

import enum
from functools import lru_cache

MAX_ACCEPT = 2048  # bytes; browsers send about 150


class MediaType(enum.Enum):
    GRAPHQL = b"application/graphql-response+json; charset=utf-8"
    JSON = b"application/json; charset=utf-8"
    HTML = b"text/html; charset=utf-8"


# In the order of our own preference: where a wildcard or equal weights leave the choice to us.
_OFFERED: tuple[tuple[str, MediaType], ...] = (
    ("application/json", MediaType.JSON),
    ("application/graphql-response+json", MediaType.GRAPHQL),
    ("text/html", MediaType.HTML),
)


@lru_cache(maxsize=256)
def negotiate(accept: bytes | None, *, html: bool = False) -> MediaType | None:
    """The best type for the client, or None where it takes none of ours.

    `html`: a page is on offer, too. It is only ever chosen where the client names text/html.
    """
    if accept is None or not accept.strip():
        return MediaType.JSON
    if len(accept) > MAX_ACCEPT:
        return None
    ranges = _ranges(accept.decode("latin-1").lower())
    best: tuple[float, int, int] | None = None
    chosen: MediaType | None = None
    for rank, (name, media_type) in enumerate(_OFFERED):
        if media_type is MediaType.HTML and not (html and "text/html" in ranges):
            continue
        match = _match(name, ranges)
        # A type that the client names wins over one that only its wildcard covers.
        key = None if match is None else (match[0], match[1], -rank)
        if key is not None and key[0] > 0 and (best is None or key > best):
            best, chosen = key, media_type
    return chosen


def _match(name: str, ranges: dict[str, float]) -> tuple[float, int] | None:
    """The weight of `name`, and how precisely the client named it (RFC 9110, 12.5.1)."""
    main = name.partition("/")[0]
    for precision, pattern in ((2, name), (1, f"{main}/*"), (0, "*/*")):
        if pattern in ranges:
            return ranges[pattern], precision
    return None


def _ranges(accept: str) -> dict[str, float]:
    ranges: dict[str, float] = {}
    for part in accept.split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        if _acceptable_charset(parameters):
            ranges[name] = _weight(parameters)
    return ranges


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            try:
                weight = float(value)
            except ValueError:
                return 0.0
            return weight if 0.0 <= weight <= 1.0 else 0.0
    return 1.0


def _acceptable_charset(parameters: list[str]) -> bool:
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "charset":
            return value.strip().strip('"') in {"utf-8", "utf8"}
    return True
