"""The log of one job, fetched once and read as often as the operation has fields for it."""

from __future__ import annotations

import asyncio
import codecs
from collections.abc import Awaitable, Callable, Collection, Iterator

from resolvers.logs.budget import AnswerBudget
from resolvers.logs.limits import MAX_TAIL, LogLimits
from resolvers.logs.lines import LogLine, LogSection, utf8_size
from resolvers.logs.paging import LineConnection, PageGatherer, PageRequest, checked
from resolvers.logs.parser import LogParser
from resolvers.logs.spool import SpooledLog
from resolvers.logs.tail import blocks, clean_tail, ends_with_newline, raw_tail_start

_ASK_FOR_LESS = "ask for the end with `tail`, or page through it with `lines`"
_FEWER_LINES = "ask for fewer lines"


class LogRecord:
    """What JobLog's fields read. `size` is the bytes of the whole raw log.

    Each method makes at most one pass over the spooled log, in blocks between which the event loop
    has its turn; none keeps more than its answer. `sections` and all counts share one pass.
    """

    def __init__(self, log: SpooledLog, limits: LogLimits, budget: AnswerBudget) -> None:
        self._log = log
        self._limits = limits
        self._budget = budget
        self._sections: list[LogSection] | None = None
        self._counts: dict[str | None, int] = {}
        self._counting = asyncio.Lock()

    @property
    def size(self) -> int:
        return self._log.size

    async def text(self, *, raw: bool = False, tail: int | None = None) -> str:
        """The whole log or its last `tail` lines.

        With `raw`, a newline alone ends a line, and only bytes that are not UTF-8 are changed.
        """
        if tail is not None and checked("tail", tail, 0, MAX_TAIL) == 0:
            return ""
        if raw:
            start = 0 if tail is None else await raw_tail_start(self._log, tail)
            return await self._raw(start, _ASK_FOR_LESS if tail is None else _FEWER_LINES)
        return await self._clean() if tail is None else await self._clean_tail(tail)

    async def lines(
        self,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        search: str | None = None,
    ) -> LineConnection:
        """A page of lines. A `last` takes precedence over the schema's default for `first`."""
        request = PageRequest.of(first, after, last, search)
        page = PageGatherer(request, min(self._limits.page_bytes, self._limits.text_bytes))
        await self._log.turn()
        for batch in self._batches(self._parser()):
            for line in batch:
                page.add(line)
                if page.beyond:
                    break
            if page.beyond:
                break
            await self._log.turn()
        else:
            self._counts[request.needle] = page.seen
        with self._budget.answer(_FEWER_LINES) as spend:
            spend(sum(line.size for line in page.lines))
        return LineConnection(page, self._counter(request))

    async def sections(self) -> list[LogSection]:
        """Sections in the order of their starts."""
        async with self._counting:
            if self._sections is None:
                await self._survey()
            return self._sections or []

    def _counter(self, request: PageRequest) -> Callable[[], Awaitable[int]]:
        async def count() -> int:
            async with self._counting:
                if request.needle is None and request.needle not in self._counts:
                    await self._survey()
                elif request.needle not in self._counts:
                    await self._count(request)
                return self._counts[request.needle]

        return count

    async def _survey(self) -> None:
        parser = self._parser()
        await self._log.turn()
        for _ in self._batches(parser):
            await self._log.turn()
        self._sections = parser.sections.sections
        self._counts[None] = parser.count

    async def _count(self, request: PageRequest) -> None:
        count = 0
        await self._log.turn()
        for batch in self._batches(self._parser()):
            count += sum(map(request.matches, batch))
            await self._log.turn()
        self._counts[request.needle] = count

    async def _raw(self, start: int, advice: str) -> str:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        parts: list[str] = []
        with self._budget.answer(advice) as spend:
            for block in blocks(self._log, start):
                await self._log.turn()
                parts.append(decoder.decode(block))
                spend(utf8_size(parts[-1]))
            parts.append(decoder.decode(b"", final=True))
            spend(utf8_size(parts[-1]))
            return "".join(parts)

    async def _clean(self) -> str:
        parts: list[str] = []
        with self._budget.answer(_ASK_FOR_LESS) as spend:
            await self._log.turn()
            for batch in self._batches(self._parser()):
                if batch:
                    parts.append("\n".join(line.text for line in batch))
                    spend(utf8_size(parts[-1]) + 1)
                await self._log.turn()
            return self._joined(parts)

    async def _clean_tail(self, count: int) -> str:
        limits = self._limits
        lines = await clean_tail(self._log, count, limits.line_bytes, limits.text_bytes)
        with self._budget.answer(_FEWER_LINES) as spend:
            spend(limits.text_bytes + 1 if lines.too_large else lines.size)
            return self._joined(lines.texts)

    def _joined(self, parts: Collection[str]) -> str:
        """Ends in a newline if the log does, so that a log without control codes stays as it is."""
        text = "\n".join(parts)
        return text + "\n" if parts and ends_with_newline(self._log) else text

    def _parser(self) -> LogParser:
        return LogParser(self._limits.line_bytes)

    def _batches(self, parser: LogParser) -> Iterator[list[LogLine]]:
        for block in blocks(self._log):
            yield parser.feed(block)
        yield parser.finish()
