from __future__ import annotations

import asyncio
import random

import pytest

from upstream.errors import Overloaded, UpstreamTimeout
from upstream.gate import Gate

PATIENCE = 30.0


class Visitor:
    """Goes in, says so, and stays until told to leave."""

    def __init__(self, gate: Gate) -> None:
        self.inside = asyncio.Event()
        self.leave = asyncio.Event()
        self.task = asyncio.create_task(self._visit(gate))

    async def _visit(self, gate: Gate) -> None:
        async with gate:
            self.inside.set()
            await self.leave.wait()


async def settle() -> None:
    """Lets every task that can go on do so."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_those_beyond_the_limit_wait_in_order() -> None:
    gate = Gate(2, 5, PATIENCE)
    visitors = [Visitor(gate) for _ in range(4)]
    await settle()
    assert [visitor.inside.is_set() for visitor in visitors] == [True, True, False, False]
    visitors[1].leave.set()
    await settle()
    assert [visitor.inside.is_set() for visitor in visitors] == [True, True, True, False]
    for visitor in visitors:
        visitor.leave.set()
    await asyncio.gather(*(visitor.task for visitor in visitors))


async def test_those_beyond_the_line_are_turned_away() -> None:
    gate = Gate(1, 1, PATIENCE)
    visitors = [Visitor(gate), Visitor(gate)]
    await settle()
    with pytest.raises(Overloaded, match="1 calls to GitLab are waiting") as caught:
        async with gate:
            pytest.fail("nobody gets in")
    assert caught.value.retry_after > 0
    assert not caught.value.may_have_arrived
    for visitor in visitors:
        visitor.leave.set()
    await asyncio.gather(*(visitor.task for visitor in visitors))


async def test_nobody_waits_longer_than_they_should() -> None:
    gate = Gate(1, 5, 0.01)
    first = Visitor(gate)
    await first.inside.wait()
    with pytest.raises(UpstreamTimeout) as caught:
        async with gate:
            pytest.fail("nobody gets in")
    assert (caught.value.phase, caught.value.may_have_arrived) == ("pool", False)
    first.leave.set()
    await first.task
    async with gate:
        pass


async def test_an_error_inside_gives_the_place_back() -> None:
    gate = Gate(1, 0, PATIENCE)
    for _ in range(3):
        with pytest.raises(LookupError):
            async with gate:
                raise LookupError


async def test_one_who_gives_up_waiting_leaves_the_line() -> None:
    gate = Gate(1, 1, PATIENCE)
    first, second = Visitor(gate), Visitor(gate)
    await settle()
    second.task.cancel()
    await asyncio.gather(second.task, return_exceptions=True)
    third = Visitor(gate)
    first.leave.set()
    third.leave.set()
    await asyncio.gather(first.task, third.task)


@pytest.mark.parametrize("leaves_first", [True, False])
async def test_a_turn_that_comes_with_a_cancellation_is_passed_on(*, leaves_first: bool) -> None:
    gate = Gate(1, 5, PATIENCE)
    first, second, third = Visitor(gate), Visitor(gate), Visitor(gate)
    await settle()
    if leaves_first:
        first.leave.set()
        await asyncio.sleep(0)
        second.task.cancel()
    else:
        second.task.cancel()
        first.leave.set()
    third.leave.set()
    await asyncio.gather(first.task, second.task, third.task, return_exceptions=True)
    async with gate:
        pass


@pytest.mark.parametrize("seed", range(20))
async def test_no_place_is_lost_or_doubled(seed: int) -> None:
    dice = random.Random(seed)
    gate, inside, most = Gate(3, 1000, PATIENCE), 0, 0

    async def visit() -> None:
        nonlocal inside, most
        async with gate:
            inside += 1
            most = max(most, inside)
            try:
                for _ in range(dice.randrange(4)):
                    await asyncio.sleep(0)
            finally:
                inside -= 1

    tasks = []
    for _ in range(200):
        tasks.append(asyncio.create_task(visit()))
        if dice.random() < 0.5:
            await asyncio.sleep(0)
        if dice.random() < 0.4:
            dice.choice(tasks).cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert (inside, most) == (0, 3)
    visitors = [Visitor(gate) for _ in range(4)]
    await settle()
    assert [visitor.inside.is_set() for visitor in visitors] == [True, True, True, False]
    for visitor in visitors:
        visitor.leave.set()
    await asyncio.gather(*(visitor.task for visitor in visitors))


async def test_it_tells_how_things_stand() -> None:
    gate = Gate(2, 1, 0.01)
    visitors = [Visitor(gate) for _ in range(2)]
    await settle()
    assert (gate.capacity, gate.inside, gate.in_line) == (2, 2, 0)
    waiting = Visitor(gate).task
    await settle()
    assert (gate.inside, gate.in_line) == (2, 1)
    with pytest.raises(Overloaded):
        await Visitor(gate).task
    with pytest.raises(UpstreamTimeout):
        await waiting
    assert (gate.turned_away, gate.given_up, gate.in_line) == (1, 1, 0)
    for visitor in visitors:
        visitor.leave.set()
    await asyncio.gather(*(visitor.task for visitor in visitors))
    assert gate.inside == 0
