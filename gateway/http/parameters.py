"""The parameters of a GraphQL request, out of a JSON body or a URL's query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl

import orjson

from gateway.errors import ErrorCode
from gateway.http.refusal import Refusal, bad_request
from gateway.limits.batch import check as check_batch
from gateway.limits.config import NO_BATCHES

MAX_URL_PARAMETERS = 32

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(slots=True)
class Parameters:
    """`size`: the bytes of the request that they came in.

    Not frozen, which would make it several times as dear, for each request.
    """

    query: str
    operation_name: str | None
    variables: Mapping[str, Any]
    size: int = field(default=0, compare=False)


Batch = list[Parameters | Refusal]


def check_content_type(content_type: bytes | None, content_encoding: bytes | None) -> None:
    """Only JSON in UTF-8.

    Forms and plain text are what a foreign page can send without asking the browser first.
    """
    if content_type == b"application/json" and content_encoding is None:
        return
    media_type, *parameters = (part.strip() for part in (content_type or b"").lower().split(b";"))
    if media_type != b"application/json":
        raise _unsupported(
            "A POST needs the header Content-Type: application/json.",
        )
    for parameter in parameters:
        key, _, value = parameter.partition(b"=")
        if key == b"charset" and value.strip(b'"') not in {b"utf-8", b"utf8"}:
            raise _unsupported("The body's charset must be UTF-8.")
    if content_encoding is not None and content_encoding.strip().lower() != b"identity":
        raise _unsupported("The body must not be compressed (Content-Encoding).")


def from_json(body: bytes, *, batch: int = NO_BATCHES) -> Parameters | Batch:
    """What a body holds; a list of at most `batch` operations has refusals in place of bad ones."""
    try:
        payload = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise bad_request(_json_problem(body, error)) from None
    if isinstance(payload, list):
        return _batch(payload, batch, len(body))
    if not isinstance(payload, dict):
        raise bad_request('The body must be a JSON object with the key "query".')
    return _checked(payload, len(body))


def from_url(query_string: bytes) -> Parameters:
    payload: dict[str, Any] = {}
    try:
        pairs = parse_qsl(
            query_string.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MAX_URL_PARAMETERS,
        )
    except ValueError:
        raise bad_request(
            f"The URL's query must hold UTF-8 text and at most {MAX_URL_PARAMETERS} parameters."
        ) from None
    for key, value in pairs:
        if key in payload:
            raise bad_request(f'The parameter "{key[:60]}" was given more than once in the URL.')
        payload[key] = value
    for key in ("variables", "extensions"):
        if key in payload:
            payload[key] = _from_url_json(key, payload[key])
    return _checked(payload, len(query_string))


def _batch(payload: list[Any], allowed: int, size: int) -> Batch:
    excess = check_batch(len(payload), allowed)
    if excess is not None:
        raise Refusal.of(400, excess.fault())
    if not payload:
        raise bad_request("The body is an empty list: it must hold an operation at least.")
    found: Batch = []
    for entry in payload:
        try:
            if not isinstance(entry, dict):
                raise bad_request('Each operation must be a JSON object with the key "query".')
            found.append(_checked(entry, size))
        except Refusal as refusal:
            found.append(refusal)
    return found


def _checked(payload: dict[str, Any], size: int) -> Parameters:
    query = payload.get("query")
    if not isinstance(query, str) or not query:
        raise bad_request(
            'The parameter "query" is missing.'
            if query is None or query == ""
            else f'The parameter "query" must be a string, not {_kind(query)}.'
        )
    name = payload.get("operationName")
    if name is not None and not isinstance(name, str):
        raise bad_request(f'The parameter "operationName" must be a string, not {_kind(name)}.')
    variables = payload.get("variables")
    if variables is not None and not isinstance(variables, dict):
        raise bad_request(f'The parameter "variables" must be an object, not {_kind(variables)}.')
    extensions = payload.get("extensions")
    if extensions is not None and not isinstance(extensions, dict):
        raise bad_request(f'The parameter "extensions" must be an object, not {_kind(extensions)}.')
    return Parameters(query, name or None, variables or _NOTHING, size)


def _from_url_json(key: str, text: str) -> Any:
    if not text:
        return None
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise bad_request(f'The parameter "{key}" in the URL is not valid JSON.') from None


def _json_problem(body: bytes, error: orjson.JSONDecodeError) -> str:
    if not body.strip():
        return 'The body is empty; it must be a JSON object with the key "query".'
    return f"The body is not valid JSON (line {error.lineno}, column {error.colno})."


def _kind(value: Any) -> str:
    """JSON's name for a value's type."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a string"
    return "a list" if isinstance(value, list) else "an object"


def _unsupported(message: str) -> Refusal:
    return Refusal(415, ErrorCode.UNSUPPORTED_MEDIA_TYPE, message)
