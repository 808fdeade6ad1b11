"""What one request asked of GitLab, for whoever has to account for that request.

    with keep_journal() as journal:
        ...                       # everything awaited or started in here
    journal.calls

The events of `upstream.events` are for the process as a whole; they do not say on whose behalf.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from typing import Literal

Headers = tuple[tuple[str, str], ...]

# "sent" to GitLab (a 304 shows in the status), a "hit" on what is kept, or "shared": it waited for
# a call that was in flight already, and that stands in another request's journal, or further up.
# "stale" is told beside one of these: it led to no answer, and what is kept was handed out.
Means = Literal["sent", "hit", "shared", "stale"]


@dataclass(slots=True, eq=False)
class Call:
    """`started` is of `time.perf_counter`; `seconds` None while it is under way.

    `status` is None where no answer came; `error` then names the class of what happened instead.
    `headers` go along to GitLab. `age` is in seconds, and of what is stale.
    """

    route: str
    means: Means
    started: float
    seconds: float | None = None
    status: int | None = None
    size: int = 0
    error: str | None = None
    headers: Headers = ()
    age: float | None = None

    def answered(self, status: int, size: int) -> None:
        self.seconds = time.perf_counter() - self.started
        self.status = status
        self.size = size

    def failed(self, error: BaseException) -> None:
        self.seconds = time.perf_counter() - self.started
        self.error = type(error).__name__


@dataclass(slots=True, eq=False)
class Journal:
    """`calls` in the order in which they were begun.

    `headers`, names in lower case, go along with each that is sent to GitLab, though not to where
    GitLab redirects to: they tell it on whose behalf it is asked. `stale`: old answers are among
    what the request was given.
    """

    headers: Headers = ()
    calls: list[Call] = field(default_factory=list)
    stale: bool = False

    def note(self, route: str, means: Means) -> Call:
        call = Call(route, means, time.perf_counter(), headers=self.headers)
        self.calls.append(call)
        return call


_current: ContextVar[Journal | None] = ContextVar("journal", default=None)


def current_journal() -> Journal | None:
    """The journal of the request on whose behalf this runs, where one is kept."""
    return _current.get()


@contextmanager
def keep_journal(journal: Journal | None = None) -> Iterator[Journal]:
    """Tasks that are started inside write into the journal even after its end."""
    kept = Journal() if journal is None else journal
    token = open_journal(kept)
    try:
        yield kept
    finally:
        close_journal(token)


def open_journal(journal: Journal | None) -> Token[Journal | None]:
    """As keep_journal, for where each microsecond counts; to be closed by the same task."""
    return _current.set(journal)


def close_journal(token: Token[Journal | None]) -> None:
    _current.reset(token)
