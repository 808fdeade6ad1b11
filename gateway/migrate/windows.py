"""A command line as Windows would split it: cmd.exe's carets, then the C runtime's quotes.

Source: Microsoft, "Parsing C command-line arguments". Browsers copy requests in this form, too.
"""

from __future__ import annotations

import re

from gateway.migrate.problems import Unreadable
from gateway.migrate.shell import Command, read_command

_CARET_BEFORE_QUOTE = re.compile(r"[^'\"\n]*\^\"")
_FIRST_LINE = re.compile(r"[^\n]*\^[ \t]*(?=\r?\n)")
# %NAME%, and no percent-encoded text such as %E4%BD.
_VARIABLE = re.compile(r"%([A-Za-z_]\w{2,})%", re.ASCII)
_LINE_END = re.compile(r"[ \t]*\r?(?:\n|\Z)")
_BACKSLASHES = re.compile(r"(\\*)(\"?)")


def is_windows(text: str, start: int = 0) -> bool:
    """Whether a caret stands where no other shell has a use for it.

    That is before the first quote, or at the end of the first line, outside of quotes.
    """
    if _CARET_BEFORE_QUOTE.match(text, start):
        return True
    first = _FIRST_LINE.match(text, start)
    if first is None:
        return False
    try:
        return read_command(first.group()).words[-1].endswith("^")
    except Unreadable:
        return False


def read_windows_command(text: str, start: int = 0) -> Command:
    """The command that begins at `start`, up to the end of its last line."""
    line, end = _without_carets(text, start)
    references = frozenset(_VARIABLE.findall(line))
    return Command(tuple(_words(_VARIABLE.sub(r"${\1}", line))), end, references)


def _without_carets(text: str, at: int) -> tuple[str, int]:
    """What cmd.exe hands to the program: a caret takes the meaning from what follows it."""
    kept: list[str] = []
    quoted = False
    while at < len(text):
        character = text[at]
        if character == "^" and not quoted:
            line_end = _LINE_END.match(text, at + 1)
            kept.append(" " if line_end else text[at + 1 : at + 2])
            at = line_end.end() if line_end else at + 2
            continue
        if character == "\n" or (character in "|&" and not quoted):
            break
        quoted ^= character == '"'
        kept.append(character)
        at += 1
    return "".join(kept), at


def _words(line: str) -> list[str]:
    words: list[str] = []
    word: list[str] | None = None
    quoted = False
    at = 0
    while at < len(line):
        character = line[at]
        if character in " \t\r" and not quoted:
            if word is not None:
                words.append("".join(word))
            word, at = None, at + 1
            continue
        word = word or []
        if character in '\\"':
            at, quoted = _quote(line, at, word, quoted=quoted)
        else:
            word.append(character)
            at += 1
    if quoted:
        raise Unreadable("a quote is opened and never closed")
    return words if word is None else [*words, "".join(word)]


def _quote(line: str, at: int, word: list[str], *, quoted: bool) -> tuple[int, bool]:
    """Backslashes before a quote count by twos; an odd one makes the quote a character."""
    match = _BACKSLASHES.match(line, at)
    backslashes, quote = match.groups() if match else ("", "")
    at += len(backslashes) + len(quote)
    if not quote:
        word.append(backslashes)
        return at, quoted
    word.append(backslashes[: len(backslashes) // 2])
    if len(backslashes) % 2:
        word.append('"')
        return at, quoted
    if quoted and line.startswith('"', at):
        word.append('"')
        return at + 1, quoted
    return at, not quoted
