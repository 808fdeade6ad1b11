"""A bound on memory: how many requests may hold lists of thousands of items at the same time."""

from __future__ import annotations

import asyncio

LARGE_LIST = 1_000  # items; ten thousand jobs take some 70 MB until they are shown


class Room:
    """For `requests` of them; whoever comes later waits, first come, first served."""

    def __init__(self, requests: int) -> None:
        self._free = asyncio.Semaphore(requests)

    def take(self) -> Place:
        return Place(self._free)


class Place:
    """One request's place, however many large lists it holds."""

    def __init__(self, free: asyncio.Semaphore) -> None:
        self._free = free
        self._taken: asyncio.Future[bool] = asyncio.ensure_future(free.acquire())

    async def wait(self) -> None:
        # One field that is given up must not cancel what others of the request wait for.
        await asyncio.shield(self._taken)

    def leave(self) -> None:
        self._taken.cancel()  # does nothing to what is taken
        self._taken.add_done_callback(self._left)

    def _left(self, taken: asyncio.Future[bool]) -> None:
        if not taken.cancelled():
            self._free.release()
