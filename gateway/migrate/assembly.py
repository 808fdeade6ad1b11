"""From the parts of a request, as a command line or a message gives them, to a RestCall."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from gateway.migrate.addresses import Address
from gateway.migrate.call import Pairs, RestCall, Token
from gateway.migrate.parameters import MAX_DEPTH, is_deep, nested, pairs_of
from gateway.migrate.problems import Unreadable
from upstream.credentials import TokenKind

CONDITIONS = frozenset({"if-modified-since", "if-none-match", "range", "sudo"})
TOKEN_HEADERS = {"private-token": TokenKind.PRIVATE_TOKEN, "job-token": TokenKind.JOB_TOKEN}
TOKEN_PARAMETERS = {
    "private_token": TokenKind.PRIVATE_TOKEN,
    "job_token": TokenKind.JOB_TOKEN,
    "access_token": TokenKind.BEARER,
}
FORM = "application/x-www-form-urlencoded"

_METHOD = re.compile(r"[A-Za-z]{1,16}")
_SECRET = re.compile(
    r"token|secret|password|passwd|auth|cookie|session|credential|api.?key", re.IGNORECASE
)
_NO_SECRET = re.compile(r"(?:\$\{\w+\}|\$\(\.\.\.\)|<[\w -]*>|\s)*", re.ASCII)


@dataclass(slots=True)
class Body:
    """What is sent behind the headers: text of some type, or the fields of a form."""

    text: str = ""
    media_type: str = ""
    fields: Pairs | None = None
    unread: str | None = None


@dataclass(slots=True)
class Parts:
    """`user` is what `-u` gives, `bearer` what `--oauth2-bearer` gives."""

    method: str
    address: Address
    headers: list[tuple[str, str]] = field(default_factory=list)
    query: list[tuple[str, str]] = field(default_factory=list)
    body: Body | None = None
    user: str = ""
    bearer: str = ""
    references: frozenset[str] = frozenset()
    notes: list[str] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)


def assemble(parts: Parts) -> RestCall:
    """The call; credentials are taken out of wherever they stand."""
    if not _METHOD.fullmatch(parts.method):
        raise Unreadable("the method is none of HTTP's, such as GET or POST")
    query = (*parts.address.query, *parts.query)
    body = None if parts.body is None else _body(parts.body, parts.notes)
    tokens = list(_tokens(parts, query, body))
    if len(tokens) > 1:
        parts.notes.append("the call bears several credentials; the gateway takes one at a time")
    secrets = parts.secrets | {token.text for token in tokens} | set(_secrets(parts, query, body))
    call = RestCall(
        method=parts.method.upper(),
        path=parts.address.path,
        api=parts.address.api,
        query=tuple((name, value) for name, value in query if name not in TOKEN_PARAMETERS),
        body=_without_tokens(body),
        token=tokens[0] if tokens else None,
        unread=parts.body.unread if parts.body else None,
        conditions=frozenset(name.lower() for name, _ in parts.headers) & CONDITIONS,
        notes=tuple(parts.notes),
        secrets=frozenset(text for text in secrets if not _NO_SECRET.fullmatch(text)),
    )
    return _with_references(call, parts.references)


def _tokens(parts: Parts, query: Pairs, body: Mapping[str, Any] | None) -> Iterator[Token]:
    for name, value in parts.headers:
        kind = TOKEN_HEADERS.get(name.lower())
        scheme, _, rest = value.partition(" ")
        if kind is not None and value:
            yield Token(kind, value)
        elif name.lower() == "authorization" and scheme.lower() == "bearer":
            yield Token(TokenKind.BEARER, rest.strip())
        elif name.lower() == "authorization" and value:
            parts.notes.append("GitLab's API takes no other Authorization than Bearer")
            yield Token(TokenKind.PRIVATE_TOKEN, rest.strip() or value)
    if parts.bearer:
        yield Token(TokenKind.BEARER, parts.bearer)
    if parts.user or parts.address.user:
        parts.notes.append("GitLab's Jobs API takes no user and password, but a token in a header")
        given = parts.user or parts.address.user
        yield Token(TokenKind.PRIVATE_TOKEN, given.partition(":")[2] or given)
    for name, value in (*query, *(body or {}).items()):
        kind = TOKEN_PARAMETERS.get(name)
        if kind is not None and isinstance(value, str) and value:
            parts.notes.append(f"{name} became a header: addresses end up in logs")
            yield Token(kind, value)


def _secrets(parts: Parts, query: Pairs, body: Mapping[str, Any] | None) -> Iterator[str]:
    """What may be a secret by its name or its place."""
    for name, value in parts.headers:
        if _SECRET.search(name):
            yield value
            yield value.rpartition(" ")[2]
    for given in (parts.user, parts.address.user):
        yield from given.split(":", 1)
    for name, value in (*query, *(body or {}).items()):
        if _SECRET.search(name) and isinstance(value, str):
            yield value


def _without_tokens(body: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    if body is None:
        return None
    return {name: value for name, value in body.items() if name not in TOKEN_PARAMETERS}


def _body(body: Body, notes: list[str]) -> dict[str, Any] | None:
    """The parameters that GitLab would read from the body."""
    if body.fields is not None:
        return nested(body.fields)
    if not body.text.strip():
        return None
    media_type = body.media_type.partition(";")[0].strip().lower()
    if media_type == "application/json" or media_type.endswith("+json"):
        return _json(body.text)
    if body.text.lstrip().startswith("{"):
        parameters = _json(body.text)
        notes.append(
            "the body is JSON, but is not declared so, and GitLab would not read it: REST needs "
            "--header 'Content-Type: application/json'"
        )
        return parameters
    if media_type in ("", FORM):
        return nested(pairs_of(body.text))
    raise Unreadable("the body is neither JSON nor a form, and GitLab reads no other")


def _json(text: str) -> dict[str, Any]:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Unreadable(
            f"the body is not valid JSON (line {error.lineno}, column {error.colno})"
        ) from None
    if is_deep(value):
        raise Unreadable(f"the body is nested deeper than {MAX_DEPTH} levels")
    if not isinstance(value, dict):
        raise Unreadable("the body is JSON, but not an object, in which GitLab finds no parameters")
    return value


def _with_references(call: RestCall, names: frozenset[str]) -> RestCall:
    """Notes which of the shell's variables are still in it: most stood where a token does."""
    body = orjson.dumps(call.body).decode() if call.body else ""
    shown = " ".join((call.api, call.path, *(value for _, value in call.query), body))
    kept = frozenset(name for name in names if f"${{{name}}}" in shown)
    return replace(call, references=kept)
