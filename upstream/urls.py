"""Pieces of GitLab's URLs: encoded once, refused where they could lead to another route."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import quote, unquote, urlsplit

from upstream.errors import InvalidRequest

API = "/api/v4"
MAX_CHARACTERS = 1024
MAX_NUMBER = 2**63 - 1  # GitLab's ids are 64 bits wide
REMEMBERED = 1024  # the projects that one gateway is asked about are few, and asked about often

_IN_A_PROJECT = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029?#%\\]")
_IN_A_REF = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029?\\]")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


@lru_cache(maxsize=REMEMBERED)
def project_segment(project: str) -> str:
    """A project's number or full path as one URL segment; `group%2Fname` counts as `group/name`.

    Raises InvalidRequest naming what is wrong with it.
    """
    wanted = "give its number, or its full path such as group/project"
    name = _decoded(project, wanted) if "%" in project else project
    if _IN_A_PROJECT.search(name):
        raise InvalidRequest(
            f"the project holds a space, a control character, ?, #, % or a backslash; {wanted}"
        )
    return _segment(name, "project", wanted)


@lru_cache(maxsize=REMEMBERED)
def sha_segment(sha: str) -> str:
    """A commit's sha, or the name of a branch or tag, as one URL segment.

    It is never taken for encoded already: `%` and `#` may stand in the name of a branch.
    """
    wanted = "give a commit's sha, or the name of a branch or tag"
    if _IN_A_REF.search(sha):
        raise InvalidRequest(
            f"the sha holds a space, a control character, ? or a backslash; {wanted}"
        )
    return _segment(sha, "sha", wanted)


def number_segment(number: int, what: str) -> str:
    """The id of a job or pipeline as one URL segment."""
    if not 0 < number <= MAX_NUMBER:
        raise InvalidRequest(f"the id of a {what} is a whole number from 1 to {MAX_NUMBER}")
    return str(int(number))


def query_string(params: Sequence[tuple[str, str]]) -> str:
    """What stands behind the `?`, each name and value encoded once."""
    try:
        return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in params)
    except UnicodeEncodeError:
        raise InvalidRequest("a filter is not valid Unicode") from None


def split_root(base_url: str) -> tuple[str, str]:
    """GitLab's address as (scheme://host:port, path it lives below, without a trailing slash).

    Raises ValueError for an address that is none; its text is not repeated, as it may hold a
    password.
    """
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("GitLab's address begins with http:// or https:// and names a host")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError("GitLab's address has no user, no password, no ? and no #")
    return f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/")


def _decoded(project: str, wanted: str) -> str:
    if _BAD_ESCAPE.search(project):
        raise InvalidRequest(f"the project holds a % that encodes nothing; {wanted}")
    try:
        return unquote(project, errors="strict")
    except UnicodeDecodeError:
        raise InvalidRequest(
            f"the project is percent-encoded, but not as UTF-8; {wanted}"
        ) from None


def _segment(name: str, what: str, wanted: str) -> str:
    if not name:
        raise InvalidRequest(f"the {what} is empty; {wanted}")
    if len(name) > MAX_CHARACTERS:
        raise InvalidRequest(f"the {what} is longer than {MAX_CHARACTERS} characters; {wanted}")
    if any(part in ("", ".", "..") for part in name.split("/")):
        raise InvalidRequest(f"the {what} has an empty part, . or .. in its path; {wanted}")
    try:
        return quote(name, safe="")
    except UnicodeEncodeError:
        raise InvalidRequest(f"the {what} is not valid Unicode; {wanted}") from None
