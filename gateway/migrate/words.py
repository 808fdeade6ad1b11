"""The words of a command line, with their quotes, escapes and variables (POSIX shell, 2.2, 2.6)."""

from __future__ import annotations

import re

from gateway.migrate.ansi_c import ansi_c
from gateway.migrate.problems import Unreadable

SUBSTITUTION = "$(...)"  # stands for what another command would print
_NAME = re.compile(r"env:([A-Za-z_]\w*)|([A-Za-z_]\w*|[0-9@*#?])", re.ASCII)
_BRACED = re.compile(r"\{[#!]?([A-Za-z_]\w*|[0-9@*#?])[^{}]*\}", re.ASCII)
_CONTINUED = re.compile(r"[\\`][ \t]*\r?(?:\n|\Z)")
_LINE_ENDS = re.compile(r"\\?\r?\n")
_URL_BEGINS = re.compile(r"https?://|\$\{\w+\}/", re.IGNORECASE)
_UNCLOSED = "the quote around the URL is not closed; it was read up to the line's end"


class Words:
    """Reads words one after another; what a shell would put in for a variable is not known.

    A variable becomes `${NAME}`, and its name one of `references`. A quoted URL ends with its
    line even where the quote does not: no URL goes on in the next one.
    """

    def __init__(self, text: str, start: int = 0) -> None:
        self.at = start
        self.words: list[str] = []
        self.references: set[str] = set()
        self.notes: list[str] = []
        self._text = text
        self._word: list[str] | None = None

    @property
    def here(self) -> str:
        """The next character; empty at the end."""
        return self._text[self.at : self.at + 1]

    @property
    def within(self) -> str | None:
        """What has been read of a word that is not complete yet."""
        return None if self._word is None else "".join(self._word)

    def take(self) -> None:
        """The next piece of a word: a quoted one, an escaped one, or a character."""
        if self.match(_CONTINUED):
            return
        word = self._word = self._word or []
        character = self.here
        self.at += 1
        if character == "'":
            self._singly(word)
        elif character == '"':
            self._doubly(word)
        elif character == "\\":
            word.append(self.here)
            self.at += 1
        elif character == "$":
            self._dollar(word, quoted=False)
        elif character == "`":
            self._substituted("`", word)
        else:
            word.append(character)

    def end_word(self) -> None:
        if self._word is not None:
            self.words.append("".join(self._word))
            self._word = None

    def drop_word(self) -> None:
        self._word = None

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.match(self._text, self.at)
        if match is not None:
            self.at = match.end()
        return match

    def note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)

    def expanded(self, text: str) -> str:
        """The text of a here-document whose delimiter is not quoted: variables stand for values."""
        inner = Words(text)
        word: list[str] = []
        while character := inner.here:
            inner.at += 1
            if character == "\\":
                inner._escaped_in_quotes(word, also="")
            elif character == "$":
                inner._dollar(word, quoted=True)
            else:
                word.append(character)
        self.references |= inner.references
        return "".join(word)

    def _singly(self, word: list[str]) -> None:
        while character := self.here:
            if character == "\n" and self._breaks_off(word):
                return
            self.at += 1
            if character == "'":
                return
            word.append(character)
        self._broke_off(word)

    def _doubly(self, word: list[str]) -> None:
        while character := self.here:
            if _LINE_ENDS.match(self._text, self.at) and self._breaks_off(word):
                return
            self.at += 1
            if character == '"':
                return
            if character == "\\":
                self._escaped_in_quotes(word)
            elif character == "$":
                self._dollar(word, quoted=True)
            elif character == "`":
                self._substituted("`", word)
            else:
                word.append(character)
        self._broke_off(word)

    def _breaks_off(self, word: list[str]) -> bool:
        """At the end of a line inside quotes: whether they were around a URL."""
        if _URL_BEGINS.match("".join(word)) is None:
            return False
        word[:] = "".join(word).rstrip()
        self.note(_UNCLOSED)
        return True

    def _broke_off(self, word: list[str]) -> None:
        if not self._breaks_off(word):
            raise Unreadable("a quote is opened and never closed")

    def _escaped_in_quotes(self, word: list[str], *, also: str = '"') -> None:
        following = self.here
        if following and following in f"$`\\{also}":
            word.append(following)
            self.at += 1
        elif following == "\n":
            self.at += 1
        else:
            word.append("\\")

    def _dollar(self, word: list[str], *, quoted: bool) -> None:
        following = self.here
        if following == "'" and not quoted:
            text, self.at = ansi_c(self._text, self.at + 1)
            word.append(text)
        elif following == '"' and not quoted:
            self.at += 1
            self._doubly(word)
        elif following == "(":
            self.at += 1
            self._substituted(")", word)
        elif match := self.match(_BRACED) or self.match(_NAME):
            name = next(group for group in match.groups() if group)
            self.references.add(name)
            word.append(f"${{{name}}}")
        else:
            word.append("$")

    def _substituted(self, closing: str, word: list[str]) -> None:
        """What another command would print there: its words are skipped, and not looked at."""
        depth = 1
        while depth:
            character = self.here
            self.at += 1
            if not character:
                raise Unreadable("a command substitution is opened and never closed")
            if character == closing:
                depth -= 1
            elif character == "(" and closing == ")":
                depth += 1
            elif character in "'\"":
                end = self._text.find(character, self.at)
                self.at = self.at if end < 0 else end + 1
        word.append(SUBSTITUTION)
