from __future__ import annotations

import pytest

from upstream.credentials import Credential, TokenKind


@pytest.mark.parametrize(
    ("kind", "header"),
    [
        (TokenKind.PRIVATE_TOKEN, ("private-token", "glpat-s3cret")),
        (TokenKind.BEARER, ("authorization", "Bearer glpat-s3cret")),
        (TokenKind.JOB_TOKEN, ("job-token", "glpat-s3cret")),
    ],
)
def test_each_kind_has_its_header(kind: TokenKind, header: tuple[str, str]) -> None:
    assert Credential(kind, "glpat-s3cret").header == header


def test_the_token_is_not_shown() -> None:
    credential = Credential(TokenKind.BEARER, "s3cret")
    assert "s3cret" not in f"{credential} {credential!r} {[credential]}"
    assert "BEARER" in repr(credential)


@pytest.mark.parametrize(
    "token", ["", "a\r\nb", "a b", "tok\u20ac", "t\xf6ken", "a\x00", "x" * 4097]
)
def test_what_cannot_be_a_header_is_refused_without_repeating_it(token: str) -> None:
    with pytest.raises(ValueError, match="visible ASCII") as caught:
        Credential(TokenKind.PRIVATE_TOKEN, token)
    assert not token or token not in str(caught.value)


def test_a_fingerprint_tells_credentials_apart() -> None:
    seen = {Credential(kind, token).fingerprint() for kind in TokenKind for token in ("one", "two")}
    assert len(seen) == 6
    assert Credential(TokenKind.BEARER, "one").fingerprint() in seen


def test_a_fingerprint_depends_on_the_key() -> None:
    credential = Credential(TokenKind.BEARER, "one")
    assert credential.fingerprint(b"a") == credential.fingerprint(b"a")
    assert credential.fingerprint(b"a") != credential.fingerprint(b"b")
    assert "one" not in credential.fingerprint()
