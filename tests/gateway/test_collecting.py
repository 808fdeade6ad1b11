from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Iterator
from typing import Any

import pytest

from gateway import collecting
from gateway.collecting import Collecting


class Node:
    """Part of a cycle."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    gc.collect()
    monkeypatch.setattr(collecting, "TICK_SECONDS", 0.001)
    yield
    assert gc.get_freeze_count() == 0


@pytest.fixture
def passes() -> Iterator[list[int]]:
    """The generations that were looked through."""
    seen: list[int] = []

    def notice(phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            seen.append(info["generation"])

    gc.callbacks.append(notice)
    yield seen
    gc.callbacks.remove(notice)


async def until_gone(thing: Any) -> None:
    gone = asyncio.Event()
    weakref.finalize(thing, gone.set)
    del thing
    async with asyncio.timeout(20):
        await gone.wait()


async def passed(passes: list[int], count: int) -> None:
    async with asyncio.timeout(20):
        while len(passes) < count:  # noqa: ASYNC110 - the collector offers no event
            await asyncio.sleep(0.001)


async def test_a_cycle_is_found_within_a_tick_or_two() -> None:
    with Collecting():
        await until_gone(Node())


async def test_what_a_query_allocates_starts_no_pass(passes: list[int]) -> None:
    with Collecting():
        _payloads: list[Any] = [{"job": {}} for _ in range(100_000)]
        assert passes == []
    assert gc.get_threshold() != (0, 0, 0)


async def test_while_there_is_much_to_look_at_it_waits(
    monkeypatch: pytest.MonkeyPatch, passes: list[int]
) -> None:
    monkeypatch.setattr(collecting, "FEW_OBJECTS", 1000)
    monkeypatch.setattr(collecting, "PATIENCE_TICKS", 10**9)
    ticks = 0
    tick = Collecting._tick

    def counted(self: Collecting) -> None:
        nonlocal ticks
        ticks += 1
        tick(self)

    monkeypatch.setattr(Collecting, "_tick", counted)
    with Collecting():
        payloads: list[Any] = [{"job": {}} for _ in range(5000)]
        async with asyncio.timeout(20):
            while ticks < 5:  # noqa: ASYNC110 - see above
                await asyncio.sleep(0.001)
        assert passes == []
        payloads.clear()
        await passed(passes, 1)


async def test_it_does_not_wait_for_ever(
    monkeypatch: pytest.MonkeyPatch, passes: list[int]
) -> None:
    monkeypatch.setattr(collecting, "FEW_OBJECTS", -1)
    monkeypatch.setattr(collecting, "PATIENCE_TICKS", 3)
    with Collecting():
        await passed(passes, 1)


async def test_what_lives_longer_is_looked_at_more_rarely(
    monkeypatch: pytest.MonkeyPatch, passes: list[int]
) -> None:
    monkeypatch.setattr(collecting, "TICKS_PER_MIDDLE_PASS", 3)
    with Collecting():
        await passed(passes, 6)
    assert passes[:6] == [0, 0, 1, 0, 0, 1]


async def test_all_is_looked_at_when_it_is_due(
    monkeypatch: pytest.MonkeyPatch, passes: list[int]
) -> None:
    monkeypatch.setattr(collecting, "FULL_PASS_SECONDS", 0.0)
    monkeypatch.setattr(collecting, "FULL_PASS_SHARE", 1e-9)
    with Collecting():
        await passed(passes, 3)
    assert passes[:3] == [2, 0, 0]  # the next would be due when its cost is a billionth of the time


async def test_afterwards_python_collects_by_itself_again() -> None:
    before = gc.get_threshold()
    with Collecting():
        assert gc.get_threshold() != before
        assert gc.get_freeze_count() > 0
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0
