"""The text of GitLab's error answers, fit to be shown: short, printable, without the token."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import orjson

MAX_CHARACTERS = 500
_READ_BYTES = 64 * 1024  # of a page: its title stands at its top
_DEPTH = 8  # of a nested message; GitLab's have two or three levels
_PARTS = 20
_JSON_BEGINS = (b"{", b"[", b'"')

_TITLE = re.compile(r"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)
# Control characters, and those that make text run backwards or vanish.
_UNPRINTABLE = re.compile(
    r"[\x00-\x20\x7f-\xa0\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+"
)


def message_in(status: int, headers: Mapping[str, str], body: bytes, secret: str | None) -> str:
    """What the answer says; the status in words where it says nothing."""
    try:
        text = _from_json(orjson.loads(body))
    except orjson.JSONDecodeError:
        # What was to be JSON and broke off says nothing to anybody.
        text = "" if body.lstrip()[:1] in _JSON_BEGINS else _from_text(status, headers, body)
    return clean(text, secret) or _phrase(status)


def clean(text: str, secret: str | None = None) -> str:
    """One line of at most MAX_CHARACTERS, with `secret` masked."""
    if secret:
        text = text.replace(secret, "***").replace(quote(secret, safe=""), "***")
    text = _UNPRINTABLE.sub(" ", text).strip()
    return text if len(text) <= MAX_CHARACTERS else f"{text[: MAX_CHARACTERS - 3]}..."


def is_json(body: bytes) -> bool:
    try:
        orjson.loads(body)
    except orjson.JSONDecodeError:
        return False
    return True


def is_html(headers: Mapping[str, str], body: bytes) -> bool:
    if headers.get("content-type", "").lower().startswith(("text/html", "application/xhtml")):
        return True
    return body[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<!doctype", b"<html"))


def _from_json(payload: Any) -> str:
    if not isinstance(payload, dict):
        return _joined(payload)
    error, description = _joined(payload.get("error")), _joined(payload.get("error_description"))
    if description and error:
        scope = _joined(payload.get("scope"))
        return f"{description} ({error}; needs {scope})" if scope else f"{description} ({error})"
    message = _joined(payload.get("message"))
    return "; ".join(part for part in (message, error, description) if part)


def _joined(value: Any) -> str:
    parts: list[str] = []
    for leaf in _leaves(value):
        parts.append(leaf)
        if len(parts) == _PARTS:
            break
    return "; ".join(parts)


def _leaves(value: Any, name: str = "", depth: int = _DEPTH) -> Iterator[str]:
    """The texts in a nested message, each with the field that it is about."""
    if isinstance(value, str):
        yield f"{name}: {value}" if name else value
    elif isinstance(value, bool | int | float):
        yield f"{name}: {orjson.dumps(value).decode()}" if name else str(value)
    elif depth and isinstance(value, list):
        for item in value:
            yield from _leaves(item, name, depth - 1)
    elif depth and isinstance(value, dict):
        for key, item in value.items():
            # `base` is Rails' name for the thing as a whole, `error` a rate limiter's.
            yield from _leaves(item, "" if key in ("base", "error") else str(key), depth - 1)


def _from_text(status: int, headers: Mapping[str, str], body: bytes) -> str:
    text = body[:_READ_BYTES].decode(errors="replace")
    if not is_html(headers, body):
        return text
    title = _TITLE.search(text)
    named = clean(html.unescape(title[1])) if title else ""
    return f"GitLab answered {status} with an HTML page" + (f": {named}" if named else "")


def _phrase(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"GitLab answered {status}"
