"""Pages of log lines: arguments checked, lines gathered from either end, the connection."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from resolvers.errors import BadUserInput
from resolvers.logs.cursors import line_cursor, line_number
from resolvers.logs.limits import DEFAULT_FIRST, MAX_LINES
from resolvers.logs.lines import LogLine


def checked(argument: str, value: int, lowest: int, highest: int) -> int:
    if not lowest <= value <= highest:
        raise BadUserInput(
            f"{argument}: {value} is out of range; it may be from {lowest} to {highest}"
        )
    return value


@dataclass(frozen=True, slots=True)
class PageRequest:
    """The checked arguments of `lines`: `count` lines after line `after`, from either end."""

    count: int
    backward: bool
    after: int
    needle: str | None

    @classmethod
    def of(
        cls, first: int | None, after: str | None, last: int | None, search: str | None
    ) -> PageRequest:
        if last is None:
            count = checked("first", DEFAULT_FIRST if first is None else first, 1, MAX_LINES)
        elif first is None or first == DEFAULT_FIRST:
            # The schema fills in the default of `first`, which nobody then has asked for.
            count = checked("last", last, 1, MAX_LINES)
        else:
            raise BadUserInput("first, last: give one of them, not both")
        place = 0 if after is None else line_number(after)
        return cls(count, last is not None, place, search.casefold() if search else None)

    def matches(self, line: LogLine) -> bool:
        return self.needle is None or self.needle in line.text.casefold()


class PageGatherer:
    """Takes lines in their order and keeps those of the page.

    Lines beyond `max_bytes` are not of the page, which is shorter then; it has one line at least.
    """

    def __init__(self, request: PageRequest, max_bytes: int) -> None:
        self.lines: deque[LogLine] = deque()
        self.seen = 0  # matching lines, whether on the page or not
        self.before = False
        self.beyond = False
        self._request = request
        self._max_bytes = max_bytes
        self._bytes = 0

    def add(self, line: LogLine) -> None:
        if not self._request.matches(line):
            return
        self.seen += 1
        if line.number <= self._request.after:
            self.before = True
        elif self._request.backward:
            self.lines.append(line)
            self._bytes += line.size
            while len(self.lines) > self._request.count or self._too_large():
                self._bytes -= self.lines.popleft().size
                self.before = True
        else:
            self._bytes += line.size
            self.lines.append(line)
            if len(self.lines) > self._request.count or self._too_large():
                self.lines.pop()
                self.beyond = True

    def _too_large(self) -> bool:
        return self._bytes > self._max_bytes and len(self.lines) > 1


@dataclass(frozen=True, slots=True)
class LineEdge:
    node: LogLine
    cursor: str


@dataclass(frozen=True, slots=True)
class LinePageInfo:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


class LineConnection:
    """A page of lines. `total_count` is awaited, for it may take a pass over the whole log."""

    __slots__ = ("_count", "has_next_page", "has_previous_page", "nodes")

    def __init__(self, page: PageGatherer, count: Callable[[], Awaitable[int]]) -> None:
        self.nodes = list(page.lines)
        self.has_next_page = page.beyond
        self.has_previous_page = page.before
        self._count = count

    @property
    def edges(self) -> list[LineEdge]:
        return [LineEdge(line, line_cursor(line.number)) for line in self.nodes]

    @property
    def page_info(self) -> LinePageInfo:
        return LinePageInfo(
            self.has_next_page,
            self.has_previous_page,
            line_cursor(self.nodes[0].number) if self.nodes else None,
            line_cursor(self.nodes[-1].number) if self.nodes else None,
        )

    @property
    def total_count(self) -> Awaitable[int]:
        """The number of lines, or with a search of those that match, on all pages."""
        return self._count()
