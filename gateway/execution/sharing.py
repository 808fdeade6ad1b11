"""Identical queries in flight: one execution, whose answer goes to all who asked for it.

Identical means the same text, operation, variables and credential, so all of them may see what one
of them sees. Nothing is kept: whoever comes after the answer has it made anew. Mutations are never
shared, and end the sharing of what was in flight beside them, which may not show their effect.

The first to come executes in its own task, so that one who stays alone pays for no more than an
entry in a dictionary.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple, Protocol

import orjson

from gateway.execution.encoding import Body
from gateway.execution.operation import Operation
from upstream.credentials import Credential

MAX_FLIGHTS = 1024  # at a time; a query beyond them is executed by itself
MAX_VARIABLES = 16 * 1024  # bytes of JSON; more is not worth comparing

Key = tuple[str, str | None, bytes, Credential | None]


class Outcome(NamedTuple):
    """An executed operation as JSON, and what else its request has to know.

    `started` is as in ExecutionResult. `masked`: an error in it was left to the log, which names
    the request `request_id`. `codes` are those of its errors, each once.
    """

    body: Body
    request_id: bytes
    started: bool = True
    masked: bool = False
    codes: tuple[str, ...] = ()


class Caller(Protocol):
    """Who waits for an answer: the request's own task, and the execution it has taken on.

    A caller that gives up leaves its `flight` where it has one; otherwise its task is cancelled.
    """

    task: asyncio.Task[Any]
    flight: Flight | None


class Flight:
    """An execution on its way, by the task of the first who asked."""

    __slots__ = ("_task", "_waiting", "_wanted")

    def __init__(self, task: asyncio.Task[Any]) -> None:
        self._task = task
        self._wanted = 1
        self._waiting: list[asyncio.Future[Outcome | None]] | None = None

    async def join(self) -> Outcome | None:
        """The outcome, or None where the execution was cancelled."""
        waiting: asyncio.Future[Outcome | None] = asyncio.get_running_loop().create_future()
        if self._waiting is None:
            self._waiting = []
        self._waiting.append(waiting)
        self._wanted += 1
        try:
            return await waiting
        except asyncio.CancelledError:
            self.leave()
            raise

    def leave(self) -> None:
        """One of those who asked needs no answer any more; the last takes the execution along."""
        self._wanted -= 1
        if self._wanted == 0:
            self._task.cancel()

    def land(self, outcome: Outcome | None, error: Exception | None = None) -> None:
        """Tells all who wait; without outcome and error, the execution was cancelled."""
        for waiting in self._waiting or ():
            if waiting.done():
                continue
            if error is None:
                waiting.set_result(outcome)
            else:
                waiting.set_exception(error)


class Sharing:
    """Executions by key. `executed` and `shared` count queries since the start."""

    __slots__ = ("_flights", "executed", "shared")

    def __init__(self) -> None:
        self._flights: dict[Key, Flight] = {}
        self.executed = 0
        self.shared = 0

    async def run(
        self, key: Key, execute: Callable[[], Awaitable[Outcome]], caller: Caller
    ) -> Outcome:
        """What `execute` gives, be it for this caller or for another one in flight."""
        own = Flight(caller.task)
        flights = self._flights
        while (flight := flights.setdefault(key, own)) is not own:
            outcome = await flight.join()
            if outcome is not None:
                self.shared += 1
                return outcome
            flights = self._flights
        self.executed += 1
        caller.flight = own
        outcome, failure = None, None
        try:
            outcome = await execute()
        except Exception as error:
            failure = error
            raise
        finally:
            del flights[key]
            own.land(outcome, failure)
        return outcome

    def seal(self) -> None:
        """Lets nobody join any more what is in flight now: it may be older than a change."""
        self._flights = {}

    def key(self, operation: Operation, credential: Credential | None) -> Key | None:
        """By what a query is told from others; None where it is not to be shared."""
        if len(self._flights) >= MAX_FLIGHTS:
            return None
        variables = b""
        if operation.variables:
            try:
                # As JSON, since in Python 1 equals 1.0 and true.
                variables = orjson.dumps(operation.variables, option=orjson.OPT_SORT_KEYS)
            except orjson.JSONEncodeError:
                return None  # nested more deeply than can be written
            if len(variables) > MAX_VARIABLES:
                return None
        return operation.document.text, operation.name, variables, credential
