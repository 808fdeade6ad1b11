"""The contract of a loader: what it asks for, when, and whose answer or failure it is."""

from __future__ import annotations

import asyncio
import itertools
import weakref
from collections.abc import Sequence
from typing import Any

import pytest

from resolvers.loaders.base import EachLoader, Loader, Settle, fan_out
from upstream import turns


class Asked:
    """A batch function that remembers what it was asked for; a value that is an error fails."""

    def __init__(self, values: dict[str, Any] | None = None) -> None:
        self.batches: list[list[str]] = []
        self.values = values or {}

    async def __call__(self, keys: Sequence[str], settle: Settle[str, Any]) -> None:
        self.batches.append(list(keys))
        for key in reversed(keys):
            settle(key, self.values.get(key, key.upper()))


async def test_what_is_asked_for_in_one_turn_makes_one_batch() -> None:
    asked = Asked()
    loader = Loader(asked)
    assert await asyncio.gather(*map(loader.load, "abc")) == ["A", "B", "C"]
    assert asked.batches == [["a", "b", "c"]]


async def test_what_is_asked_for_later_makes_another_batch() -> None:
    asked = Asked()
    loader = Loader(asked)
    assert [await loader.load("a"), await loader.load("b")] == ["A", "B"]
    assert asked.batches == [["a"], ["b"]]


async def test_a_key_is_asked_for_once() -> None:
    asked = Asked()
    loader = Loader(asked)
    assert await asyncio.gather(*map(loader.load, "aaba")) == ["A", "A", "B", "A"]
    assert await loader.load("a") == "A"
    assert asked.batches == [["a", "b"]]


async def test_a_failure_is_its_keys_own() -> None:
    loader = Loader(Asked({"b": ValueError("b is missing")}))
    answers = await asyncio.gather(*map(loader.load, "abc"), return_exceptions=True)
    assert [answers[0], answers[2]] == ["A", "C"]
    assert str(answers[1]) == "b is missing"


async def test_a_failure_is_kept_like_a_value() -> None:
    asked = Asked({"a": ValueError("no a")})
    loader = Loader(asked)
    for _ in range(2):
        with pytest.raises(ValueError, match="no a"):
            await loader.load("a")
    assert asked.batches == [["a"]]


async def test_a_batch_that_fails_as_a_whole_fails_each_key_that_is_left() -> None:
    async def batch(keys: Sequence[str], settle: Settle[str, Any]) -> None:
        settle(keys[0], "in time")
        raise OSError("gone")

    loader = Loader(batch)
    answers = await asyncio.gather(*map(loader.load, "abc"), return_exceptions=True)
    assert answers[0] == "in time"
    assert [str(answer) for answer in answers[1:]] == ["gone", "gone"]


async def test_a_key_that_the_batch_forgets_does_not_wait_for_ever() -> None:
    async def batch(_keys: Sequence[str], _settle: Settle[str, Any]) -> None:
        return

    with pytest.raises(asyncio.CancelledError):
        await Loader(batch).load("a")


async def test_a_key_has_its_answer_while_its_neighbour_waits() -> None:
    slow = asyncio.Event()

    async def fetch(key: str) -> str:
        if key == "slow":
            await slow.wait()
        return key

    async def batch(keys: Sequence[str], settle: Settle[str, str]) -> None:
        await fan_out(keys, fetch, settle, asyncio.Semaphore(8))

    loader = Loader(batch)
    waiting = loader.load("slow")
    assert await loader.load("fast") == "fast"
    assert not waiting.done()
    slow.set()
    assert await waiting == "slow"


async def test_one_who_gives_up_takes_nobody_elses_answer_away() -> None:
    go = asyncio.Event()

    async def batch(keys: Sequence[str], settle: Settle[str, str]) -> None:
        await go.wait()
        for key in keys:
            settle(key, key.upper())

    loader = Loader(batch)

    async def ask() -> str:
        return await loader.load("a")

    impatient, patient = asyncio.create_task(ask()), asyncio.create_task(ask())
    await asyncio.sleep(0)
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    go.set()
    assert await patient == "A"


async def test_after_clear_everything_is_asked_for_again() -> None:
    asked = Asked()
    loader = Loader(asked)
    await loader.load("a")
    asked.values["a"] = "new"
    assert await loader.load("a") == "A"
    loader.clear()
    assert await loader.load("a") == "new"


async def test_what_was_asked_for_before_a_clear_is_still_answered() -> None:
    asked = Asked()
    loader = Loader(asked)
    before = loader.load("a")
    loader.clear()
    after = loader.load("a")
    async with asyncio.timeout(5):
        assert (await before, await after) == ("A", "A")
    assert asked.batches == [["a"], ["a"]]


async def test_a_primed_value_is_not_asked_for() -> None:
    asked = Asked()
    loader = Loader(asked)
    loader.prime("a", "known")
    assert await loader.load("a") == "known"
    assert asked.batches == []


async def test_a_value_on_its_way_wins_over_a_primed_one() -> None:
    loader = Loader(Asked())
    on_its_way = loader.load("a")
    loader.prime("a", "late")
    assert await on_its_way == "A"


async def test_cancel_ends_calls_in_flight_and_those_that_have_not_left() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def batch(_keys: Sequence[str], _settle: Settle[str, str]) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    loader = Loader(batch)
    in_flight = loader.load("a")
    await begun.wait()
    queued = loader.load("b")
    loader.cancel()
    for future in (in_flight, queued):
        with pytest.raises(asyncio.CancelledError):
            await future
    assert ended.is_set()


class Held:
    """Something that tells when it is gone."""


async def test_cancel_lets_many_values_go_in_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PIECE_SECONDS", 0.0)
    gone: list[int] = []

    async def fetch(key: int) -> Held:
        value = Held()
        weakref.finalize(value, gone.append, key)
        return value

    loader = EachLoader(fetch, asyncio.Semaphore(100))
    await asyncio.gather(*map(loader.load, range(50)))
    loader.cancel()
    known = [0]
    for _ in range(20):
        await asyncio.sleep(0)
        known.append(len(gone))
    assert known[-1] == 50
    assert max(after - before for before, after in itertools.pairwise(known)) <= 8


async def test_fan_out_goes_no_wider_than_its_limit() -> None:
    together, peak = 0, 0
    settled: dict[int, Any] = {}

    async def fetch(key: int) -> int:
        nonlocal together, peak
        together += 1
        peak = max(peak, together)
        await asyncio.sleep(0)
        together -= 1
        if key == 3:
            raise ValueError("three")
        return key * 10

    await fan_out(range(6), fetch, settled.__setitem__, asyncio.Semaphore(2))
    assert peak == 2
    assert {key: value for key, value in settled.items() if key != 3} == {
        key: key * 10 for key in (0, 1, 2, 4, 5)
    }
    assert str(settled[3]) == "three"
