"""Leaving a GitLab alone that does not answer, so that it can recover and nobody waits for it.

    closed      calls go through; how they end is counted
      │  too many of the last ones failed or were slow
    open        calls fail at once
      │  some seconds later
    half-open   one call goes through, the others fail at once
      ├─ it is answered in time: closed
      └─ it is not: open

What counts is whether GitLab can be reached and answers in time. A status is an answer, 4xx and 429
as good as 200: a caller without rights, or with his limit used up, must not take GitLab from the
others. 500 is one, too, since a single odd request can provoke it; 502 to 504 are not, since they
come from a proxy that did not reach GitLab.

For the same reason it is not enough that calls fail: most of those who call must be affected, lest
one of them opens it for all by asking for what takes GitLab too long.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Literal

from upstream.config import Breaking
from upstream.errors import UNREACHED, CircuitOpen, is_unreachable
from upstream.events import BreakerChanged, CallRefused, Hook, no_hook

State = Literal["closed", "open", "half-open"]

BUCKETS = 10  # of the window


@dataclass(slots=True)
class _Bucket:
    """A tenth of the window: its calls, and who made them."""

    end: float
    calls: int = 0
    failed: int = 0
    slow: int = 0
    callers: set[Hashable] = field(default_factory=set)
    affected: set[Hashable] = field(default_factory=set)


class Breaker:
    """One for each GitLab. Each call is to be admitted, and told of when it has ended.

    `admit` gives a ticket. What ends after the state has changed is looked at no more, but for the
    probe.
    """

    def __init__(
        self,
        config: Breaking,
        hook: Hook = no_hook,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._config = config
        self._hook = hook
        self._clock = clock
        self._state: State = "closed"
        self._ticket = 0  # of all that is admitted now; grows with each change
        self._probing = False
        self._until = 0.0  # when an open one may be tried
        self._span = config.window / BUCKETS
        self._buckets: deque[_Bucket] = deque(maxlen=BUCKETS)
        self._newest = _Bucket(end=0.0)
        self._slow = config.slow_seconds or math.inf
        self._watches = config.bad_share > 0

    @property
    def state(self) -> State:
        return self._state

    def admit(self, route: str) -> int:
        """Raises CircuitOpen for a call that is not to be sent; else its ticket."""
        if self._state != "closed":
            self.check(route)
            if self._state == "open":
                self._change("half-open")
            self._probing = True
        return self._ticket

    def check(self, route: str) -> None:
        """As `admit`, for one that has to wait for its turn yet."""
        if self._state == "closed":
            return
        left = self._until - self._clock()
        if self._probing or left > 0:
            self._hook(CallRefused(route))
            raise CircuitOpen(
                "GitLab has failed to answer, or to answer in time, so it is left alone for a "
                "moment; this call was not sent",
                retry_after=max(left, 1.0),
            )

    def answered(self, ticket: int, status: int, seconds: float, caller: Hashable) -> None:
        """GitLab, or something before it, has begun to answer after `seconds`."""
        if ticket == self._ticket and self._watches:
            slow = seconds >= self._slow
            self._count(caller, failed=status in UNREACHED, slow=slow)

    def failed(self, ticket: int, error: BaseException, seconds: float, caller: Hashable) -> None:
        """No answer came. A call that was given up tells only how long it has taken until then."""
        if ticket != self._ticket or not self._watches:
            return
        unanswered = is_unreachable(error)
        if unanswered or seconds >= self._slow:
            self._count(caller, failed=unanswered, slow=not unanswered)
        elif self._probing:
            self._probing = False  # it has told nothing; the next call is the probe

    def _count(self, caller: Hashable, *, failed: bool, slow: bool) -> None:
        bad = failed or slow
        if self._state != "closed":
            self._probed(bad=bad, reason="errors" if failed else "slowness")
            return
        bucket = self._newest
        now = self._clock()
        if now >= bucket.end:
            bucket = self._newest = _Bucket(end=now + self._span)
            self._buckets.append(bucket)
        bucket.calls += 1
        bucket.callers.add(caller)
        if bad:
            bucket.failed += failed
            bucket.slow += slow and not failed
            bucket.affected.add(caller)
            self._judge(now)

    def _judge(self, now: float) -> None:
        """Opens where the calls of the window say so."""
        config = self._config
        recent = [one for one in self._buckets if one.end > now - config.window]
        calls = sum(one.calls for one in recent)
        failed = sum(one.failed for one in recent)
        slow = sum(one.slow for one in recent)
        if calls < config.fewest_calls or failed + slow < config.bad_share * calls:
            return
        callers = len(set().union(*(one.callers for one in recent)))
        affected = len(set().union(*(one.affected for one in recent)))
        if 2 * affected > callers:
            self._open("errors" if failed >= slow else "slowness")

    def _probed(self, *, bad: bool, reason: str) -> None:
        self._probing = False
        if bad:
            self._open(reason)
        else:
            self._buckets.clear()
            self._newest = _Bucket(end=0.0)
            self._change("closed")

    def _open(self, reason: str) -> None:
        self._until = self._clock() + self._config.open_seconds
        self._change("open", reason)

    def _change(self, state: State, reason: str = "") -> None:
        self._state = state
        self._ticket += 1
        self._hook(BreakerChanged(state, reason))
