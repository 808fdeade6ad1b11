"""A loader: asks for each key once, for all the fields of one operation that want it.

The keys asked for in one turn of the event loop make one batch. Its function settles each key, by
key and never by position, as soon as that key's answer is there, so a slow neighbour holds nobody
up. The value of a key may be an exception: it is raised at that key's callers alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Any, Generic, TypeVar

from upstream.turns import let_go

_FEW = 8  # values; what more of them hold may take a while to be freed

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

Settle = Callable[[K, V | BaseException], None]
Batch = Callable[[Sequence[K], Settle[K, V]], Awaitable[None]]


class Loader(Generic[K, V]):
    """Lives for one request and one credential; see the module for what it promises."""

    __slots__ = ("_batch", "_futures", "_queue", "_tasks")

    def __init__(self, batch: Batch[K, V]) -> None:
        self._batch = batch
        self._futures: dict[K, asyncio.Future[V]] = {}
        self._queue: dict[K, asyncio.Future[V]] = {}
        self._tasks: set[asyncio.Task[Any]] = set()

    def load(self, key: K) -> asyncio.Future[V]:
        """The value of `key`: on its way already, or part of the batch that leaves this turn."""
        future = self.watch(key)
        # One who gives up waiting must not cancel what others wait for.
        return future if future.done() else asyncio.shield(future)

    def watch(self, key: K) -> asyncio.Future[V]:
        """The future that all who want `key` share: for callbacks, never to be awaited."""
        future = self._futures.get(key)
        if future is None:
            loop = asyncio.get_running_loop()
            future = self._futures[key] = loop.create_future()
            if not self._queue:
                loop.call_soon(self._dispatch)
            self._queue[key] = future
        return future

    def prime(self, key: K, value: V) -> None:
        """Offers a value that came another way; one that is on its way already wins."""
        if key not in self._futures:
            future = self._futures[key] = asyncio.get_running_loop().create_future()
            future.set_result(value)

    def clear(self) -> None:
        """Forgets every value, so that the next load asks again; what was asked for goes on."""
        self._futures = {}
        self._dispatch()

    def cancel(self) -> None:
        """Ends the calls in flight: nobody waits for them any more, nor for what came of others."""
        queue, self._queue = self._queue, {}
        for future in queue.values():
            future.cancel()
        for task in self._tasks:
            task.cancel()
        # A loader may be part of a cycle by its batch: payloads held here would stay until the
        # garbage collector's next round.
        futures, self._futures = self._futures, {}
        if len(futures) > _FEW:
            let_go(list(futures.values()))

    def _dispatch(self) -> None:
        queue, self._queue = self._queue, {}
        if not queue:
            return
        task = asyncio.get_running_loop().create_task(self._run(queue))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, queue: dict[K, asyncio.Future[V]]) -> None:
        def settle(key: K, value: V | BaseException) -> None:
            future = queue[key]
            if future.done():
                return
            if isinstance(value, BaseException):
                future.set_exception(value)
                future.exception()  # a failed sibling may leave nobody to await this one
            else:
                future.set_result(value)

        try:
            await self._batch(list(queue), settle)
        except Exception as error:  # noqa: BLE001 - a batch that fails as a whole fails each key
            for key in queue:
                settle(key, error)
        finally:
            for future in queue.values():
                future.cancel()  # does nothing to those that are settled


class EachLoader(Loader[K, V]):
    """A loader without batches: each key leaves at once by `fetch`, in parallel under `limit`."""

    __slots__ = ("_fetch", "_limit")

    def __init__(self, fetch: Callable[[K], Awaitable[V]], limit: asyncio.Semaphore) -> None:
        super().__init__(_no_batch)  # not a method: each request would leave a cycle behind
        self._fetch = fetch
        self._limit = limit

    def watch(self, key: K) -> asyncio.Future[V]:
        future = self._futures.get(key)
        if future is None:
            task = asyncio.get_running_loop().create_task(self._one(key))
            self._tasks.add(task)
            task.add_done_callback(self._ended)
            self._futures[key] = future = task
        return future

    async def _one(self, key: K) -> V:
        async with self._limit:
            return await self._fetch(key)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # a failed sibling may leave nobody to await this one


async def _no_batch(keys: Sequence[Any], settle: Settle[Any, Any]) -> None:
    """Nothing is ever queued for it."""


async def fan_out(
    keys: Sequence[K],
    fetch: Callable[[K], Awaitable[V]],
    settle: Settle[K, V],
    limit: asyncio.Semaphore,
) -> None:
    """One call for each key, in parallel under `limit`; a failure is that key's own."""

    async def one(key: K) -> None:
        async with limit:
            try:
                value = await fetch(key)
            except Exception as error:  # noqa: BLE001 - handed to the key's callers
                settle(key, error)
            else:
                settle(key, value)

    if len(keys) == 1:
        await one(keys[0])
    else:
        await asyncio.gather(*map(one, keys))
