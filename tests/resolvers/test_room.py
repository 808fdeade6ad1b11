"""How many requests may hold large lists at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from resolvers.context import RequestContext, ResolverLimits
from resolvers.pagination import window
from resolvers.room import LARGE_LIST, Room
from upstream.client import Upstream
from upstream.config import UpstreamConfig

LIMITS = ResolverLimits(connection_items=10_000)
SECONDS = 20


class Requests:
    """Requests that share room for two."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream
        self._room = Room(2)

    def one(self) -> RequestContext:
        return RequestContext(self._upstream, None, limits=LIMITS, room=self._room)


@pytest.fixture
async def requests() -> AsyncIterator[Requests]:
    async with Upstream(UpstreamConfig("http://gitlab.test")) as upstream:
        yield Requests(upstream)


async def large(context: RequestContext) -> int:
    return await window(context, LARGE_LIST + 1, default=20)


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_the_third_waits_until_one_has_ended(requests: Requests) -> None:
    first, second, third = (requests.one() for _ in range(3))
    assert await large(first) == await large(second) == LARGE_LIST + 1
    waiting = asyncio.create_task(large(third))
    await settled()
    assert not waiting.done()
    await first.aclose()
    async with asyncio.timeout(SECONDS):
        await waiting


async def test_a_request_takes_one_place_for_all_its_lists(requests: Requests) -> None:
    first, second = requests.one(), requests.one()
    async with asyncio.timeout(SECONDS):
        await asyncio.gather(*(large(first) for _ in range(5)))
        await asyncio.gather(*(large(second) for _ in range(5)))


async def test_all_lists_of_a_request_wait_for_its_place(requests: Requests) -> None:
    first, second, third = (requests.one() for _ in range(3))
    await asyncio.gather(large(first), large(second))
    waiting = [asyncio.create_task(large(third)) for _ in range(2)]
    await settled()
    assert not any(each.done() for each in waiting)
    waiting[0].cancel()
    await first.aclose()
    async with asyncio.timeout(SECONDS):
        await waiting[1]


async def test_a_list_of_usual_size_never_waits(requests: Requests) -> None:
    for _ in range(2):
        await large(requests.one())
    assert await window(requests.one(), LARGE_LIST, default=20) == LARGE_LIST
    assert await window(requests.one(), None, default=20) == 20


async def test_one_who_gives_up_waiting_takes_no_place(requests: Requests) -> None:
    first, second, third, fourth = (requests.one() for _ in range(4))
    await asyncio.gather(large(first), large(second))
    waiting = asyncio.create_task(large(third))
    await settled()
    waiting.cancel()
    await third.aclose()
    await first.aclose()
    async with asyncio.timeout(SECONDS):
        await large(fourth)


async def test_a_place_given_while_its_request_ends_is_passed_on(requests: Requests) -> None:
    first, second, third, fourth = (requests.one() for _ in range(4))
    await asyncio.gather(large(first), large(second))
    waiting = asyncio.create_task(large(third))
    await settled()
    await first.aclose()  # frees the place, and before the third has noticed it ends as well
    await third.aclose()
    async with asyncio.timeout(SECONDS):
        await asyncio.wait([waiting])
        await large(fourth)


async def test_without_a_room_there_is_no_bound() -> None:
    async with Upstream(UpstreamConfig("http://gitlab.test")) as upstream:
        for _ in range(20):
            await large(RequestContext(upstream, None, limits=LIMITS))
