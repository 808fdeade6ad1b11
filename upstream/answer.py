"""GitLab's answer to one call, as a payload or as an error of `upstream.errors`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from upstream.credentials import Credential
from upstream.decoding import error_of, json_payload
from upstream.errors import UpstreamError
from upstream.transports.base import Response

SUCCESS = range(200, 300)


@dataclass(slots=True)
class Answer:
    """`payload` is the decoded JSON; `headers` has lower-case names.

    Several callers may hold one answer, now and later: nobody changes it.
    """

    status: int
    headers: Mapping[str, str]
    payload: Any


def answer_of(response: Response, target: str, credential: Credential | None) -> Answer:
    """The answer that a response to `target` holds; raises what GitLab refused or got wrong."""
    status, headers = response.status, response.headers
    if status not in SUCCESS:
        raise refusal_of(response, target, credential)
    return Answer(status, headers, json_payload(status, headers, response.body))


def refusal_of(response: Response, target: str, credential: Credential | None) -> UpstreamError:
    secret = credential.token if credential is not None else None
    return error_of(response.status, response.headers, response.body, asked=target, secret=secret)
