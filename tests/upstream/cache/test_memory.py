from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from upstream.cache.keys import Key, of_partition, of_project
from upstream.cache.memory import ENTRY_BYTES, LARGEST_SHARE, Memory
from upstream.cache.store import Content, Entry
from upstream.statistics import Statistics

ROOM = 40 * ENTRY_BYTES
MOST = 6


def content(target: str = "/t", size: int = 100) -> Content:
    return Content(target, '"tag"', {"id": 1}, frozenset(), size)


def entry(held: Content, partition: str = "a") -> Entry:
    return Entry(held, {}, frozenset({of_partition(partition), of_project(partition, "1")}))


def memory() -> tuple[Memory, Statistics]:
    statistics = Statistics()
    return Memory(ROOM, MOST, statistics), statistics


def test_the_longest_unused_goes_first() -> None:
    store, statistics = memory()
    for number in range(MOST):
        store.put(("a", f"/{number}"), entry(content(f"/{number}")))
    assert store.get(("a", "/0")) is not None
    store.put(("a", "/new"), entry(content("/new")))
    assert store.get(("a", "/1")) is None
    assert store.get(("a", "/0")) is not None
    assert (statistics.evicted, statistics.entries) == (1, MOST)


def test_a_payload_that_two_hold_counts_once() -> None:
    store, statistics = memory()
    shared = content(size=5000)
    store.put(("a", "/t"), entry(shared))
    store.put(("b", "/t"), entry(shared, "b"))
    assert statistics.bytes == 5000 + 2 * ENTRY_BYTES
    store.drop(("a", "/t"))
    assert store.latest("/t") is shared
    store.drop(("b", "/t"))
    assert (statistics.bytes, store.latest("/t")) == (0, None)


def test_what_would_push_out_the_others_is_not_kept() -> None:
    store, statistics = memory()
    store.put(("a", "/small"), entry(content("/small")))
    store.put(("a", "/t"), entry(content(size=100)))
    store.put(("a", "/t"), entry(content(size=ROOM // LARGEST_SHARE)))
    assert store.get(("a", "/t")) is None  # what was there before is not right any more either
    assert store.latest("/t") is None
    assert (len(store), statistics.evicted) == (1, 0)


def test_a_revalidated_entry_keeps_its_payload() -> None:
    store, statistics = memory()
    held = content()
    for _ in range(3):
        store.put(("a", "/t"), entry(held))
    assert (statistics.entries, statistics.bytes) == (1, 100 + ENTRY_BYTES)
    assert store.latest("/t") is held


PARTITIONS = st.sampled_from(["a", "b"])
PATHS = st.sampled_from(["/1", "/2", "/3", "/4"])


class MemoryMachine(RuleBasedStateMachine):
    """Whatever is put and dropped, the accounts and the indexes agree with what is there."""

    def __init__(self) -> None:
        super().__init__()
        self.store, self.statistics = memory()

    @rule(partition=PARTITIONS, path=PATHS, size=st.integers(0, ROOM // 3))
    def put_new(self, partition: str, path: str, size: int) -> None:
        self.store.put((partition, path), entry(content(path, size), partition))

    @rule(partition=PARTITIONS, path=PATHS)
    def put_what_another_has(self, partition: str, path: str) -> None:
        held = self.store.latest(path)
        if held is not None:
            self.store.put((partition, path), entry(held, partition))

    @rule(partition=PARTITIONS, path=PATHS)
    def drop(self, partition: str, path: str) -> None:
        self.store.drop((partition, path))
        assert self.store.get((partition, path)) is None

    @rule(partition=PARTITIONS)
    def drop_all_of_one(self, partition: str) -> None:
        for key, _ in self.store.tagged(of_partition(partition)):
            self.store.drop(key)

    @rule(partition=PARTITIONS, path=PATHS)
    def use(self, partition: str, path: str) -> None:
        self.store.get((partition, path))

    def entries(self) -> dict[Key, Entry]:
        return dict(self.store._entries)

    @invariant()
    def stays_in_its_room(self) -> None:
        entries = self.entries()
        held = {id(one.content): one.content.size for one in entries.values()}
        assert self.statistics.bytes == sum(held.values()) + ENTRY_BYTES * len(entries) <= ROOM
        assert self.statistics.entries == len(entries) == len(self.store) <= MOST

    @invariant()
    def finds_by_tag_what_is_there(self) -> None:
        entries = self.entries()
        for partition in ("a", "b"):
            tagged = {key for key, _ in self.store.tagged(of_partition(partition))}
            assert tagged == {key for key in entries if key[0] == partition}
        assert all(self.store._tagged.values())

    @invariant()
    def the_latest_of_a_target_is_held_by_somebody(self) -> None:
        held = {id(one.content) for one in self.entries().values()}
        assert {id(one) for one in self.store._latest.values()} <= held


TestMemory = MemoryMachine.TestCase
