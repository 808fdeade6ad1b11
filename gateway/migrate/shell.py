"""One command of a shell script: its words, and what is redirected into it.

It is read as bash reads it, but nothing is run or expanded. Where people often paste what a shell
would not take as they mean it (a backslash that is missing or followed by blanks, a quote that is
not closed after a URL), the line is read as it was meant, and a note says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gateway.migrate.problems import Unreadable
from gateway.migrate.words import Words

_OPTION_LINE = re.compile(r"\n[ \t]*(?=--?[A-Za-z])")
_REDIRECTION = re.compile(r"&>>?|<<-|<<<|<<|<>|<&|<|>>|>\||>&|>")
_COMMENT = re.compile(r"[^\n]*")
_SPACE = re.compile(r"[ \t]*")
_LINE = re.compile(r"\n?([^\n]*)")
_ASSIGNED = re.compile(r"&\w+=")
_ENDS = frozenset(";|&)\n")
_BLANKS = frozenset(" \t\r")
_AFTER_A_TARGET = _ENDS | _BLANKS | {"<", ">"}


@dataclass(frozen=True, slots=True)
class Command:
    """`stdin` is the text of a here-document, `stdin_file` the file that is redirected there.

    `end` is where the command ends in the text.
    """

    words: tuple[str, ...]
    end: int
    references: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    stdin: str | None = None
    stdin_file: str | None = None


def read_command(text: str, start: int = 0, closing: str = "") -> Command:
    """The command that begins at `start`; `closing` is what ends it besides the usual."""
    return _Shell(text, start, closing).command()


class _Shell(Words):
    def __init__(self, text: str, start: int, closing: str) -> None:
        super().__init__(text, start)
        self._closing = closing
        self._documents: list[tuple[str, str, bool]] = []
        self._stdin: str | None = None
        self._stdin_file: str | None = None

    def command(self) -> Command:
        while (character := self.here) and character != self._closing:
            if character in _BLANKS:
                self.end_word()
                self.at += 1
            elif character == "#" and self.within is None:
                self.match(_COMMENT)
            elif redirection := self.match(_REDIRECTION):
                self._redirect(redirection.group())
            elif character in _ENDS:
                if character != "\n" or not self._goes_on():
                    break
            else:
                self.take()
        self.end_word()
        if _ASSIGNED.match(self._text, self.at):
            self.note("an & outside of quotes ends the command; quote the URL to keep what follows")
        return Command(
            tuple(self.words),
            self.at,
            frozenset(self.references),
            tuple(self.notes),
            self._stdin,
            self._stdin_file,
        )

    def _redirect(self, operator: str) -> None:
        if (self.within or "-").isdecimal():
            self.drop_word()  # the number of a file descriptor
        self.end_word()
        self.match(_SPACE)
        begin = self.at
        while self.here and self.here not in _AFTER_A_TARGET:
            self.take()
        quoted = any(mark in self._text[begin : self.at] for mark in "'\"\\")
        target = self.within
        self.drop_word()
        if operator == "<<<":
            self._stdin = f"{target or ''}\n"
        elif operator in {"<<", "<<-"}:
            self._documents.append((operator, target or "", quoted))
        elif operator == "<":
            self._stdin_file = target

    def _goes_on(self) -> bool:
        """At the end of a line: takes here-documents in, and joins a line that begins with `-`."""
        self.end_word()
        if self._documents:
            for operator, delimiter, quoted in self._documents:
                text = self._document(delimiter, indented=operator == "<<-")
                self._stdin = text if quoted else self.expanded(text)
            return False
        if self.match(_OPTION_LINE) is None:
            return False
        self.note("a line that begins with an option was joined to the one before it")
        return True

    def _document(self, delimiter: str, *, indented: bool) -> str:
        lines: list[str] = []
        while self.at < len(self._text):
            match = self.match(_LINE)
            line = match[1].removesuffix("\r") if match else ""
            line = line.lstrip("\t") if indented else line
            if line == delimiter:
                return "".join(lines)
            lines.append(f"{line}\n")
        raise Unreadable("a here-document is opened and never closed")
