"""Translations as text: for people, for programs, and as the curl that asks the gateway."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from graphql.utilities import strip_ignored_characters

from gateway.migrate.elsewhere import endpoints
from gateway.migrate.problems import Untranslatable
from gateway.migrate.translation import Translation
from upstream.credentials import TokenKind

DEFAULT_GATEWAY = "http://127.0.0.1:8000"
_ENDPOINT = "/graphql"
_PLACEHOLDERS = {
    TokenKind.PRIVATE_TOKEN: "PRIVATE-TOKEN: $PRIVATE_TOKEN",
    TokenKind.BEARER: "Authorization: Bearer $PRIVATE_TOKEN",
    TokenKind.JOB_TOKEN: "JOB-TOKEN: $CI_JOB_TOKEN",
}
_OF_A_JOB = ("CurrentJob", "AllowedAgents")
_REFERENCE = re.compile(r"\$\{(\w+)\}", re.ASCII)


def graphql_url(gateway: str) -> str:
    """Where GraphQL is served by the gateway at this address."""
    root = gateway.rstrip("/")
    return root if root.endswith(_ENDPOINT) else root + _ENDPOINT


def request_of(translation: Translation) -> dict[str, Any]:
    """The translation as a GraphQL request, which can be posted as it is.

    What is not part of one stands in `extensions`.
    """
    told: dict[str, Any] = {
        "rest": translation.route.name,
        "answer": translation.path,
        "documentation": translation.route.documentation,
    }
    if translation.notes:
        told["notes"] = list(translation.notes)
    return {
        "query": translation.operation.text,
        "variables": translation.variables,
        "operationName": translation.operation.name,
        "extensions": {"translation": told},
    }


def problem_of(problem: Untranslatable) -> dict[str, Any]:
    """Why there is no translation, for programs."""
    told: dict[str, Any] = {"message": problem.reason, "endpoints": endpoints()}
    if problem.nearest:
        told["nearest"] = problem.nearest
    return {"error": told}


def as_text(translation: Translation, gateway: str = DEFAULT_GATEWAY) -> str:
    """The translation for people: what it is, the operation, its variables, the curl."""
    route = translation.route
    head = [f"# {route.name}, see {route.documentation}"]
    head.append(f"# REST's answer stands in {translation.path}")
    head += [f"# note: {note}" for note in translation.notes]
    parts = (
        "\n".join(head),
        translation.operation.text.rstrip(),
        f"# variables\n{_pretty(translation.variables)}",
        f"# curl\n{as_curl(translation, gateway)}",
    )
    return "\n\n".join(parts)


def problem_as_text(problem: Untranslatable) -> str:
    """Why there is no translation, in lines for people."""
    lines = [f"cannot be translated: {problem.reason}"]
    if problem.nearest:
        lines.append(f"nearest: {problem.nearest}")
    return "\n".join(lines)


def as_curl(translation: Translation, gateway: str = DEFAULT_GATEWAY) -> str:
    """The curl that sends the operation; a variable of the shell stands where the token belongs."""
    body = {
        "query": strip_ignored_characters(translation.operation.text),
        "variables": translation.variables,
        "operationName": translation.operation.name,
    }
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    lines = [f"curl {shlex.quote(graphql_url(gateway))}"]
    lines += [f'--header "{header}"' for header in _credential(translation)]
    lines.append("--header 'Content-Type: application/json'")
    lines.append(f"--data {_quoted(text, translation.references)}")
    return " \\\n  ".join(lines)


def _credential(translation: Translation) -> Iterator[str]:
    if translation.token is None:
        return
    header = _PLACEHOLDERS[translation.token]
    if translation.operation.name in _OF_A_JOB:
        header = header.replace("$PRIVATE_TOKEN", "$CI_JOB_TOKEN")
    yield header


def _quoted(text: str, references: frozenset[str]) -> str:
    """The text in single quotes, but for variables of the shell, which are to be filled in."""
    pieces = []
    at = 0
    for match in _REFERENCE.finditer(text):
        if match[1] in references:
            pieces += [shlex.quote(text[at : match.start()]), f'"{match.group()}"']
            at = match.end()
    return "".join((*pieces, shlex.quote(text[at:])))


def _pretty(variables: Mapping[str, Any]) -> str:
    return json.dumps(variables, ensure_ascii=False, indent=2)
