"""One call for all who want the same at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Hashable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Flight(Generic[T]):
    """A call on its way, and how many wait for it."""

    __slots__ = ("_flights", "_key", "_waiting", "task")

    def __init__(
        self, flights: SingleFlight[T], key: Hashable, call: Coroutine[Any, Any, T]
    ) -> None:
        self._flights = flights
        self._key = key
        self._waiting = 0
        self.task = asyncio.get_running_loop().create_task(call)
        self.task.add_done_callback(self._landed)

    async def wait(self) -> T:
        """The outcome that all who wait share, an error included.

        One who is cancelled leaves the others waiting; the last one takes the call along.
        """
        self._waiting += 1
        try:
            return await asyncio.shield(self.task)
        finally:
            self._waiting -= 1
            if self._waiting == 0 and not self.task.done():
                self._flights.forget(self._key, self)
                self.task.cancel()

    def _landed(self, task: asyncio.Task[T]) -> None:
        self._flights.forget(self._key, self)
        if not task.cancelled():
            task.exception()  # all who waited may have gone; that is nobody's mistake


class SingleFlight(Generic[T]):
    """Flights by key. Nothing is kept of one that has landed."""

    __slots__ = ("_flights",)

    def __init__(self) -> None:
        self._flights: dict[Hashable, Flight[T]] = {}

    def find(self, key: Hashable) -> Flight[T] | None:
        flight = self._flights.get(key)
        # Between a call's end and its callback lies a turn of the loop in which it is over.
        return None if flight is None or flight.task.done() else flight

    def start(self, key: Hashable, call: Coroutine[Any, Any, T]) -> Flight[T]:
        flight = self._flights[key] = Flight(self, key, call)
        return flight

    def forget(self, key: Hashable, flight: Flight[T]) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]

    def seal(self) -> None:
        """Lets nobody join any more what is in flight now: it may be older than a change."""
        self._flights = {}
