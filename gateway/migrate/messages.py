"""An HTTP request as it goes over the wire: a request line, headers, a blank line, a body."""

from __future__ import annotations

import itertools
import re

from gateway.migrate.addresses import read_address
from gateway.migrate.assembly import Body, Parts, assemble
from gateway.migrate.call import RestCall

# With or without HTTP/1.1 at its end. GitLab's documentation writes routes so, with :names in them.
REQUEST_LINE = re.compile(
    r"^[ \t]*(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)[ \t]+(?!\S*/:[a-z])"
    r"((?:https?://|/|\$\{?\w)\S*)"
    r"(?:[ \t]+HTTP/[0-9.]+)?[ \t]*\r?$",
    re.MULTILINE,
)
_HEADER = re.compile(r"[ \t]*([\w-]+):[ \t]*(.*?)[ \t\r]*", re.ASCII)
_REFERENCE = re.compile(r"\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})", re.ASCII)


def read_message(text: str) -> RestCall:
    """The call of a text that begins with a request line."""
    lines = text.splitlines()
    match = REQUEST_LINE.match(lines[0])
    method, target = match.groups() if match else ("GET", lines[0])
    headers: list[tuple[str, str]] = []
    at = 1
    while at < len(lines) and (header := _HEADER.fullmatch(lines[at])):
        headers.append((header[1], header[2]))
        at += 1
    has_body = at < len(lines) and not lines[at].strip()
    body = "\n".join(itertools.takewhile(_is_content, lines[at + 1 :])).strip() if has_body else ""
    media_type = next((value for name, value in headers if name.lower() == "content-type"), "")
    address, references = _with_references(target)
    parts = Parts(method, read_address(address), headers, references=references)
    parts.body = Body(body, media_type) if body else None
    return assemble(parts)


def read_url(text: str) -> RestCall:
    """The call that asks for an address, and nothing more is known of it."""
    address, references = _with_references(text.strip().strip("'\"<>"))
    return assemble(Parts("GET", read_address(address), references=references))


def _is_content(line: str) -> bool:
    """Whether a line belongs to a body: a fence of Markdown ends what stands in it."""
    return not line.lstrip().startswith("```")


def _with_references(target: str) -> tuple[str, frozenset[str]]:
    names = [one or other for one, other in _REFERENCE.findall(target)]
    return _REFERENCE.sub(r"${\1\2}", target), frozenset(names)
