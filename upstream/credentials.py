"""Credentials: the kinds that GitLab takes, and the fingerprint that keeps users apart."""

from __future__ import annotations

import enum
import hashlib
import re
import secrets
from dataclasses import dataclass

_PROCESS_KEY = secrets.token_bytes(32)
_FINGERPRINT_BYTES = 12
_TOKEN = re.compile(r"[\x21-\x7e]{1,4096}")  # visible ASCII: what a header value may hold


class TokenKind(enum.Enum):
    """Which header a token goes into."""

    PRIVATE_TOKEN = "private-token"  # noqa: S105 - a header's name
    BEARER = "authorization"
    JOB_TOKEN = "job-token"  # noqa: S105 - likewise


@dataclass(frozen=True, slots=True)
class Credential:
    """A token and its kind. Neither its repr nor its str shows the token.

    Raises ValueError for a token that is empty or could not be a header's value.
    """

    kind: TokenKind
    token: str

    def __post_init__(self) -> None:
        if not _TOKEN.fullmatch(self.token):
            raise ValueError("a token is 1 to 4096 visible ASCII characters, without spaces")

    def __hash__(self) -> int:
        return hash(self.token)  # an enum's hash costs more than the token's; equality counts both

    def __repr__(self) -> str:
        return f"Credential({self.kind.name}, '***')"

    @property
    def header(self) -> tuple[str, str]:
        """Name, in lower case, and value of the header that carries it."""
        value = f"Bearer {self.token}" if self.kind is TokenKind.BEARER else self.token
        return self.kind.value, value

    def fingerprint(self, key: bytes = _PROCESS_KEY) -> str:
        """Short text that tells credentials apart and does not lead back to them without `key`."""
        digest = hashlib.blake2b(
            f"{self.kind.value}\0{self.token}".encode(), key=key, digest_size=_FINGERPRINT_BYTES
        )
        return digest.hexdigest()
