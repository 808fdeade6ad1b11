r"""Bash's $'...': quotes in which a backslash names a character (bash manual, ANSI-C Quoting)."""

from __future__ import annotations

import re

from gateway.migrate.problems import Unreadable

_NAMED = {
    "a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "n": "\n", "r": "\r",
    "t": "\t", "v": "\v", "\\": "\\", "'": "'", '"': '"', "?": "?",
}  # fmt: skip
_NUMBERED = re.compile(r"([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|[uU]([0-9A-Fa-f]{1,8})|c(.)", re.ASCII)
_SHORT = re.compile(r"u([0-9A-Fa-f]{1,4})")
_LAST_CODE_POINT = 0x10FFFF
_BYTE = 0xFF
_CONTROL = 0x1F


def ansi_c(text: str, at: int) -> tuple[str, int]:
    """The text between the quotes, the first of which stands before `at`, and where they end.

    Octal and hexadecimal numbers are bytes of UTF-8.
    """
    found = bytearray()
    while True:
        character = text[at : at + 1]
        at += 1
        if not character:
            raise Unreadable("a quote is opened and never closed")
        if character == "'":
            return found.decode("utf-8", "replace"), at
        if character == "\\":
            piece, at = _escaped(text, at)
            found += piece
        else:
            found += character.encode("utf-8", "replace")


def _escaped(text: str, at: int) -> tuple[bytes, int]:
    named = _NAMED.get(text[at : at + 1])
    if named is not None:
        return named.encode(), at + 1
    match = _SHORT.match(text, at) if text.startswith("u", at) else _NUMBERED.match(text, at)
    if match is None:
        return b"\\", at
    if match.re is _SHORT:
        return _utf8(int(match[1], 16)), match.end()
    octal, byte, wide, control = match.groups()
    if wide is not None:
        return _utf8(int(wide, 16)), match.end()
    if control is not None:
        return bytes([ord(control) & _CONTROL]), match.end()
    return bytes([(int(octal, 8) if octal else int(byte, 16)) & _BYTE]), match.end()


def _utf8(number: int) -> bytes:
    return chr(number).encode("utf-8", "replace") if number <= _LAST_CODE_POINT else b"?"
