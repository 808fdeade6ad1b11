"""Sending again what failed: few times, at random moments, and never so often that it adds up.

A GET is sent again where no connection came about, where one broke, or where a proxy before GitLab
or a limiter answered in its place. Anything else is sent again only where it certainly never left.

What keeps a gateway from multiplying an outage is the budget: each call pays a tenth of a repeat
in, each repeat takes a whole one out. While everything fails, GitLab sees a tenth more calls than
without, and not three times as many.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from http import HTTPStatus
from typing import TypeVar

from upstream.config import Repeating
from upstream.credentials import Credential
from upstream.errors import (
    UNREACHED,
    ConnectFailed,
    Disconnected,
    ResponseError,
    TlsFailed,
    UpstreamError,
    UpstreamTimeout,
)
from upstream.events import CallRepeated, Hook, RepeatWithheld, no_hook
from upstream.transports.base import Request, Response
from upstream.waits import asked_wait

RESERVE = 10.0  # repeats that a gateway starts with, so that one with few callers has some, too
MOST_SAVED = 100.0  # repeats: what a quiet day may save up for an outage

T = TypeVar("T")
Answered = Response | ResponseError
Came = UpstreamError | Response
Remaining = Callable[[], float | None]
Send = Callable[[str, Request, Credential | None], Awaitable[Response]]


def no_deadline() -> float | None:
    """Time without end."""
    return None


class Budget:
    """How many repeats there may be: `share` of all calls, and a few at the beginning."""

    __slots__ = ("_left", "_share")

    def __init__(self, share: float) -> None:
        self._share = share
        self._left = RESERVE if share > 0 else 0.0

    def earn(self) -> None:
        if self._left < MOST_SAVED:
            self._left += self._share

    def spend(self) -> bool:
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True


class Retries:
    """Decides over repeats. `remaining` gives the seconds that the current request still has."""

    def __init__(
        self,
        config: Repeating,
        hook: Hook = no_hook,
        *,
        remaining: Remaining = no_deadline,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._config = config
        self._hook = hook
        self._remaining = remaining
        self._chance = chance
        self._budget = Budget(config.share)
        self._closed = False

    def close(self) -> None:
        """Nothing is sent again from now on."""
        self._closed = True

    async def send(
        self, send: Send, label: str, request: Request, credential: Credential | None
    ) -> Response:
        """What `send` answers in the end; the last error, where none of its calls gets one."""
        self._budget.earn()
        repeat = 0
        while True:
            repeat += 1
            try:
                response = await send(label, request, credential)
            except UpstreamError as error:
                if not await self._another(label, request.method, error, repeat):
                    raise
                continue
            if response.status < HTTPStatus.TOO_MANY_REQUESTS or not await self._another(
                label, request.method, response, repeat
            ):
                return response

    async def open(
        self,
        call: Callable[[], AbstractAsyncContextManager[T]],
        label: str,
        stack: AsyncExitStack,
    ) -> T:
        """What the context of a GET gives in the end, which `stack` closes."""
        self._budget.earn()
        repeat = 0
        while True:
            repeat += 1
            try:
                return await stack.enter_async_context(call())
            except UpstreamError as error:
                if not await self._another(label, "GET", error, repeat):
                    raise

    async def _another(self, label: str, method: str, came: Came, repeat: int) -> bool:
        """Whether to send again after what `came`; waits as long as it takes until then.

        `repeat` is which repeat this would be, from 1.
        """
        if repeat > self._config.repeats or self._closed:
            return False
        wait = self._wait(method, came, repeat)
        if wait is None:
            return False
        reason = type(came).__name__ if not isinstance(came, Answered) else str(came.status)
        if not self._budget.spend():
            self._hook(RepeatWithheld(label, reason))
            return False
        self._hook(CallRepeated(label, reason, repeat, wait))
        await asyncio.sleep(wait)
        return True

    def _wait(self, method: str, came: Came, repeat: int) -> float | None:
        """Seconds until the repeat; None where there is to be none.

        Full jitter: any moment up to the longest is as likely as any other, so that those who
        failed together do not come back together.
        """
        longest = self._config.longest_wait
        if isinstance(came, Answered):
            asked = None if method != "GET" else _asked(came)
        else:
            asked = 0.0 if _may_be_sent_again(method, came) else None
        if asked is None or asked > longest:
            return None
        ceiling = min(longest, self._config.first_wait * 2.0 ** (repeat - 1))
        wait = asked + self._chance() * ceiling
        remaining = self._remaining()
        return wait if remaining is None or wait < remaining else None


def _asked(came: Answered) -> float | None:
    """Seconds for which GitLab wants to be left alone before a repeat; None for no repeat."""
    if isinstance(came, ResponseError):
        wait = came.retry_after
    else:
        wait = asked_wait(came.status, came.headers)
    if came.status in UNREACHED:
        return wait or 0.0
    # Where a limiter does not say when it listens again, trying would only count against it.
    return wait if came.status == HTTPStatus.TOO_MANY_REQUESTS else None


def _may_be_sent_again(method: str, error: UpstreamError) -> bool:
    if isinstance(error, TlsFailed):
        return False  # a certificate is not renewed within a second
    if isinstance(error, UpstreamTimeout):
        # To ask a GitLab again that is too slow to answer would make it slower still.
        return error.phase == "connect"
    if not isinstance(error, ConnectFailed | Disconnected):
        return False
    return method == "GET" or not error.may_have_arrived
