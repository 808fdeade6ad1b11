"""REST calls out of a text: one that somebody pasted, or a whole script with calls in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from gateway.migrate.call import RestCall
from gateway.migrate.curl import ReadFile, nothing_to_read, read_curl
from gateway.migrate.messages import REQUEST_LINE, read_message, read_url
from gateway.migrate.problems import NOTHING_FOUND, Unreadable
from gateway.migrate.shell import Command, read_command
from gateway.migrate.windows import is_windows, read_windows_command

# curl where a command begins: at the start of a line or after what ends a command, behind a prompt,
# keywords and assignments at most.
_CURL = re.compile(
    r"(?:^|[;|&({]|\$\(|(?P<tick>`))[ \t]*(?:(?:PS )?[A-Z]:[^>\n]*>[ \t]*)?"
    r"(?:(?:\$|%|!|do|then|else|if|while|until|time|sudo|exec|env|command"
    r"|[A-Za-z_]\w*=(?:'[^'\n]*'|\"[^\"\n]*\"|[^\s'\"])*)[ \t]+)*"
    r"(?<![\w.-])(?P<curl>(?:[^\s'\"=(`]*[/\\])?curl(?:\.exe)?)(?=[ \t\\^]|$)",
    re.MULTILINE,
)
_ADDRESS = re.compile(
    r"^[ \t]*(['\"<]?)((?:https?://\S+?|\$\{?\w+\}?|)/(?:api/v[34]/|projects/|job\b)\S*?)"
    r"(?:['\">](?=\s*$))?[ \t]*\r?$",
    re.MULTILINE,
)
_LIKE_AN_ADDRESS = re.compile(r"\s*['\"<]?(?:\S+://|/)\S+\s*")
_COMMENT = re.compile(r"[ \t]*#")
_NOT_YET: Any = object()


@dataclass(frozen=True, slots=True)
class Found:
    """One call of a text: `read` gives it, or raises Unreadable. `line` counts from 1."""

    line: int
    read: Callable[[], RestCall]


def find_calls(text: str, read_file: ReadFile = nothing_to_read) -> Iterator[Found]:
    """The calls of a text in their order; what is no call is passed over."""
    search = _Search(text)
    at = 0
    while (match := search.following(at)) is not None:
        begin = match.start("curl") if match.re is _CURL else match.start(1)
        line = text.count("\n", 0, begin) + 1
        if match.re is _CURL:
            found, at = _curl(text, match, line, read_file)
        elif match.re is REQUEST_LINE:
            # A message goes on to the next call; its body begins behind a blank line.
            after = search.following(match.end())
            at = len(text) if after is None else after.start()
            found = Found(line, _Later(read_message, text[match.start() : at]))
        else:
            found, at = Found(line, _Later(read_url, match.group())), match.end()
        yield found


def calls_in(text: str, read_file: ReadFile = nothing_to_read) -> list[Found]:
    """The calls of a text that is to have one; where it has none, reading it says why."""
    found = list(find_calls(text, read_file))
    if found:
        return found
    if _LIKE_AN_ADDRESS.fullmatch(text):
        return [Found(1, _Later(read_url, text))]
    return [Found(1, _raiser(Unreadable(NOTHING_FOUND)))]


def read_call(text: str, read_file: ReadFile = nothing_to_read) -> RestCall:
    """The one call of a text; raises Unreadable where there is none, or another one."""
    found = calls_in(text, read_file)
    if len(found) > 1:
        raise Unreadable(f"there are {len(found)} calls in this text; give one")
    return found[0].read()


@dataclass(frozen=True, slots=True)
class _Later:
    """Reading, put off to where its failure belongs."""

    function: Callable[[str], RestCall]
    text: str

    def __call__(self) -> RestCall:
        return self.function(self.text)


class _Search:
    """Looks for the next call of any kind; what has been found further on is kept."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._kept: dict[re.Pattern[str], re.Match[str] | None] = {}

    def following(self, at: int) -> re.Match[str] | None:
        """The first call that begins at this place or behind it."""
        for pattern in (_CURL, REQUEST_LINE, _ADDRESS):
            kept = self._kept.get(pattern, _NOT_YET)
            if kept is _NOT_YET or (isinstance(kept, re.Match) and kept.start() < at):
                self._kept[pattern] = self._search(pattern, at)
        found = [match for match in self._kept.values() if match is not None]
        return min(found, key=lambda match: match.start(), default=None)

    def _search(self, pattern: re.Pattern[str], at: int) -> re.Match[str] | None:
        for match in pattern.finditer(self._text, at):
            line = self._text.rfind("\n", 0, match.end()) + 1
            if _COMMENT.match(self._text, line) is None:
                return match
        return None


def _curl(text: str, match: re.Match[str], line: int, read_file: ReadFile) -> tuple[Found, int]:
    start = match.start("curl")
    try:
        command = _command(text, start, "`" if match["tick"] else "")
    except Unreadable as problem:
        # Where it ends is not known, so the next call is looked for behind its first line.
        end = text.find("\n", start)
        return Found(line, _raiser(problem)), len(text) if end < 0 else end
    return Found(line, lambda: read_curl(command, read_file)), max(command.end, match.end())


def _command(text: str, start: int, closing: str) -> Command:
    if is_windows(text, start):
        return read_windows_command(text, start)
    return read_command(text, start, closing)


def _raiser(problem: Unreadable) -> Callable[[], RestCall]:
    def read() -> RestCall:
        raise problem

    return read
