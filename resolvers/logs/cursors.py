"""Cursors of log lines: URL-safe base64 of `log-line:N`.

A line keeps its number while a log grows, so a cursor holds for every search and every later
request for the same log.
"""

from __future__ import annotations

import base64
import binascii
import re

from resolvers.errors import BadCursor

_PLACE = re.compile(rb"log-line:([1-9][0-9]{0,11})")


def line_cursor(number: int) -> str:
    return base64.urlsafe_b64encode(b"log-line:%d" % number).decode("ascii").rstrip("=")


def line_number(cursor: str) -> int:
    """The line number in a cursor; anything that `line_cursor` did not make raises BadCursor."""
    try:
        data = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        data = b""
    place = _PLACE.fullmatch(data)
    if place is None or line_cursor(number := int(place[1])) != cursor:
        raise BadCursor(
            "after: this is not a cursor of log lines; take one from `pageInfo` or `edges`"
        )
    return number
