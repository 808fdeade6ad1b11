"""Pages by offset and by keyset, with the headers that lead on."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any, Protocol, TypeVar
from urllib.parse import quote, urlencode

from upstream.demo.answers import invalid_parameters, keyset_unavailable, server_error
from upstream.demo.params import Params

DEFAULT_PER_PAGE = 20
MAX_PER_PAGE = 100
COUNTED_ROWS = 10_000  # above it GitLab sends no totals


class HasId(Protocol):
    @property
    def id(self) -> int: ...


Row = TypeVar("Row")
Numbered = TypeVar("Numbered", bound=HasId)
Headers = dict[str, str]


def check(params: Params) -> None:
    """Refuse what GitLab refuses before it looks at anything."""
    problems = []
    for name in ("page", "per_page"):
        value = params.get(name)
        if value is None or value == "":
            continue
        try:
            number = int(value)
        except (TypeError, ValueError):
            problems.append(f"{name} is invalid")
            continue
        if name == "per_page" and number == 0:
            problems.append("per_page has a value not allowed")
    if problems:
        raise invalid_parameters(*problems)


def _number(params: Params, name: str, default: int) -> int:
    """After `check`, which has refused what is no number."""
    return int(params.get(name) or default)


def by_offset(
    rows: Sequence[Row], params: Params, url: str, *, counted: bool = True
) -> tuple[Sequence[Row], Headers]:
    """`url` is the address of the request without its query."""
    page = max(1, _number(params, "page", 1))
    wanted = _number(params, "per_page", DEFAULT_PER_PAGE)
    size = min(wanted, MAX_PER_PAGE) if wanted > 0 else DEFAULT_PER_PAGE
    first = (page - 1) * size
    more = len(rows) > first + size
    counted = counted and len(rows) <= COUNTED_ROWS
    pages = max(1, -(-len(rows) // size))
    links = {"prev": page - 1 if page > 1 else None, "next": page + 1 if more else None, "first": 1}
    headers = {
        "x-page": str(page),
        "x-per-page": str(size),
        "x-next-page": str(page + 1) if more else "",
        "x-prev-page": str(page - 1) if page > 1 else "",
    }
    if counted:
        links["last"] = pages
        headers |= {"x-total": str(len(rows)), "x-total-pages": str(pages)}
    headers["link"] = ", ".join(
        _link(url, {**params, "page": number, "per_page": size}, rel)
        for rel, number in links.items()
        if number is not None
    )
    return rows[first : first + size], headers


def by_keyset(
    rows: Sequence[Numbered], params: Params, url: str
) -> tuple[Sequence[Numbered], Headers]:
    """`rows` by id, newest first; the only order that GitLab offers here."""
    if (params.get("order_by") or "id", params.get("sort") or "desc") != ("id", "desc"):
        raise keyset_unavailable()
    size = _number(params, "per_page", DEFAULT_PER_PAGE)
    if size < 0:
        raise server_error()  # it becomes a negative LIMIT
    back, border = False, None
    if params.get("cursor"):
        back, border = _read_cursor(str(params["cursor"]))
    if back and border is not None:
        newer = [row for row in rows if row.id > border]
        page = newer[-size:]
        has_next, has_prev = True, len(newer) > size
    else:
        older = rows if border is None else [row for row in rows if row.id < border]
        page = list(older[:size])
        has_next, has_prev = len(older) > size, border is not None
    headers: Headers = {}
    if page and has_next:
        cursor = make_cursor(page[-1].id, "n")
        headers["x-next-cursor"] = cursor
        headers["link"] = _link(url, {**params, "cursor": cursor, "per_page": size}, "next")
    if page and has_prev:
        headers["x-prev-cursor"] = make_cursor(page[0].id, "p")
    return page, headers


def make_cursor(number: int, direction: str) -> str:
    text = json.dumps({"id": str(number), "_kd": direction}, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode()


def _read_cursor(cursor: str) -> tuple[bool, int]:
    """GitLab does not check cursors: a bad one ends in its catch-all handler."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        content = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        return content.get("_kd") == "p", int(content["id"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise server_error() from None


def _link(url: str, params: Params, rel: str) -> str:
    return f'<{url}?{_encode(params)}>; rel="{rel}"'


def _encode(params: Params) -> str:
    """All parameters of the request come back, by name, as Rails writes them."""
    pairs: list[tuple[str, str]] = []
    for name in sorted(params):
        pairs.extend(_flatten(name, params[name]))
    return urlencode(pairs, quote_via=quote)


def _flatten(name: str, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, list):
        return [pair for one in value for pair in _flatten(f"{name}[]", one)]
    if isinstance(value, dict):
        return [pair for key in value for pair in _flatten(f"{name}[{key}]", value[key])]
    if isinstance(value, bool):
        return [(name, "true" if value else "false")]
    return [(name, "" if value is None else str(value))]
