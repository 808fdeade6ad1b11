from __future__ import annotations

import asyncio
import itertools
from collections import Counter

import pytest

from tests.support.looping import LoopTurns, counted_turns
from upstream import turns as module
from upstream.turns import let_go, turns


async def work(at: list[int], loop_turns: LoopTurns, pieces: int = 1) -> None:
    for _ in range(pieces):
        await turns().mine()
        at.append(loop_turns.now)


async def test_no_two_pieces_of_work_share_a_turn_of_the_loop() -> None:
    worked: list[int] = []
    with counted_turns() as loop_turns:
        await asyncio.gather(*(work(worked, loop_turns, pieces=3) for _ in range(10)))
    assert len(worked) == 30
    assert Counter(worked).most_common(1)[0][1] == 1


async def test_callbacks_stand_in_the_same_line_as_tasks() -> None:
    worked: list[int] = []
    order: list[str] = []
    with counted_turns() as loop_turns:

        async def piece(name: str) -> None:
            await work(worked, loop_turns)
            order.append(name)

        def callback() -> None:
            worked.append(loop_turns.now)
            order.append("callback")

        tasks = [asyncio.create_task(piece("first")), asyncio.create_task(piece("second"))]
        await asyncio.sleep(0)
        turns().soon(callback)
        tasks.append(asyncio.create_task(piece("third")))
        await asyncio.gather(*tasks)
    assert order == ["first", "second", "callback", "third"]
    assert len(set(worked)) == 4


async def test_who_is_alone_does_not_wait() -> None:
    async with asyncio.timeout(1):
        with counted_turns() as loop_turns:
            before = loop_turns.now
            await turns().mine()
            assert loop_turns.now == before


async def test_one_who_gives_up_leaves_the_line_to_the_others() -> None:
    worked: list[int] = []
    with counted_turns() as loop_turns:
        tasks = [asyncio.create_task(work(worked, loop_turns)) for _ in range(4)]
        await asyncio.sleep(0)
        tasks[2].cancel()
        done = await asyncio.gather(*tasks, return_exceptions=True)
    assert [isinstance(each, asyncio.CancelledError) for each in done] == [
        False,
        False,
        True,
        False,
    ]
    assert len(set(worked)) == 3


async def test_what_fails_in_its_turn_stops_nobody_else() -> None:
    complaints: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, each: complaints.append(each))
    worked = asyncio.Event()
    turns().soon(lambda: 1 / 0)
    turns().soon(worked.set)
    async with asyncio.timeout(5):
        await worked.wait()
    assert [type(each["exception"]) for each in complaints] == [ZeroDivisionError]


def test_each_loop_has_a_line_of_its_own() -> None:
    async def leave_work_behind() -> None:
        for _ in range(3):
            turns().soon(lambda: None)

    async def find_it_free() -> None:
        with counted_turns() as loop_turns:
            await turns().mine()
            assert loop_turns.now == 0

    asyncio.run(leave_work_behind())
    asyncio.run(find_it_free())


async def test_many_things_are_let_go_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PIECE_SECONDS", 0.0)
    things = [object() for _ in range(100)]
    left = [len(things)]
    let_go(things)
    async with asyncio.timeout(5):
        while things:
            await asyncio.sleep(0)
            left.append(len(things))
    assert max(before - after for before, after in itertools.pairwise(left)) == 8


async def test_nothing_is_let_go_at_no_cost() -> None:
    let_go([])
    with counted_turns() as loop_turns:
        await turns().mine()
        assert loop_turns.now == 0
