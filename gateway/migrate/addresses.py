"""The address of a REST call: what stands before its path, the path, and the query."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from gateway.migrate.call import Pairs
from gateway.migrate.parameters import pairs_of
from gateway.migrate.problems import Unreadable
from gateway.migrate.words import SUBSTITUTION

_REFERENCE = re.compile(r"\$\{(\w+)\}")
_HOST = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*://)?[^/\s?#]+(?=/)")
_API = "/api/v4"
_ITSELF_A_PATH = re.compile(r"/(?:projects/|job(?:/|\?|#|\Z))")
_BRACES = re.compile(r"\{[^{}]*,[^{}]*\}|\{[^{}$]+\}|\[\w+-\w+(?::\d+)?\]")


class Address(NamedTuple):
    """`user` is what the address holds before an @: it may be a password."""

    api: str
    path: str
    query: Pairs
    user: str = ""


def read_address(text: str, *, globbing: bool = False) -> Address:
    """An address with or without scheme and host, or one that begins with a variable.

    `globbing`: {a,b} and [1-3] stand for several addresses, as they do for curl.
    """
    text = text.strip()
    if globbing and _BRACES.search(_REFERENCE.sub("", text)):
        raise Unreadable(
            "{…} or [1-3] in the URL makes several calls of it; translate them one by one, or say "
            "--globoff"
        )
    front, query = _split(text.partition("#")[0])
    host = _HOST.match(front)
    root = host.group() if host and not front.startswith("/") else ""
    path = front[len(root) :]
    user, root = _without_user(root)
    api, path = _split_at_api(root, path)
    if not path.startswith("/") or SUBSTITUTION in path:
        raise Unreadable("the URL holds what another command prints; put the text itself there")
    return Address(api, quote(path, safe="/%:$~!*'()@&=+,;{}"), pairs_of(query), user)


def _split(text: str) -> tuple[str, str]:
    front, _, query = text.partition("?")
    return front, query


def _split_at_api(root: str, path: str) -> tuple[str, str]:
    before, found, after = f"{path}/".partition(f"{_API}/")
    if found:
        return f"{root}{before}{_API}", "/" + after.removesuffix("/")
    if _REFERENCE.fullmatch(root):
        return root, path  # such as ${CI_API_V4_URL}, which ends in /api/v4
    if not root and _ITSELF_A_PATH.match(path):
        return "", path
    if "/api/v3/" in path:
        raise Unreadable("this is version 3 of GitLab's API, which is gone; version 4 is /api/v4")
    if path.endswith("/api/graphql"):
        raise Unreadable("this is GitLab's own GraphQL already, whose fields are called otherwise")
    raise Unreadable("the URL has no /api/v4 in it, so it is no call of GitLab's REST API")


def _without_user(root: str) -> tuple[str, str]:
    scheme, separator, rest = root.rpartition("://")
    user, at, host = rest.rpartition("@")
    try:
        urlsplit(f"http://{host}").port  # noqa: B018 - raises where it is no address
    except ValueError:
        raise Unreadable("the URL's host or port is none") from None
    return (user, f"{scheme}{separator}{host}") if at else ("", root)
