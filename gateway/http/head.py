"""The headers of a request that matter here, read in one pass."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

from starlette.types import Scope

from gateway.errors import ErrorCode
from gateway.http.refusal import Refusal, bad_request
from upstream.credentials import Credential, TokenKind

_WANTED = frozenset(
    {
        b"accept",
        b"apollographql-client-name",
        b"apollographql-client-version",
        b"authorization",
        b"content-encoding",
        b"content-length",
        b"content-type",
        b"expect",
        b"graphql-client-name",
        b"graphql-client-version",
        b"idempotency-key",
        b"job-token",
        b"private-token",
        b"traceparent",
        b"tracestate",
        b"x-request-id",
    }
)
_CREDENTIALS = (b"private-token", b"authorization", b"job-token")
_SINGLE = frozenset({*_CREDENTIALS, b"content-type", b"idempotency-key"})
_IDEMPOTENCY_KEY = re.compile(rb"[\x21-\x7e]{1,255}")
_SANE_ID = re.compile(rb"[A-Za-z0-9._~+/=:@-]{1,128}")


@dataclass(slots=True)
class Head:
    values: dict[bytes, bytes]
    repeated: bytes | None  # a header that must not be, but was sent twice
    request_id: bytes

    def get(self, name: bytes) -> bytes | None:
        return self.values.get(name)


def read_head(scope: Scope) -> Head:
    values: dict[bytes, bytes] = {}
    repeated: bytes | None = None
    for name, value in scope["headers"]:
        if name not in _WANTED:
            continue
        if name not in values:
            values[name] = value
        elif name in _SINGLE:
            repeated = name
        else:
            values[name] = b"%b, %b" % (values[name], value)
    return Head(values, repeated, _request_id(values.get(b"x-request-id")))


def _request_id(given: bytes | None) -> bytes:
    """The caller's own id where it is harmless in a header and in a log line, else a new one."""
    if given is not None and _SANE_ID.fullmatch(given):
        return given
    return secrets.token_hex(16).encode()


def read_credential(head: Head, fallback: Credential | None) -> Credential | None:
    """Whom to ask GitLab as; `fallback` stands in only where the caller sent nothing at all."""
    if head.repeated is not None:
        name = head.repeated.decode("latin-1")
        raise bad_request(f'The header "{name}" was sent more than once; send it once.')
    values = head.values
    sent = [name for name in _CREDENTIALS if name in values]
    if not sent:
        return fallback
    if len(sent) > 1:
        raise bad_request(
            "Several credentials were sent: choose one of PRIVATE-TOKEN, "
            "Authorization: Bearer and JOB-TOKEN."
        )
    if sent[0] == b"authorization":
        return _bearer(values[b"authorization"])
    kind = TokenKind.PRIVATE_TOKEN if sent[0] == b"private-token" else TokenKind.JOB_TOKEN
    shown = "PRIVATE-TOKEN" if kind is TokenKind.PRIVATE_TOKEN else "JOB-TOKEN"
    return _credential(kind, values[sent[0]], shown)


def read_idempotency_key(head: Head) -> str | None:
    """By what a mutation is known again when it is sent again."""
    given = head.get(b"idempotency-key")
    if given is None:
        return None
    if not _IDEMPOTENCY_KEY.fullmatch(given):
        raise bad_request(
            "The Idempotency-Key header must be 1 to 255 visible ASCII characters, such as a UUID."
        )
    return given.decode("ascii")


def _bearer(value: bytes) -> Credential:
    scheme, _, token = value.strip().partition(b" ")
    if scheme.lower() != b"bearer":
        raise _unauthenticated(
            "The Authorization header must be of the form: Bearer, a space, the token."
        )
    return _credential(TokenKind.BEARER, token, "Authorization")


def _credential(kind: TokenKind, raw: bytes, header: str) -> Credential:
    token = raw.decode("latin-1").strip()
    if not token:
        raise _unauthenticated(
            f"The {header} header holds no token; put one into it or leave it out."
        )
    try:
        return Credential(kind, token)
    except ValueError:
        raise _unauthenticated(
            f"The token in the {header} header is too long, or holds a blank or another "
            "character that no GitLab token has."
        ) from None


def _unauthenticated(message: str) -> Refusal:
    return Refusal(
        401,
        ErrorCode.UNAUTHENTICATED,
        message,
        headers=((b"www-authenticate", b"Bearer"),),
    )
