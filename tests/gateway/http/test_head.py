from __future__ import annotations

import re

import pytest

from gateway.http.head import read_credential, read_head
from gateway.http.refusal import Refusal
from upstream.credentials import Credential, TokenKind

FALLBACK = Credential(TokenKind.PRIVATE_TOKEN, "fallback")
Headers = list[tuple[bytes, bytes]]


def credential(headers: Headers, fallback: Credential | None = None) -> Credential | None:
    return read_credential(read_head({"type": "http", "headers": headers}), fallback)


@pytest.mark.parametrize(
    ("header", "kind", "token"),
    [
        ((b"private-token", b"glpat-x_Y-1.a"), TokenKind.PRIVATE_TOKEN, "glpat-x_Y-1.a"),
        ((b"private-token", b" padded "), TokenKind.PRIVATE_TOKEN, "padded"),
        ((b"job-token", b"abc"), TokenKind.JOB_TOKEN, "abc"),
        ((b"authorization", b"Bearer abc"), TokenKind.BEARER, "abc"),
        ((b"authorization", b"bearer  abc"), TokenKind.BEARER, "abc"),
    ],
)
def test_each_header_makes_its_credential(
    header: tuple[bytes, bytes], kind: TokenKind, token: str
) -> None:
    assert credential([header], FALLBACK) == Credential(kind, token)


def test_without_a_header_there_is_no_credential_but_the_fallback() -> None:
    assert credential([]) is None
    assert credential([(b"accept", b"*/*")], FALLBACK) is FALLBACK


@pytest.mark.parametrize(
    ("headers", "status", "message"),
    [
        ([(b"private-token", b"a"), (b"job-token", b"b")], 400, "Several credentials"),
        ([(b"private-token", b"a"), (b"authorization", b"Bearer b")], 400, "Several credentials"),
        (
            [(b"private-token", b"a"), (b"private-token", b"a")],
            400,
            '"private-token" was sent more',
        ),
        ([(b"authorization", b"Basic dTpw")], 401, "Bearer, a space, the token"),
        ([(b"authorization", b"Bearer")], 401, "Authorization header holds no token"),
        ([(b"authorization", b"")], 401, "Bearer, a space, the token"),
        ([(b"private-token", b"")], 401, "PRIVATE-TOKEN header holds no token"),
        ([(b"private-token", b"a b")], 401, "or holds a blank or another"),
        ([(b"job-token", "tök".encode())], 401, "JOB-TOKEN header is too long, or holds"),
        ([(b"private-token", b"a\x00b")], 401, "or holds a blank or another"),
        ([(b"private-token", b"a" * 5000)], 401, "is too long"),
    ],
)
def test_what_cannot_be_a_credential_is_refused_even_with_a_fallback(
    headers: Headers, status: int, message: str
) -> None:
    with pytest.raises(Refusal, match=re.escape(message)) as raised:
        credential(headers, FALLBACK)
    assert raised.value.status == status


def test_a_refusal_never_repeats_the_token() -> None:
    with pytest.raises(Refusal) as raised:
        credential([(b"authorization", b"Token glpat-secret")])
    assert "glpat-secret" not in str(raised.value)


@pytest.mark.parametrize("given", [b"abc-123", b"01J/abc:def=", b"x" * 128])
def test_a_sane_request_id_is_taken_over(given: bytes) -> None:
    head = read_head({"type": "http", "headers": [(b"x-request-id", given)]})
    assert head.request_id == given


@pytest.mark.parametrize("given", [b"", b"x" * 129, b"a b", b"a\nb", b"<script>", "ö".encode()])
def test_any_other_request_id_is_replaced(given: bytes) -> None:
    head = read_head({"type": "http", "headers": [(b"x-request-id", given)]})
    assert re.fullmatch(rb"[0-9a-f]{32}", head.request_id)


def test_other_headers_are_joined() -> None:
    head = read_head({"type": "http", "headers": [(b"accept", b"a/b"), (b"accept", b"c/d")]})
    assert head.get(b"accept") == b"a/b, c/d"
