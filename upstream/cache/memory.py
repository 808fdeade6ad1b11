"""Kept answers in this process, bounded in bytes and in number; the longest unused goes first."""

from __future__ import annotations

from collections import OrderedDict

from upstream.cache.keys import Key, Tag
from upstream.cache.store import Content, Entry
from upstream.statistics import Statistics

ENTRY_BYTES = 1024  # of keys, tags, headers and indexes, roughly
LARGEST_SHARE = 4  # an answer of more than a quarter of the room would push out all the others


class Memory:
    """A payload that several entries hold counts once."""

    def __init__(self, max_bytes: int, max_entries: int, statistics: Statistics) -> None:
        self._max_bytes = max_bytes
        self._max_entries = max_entries
        self._statistics = statistics
        self._bytes = 0
        self._entries: OrderedDict[Key, Entry] = OrderedDict()
        self._latest: dict[str, Content] = {}
        self._tagged: dict[Tag, set[Key]] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: Key) -> Entry | None:
        entry = self._entries.get(key)
        if entry is not None:
            self._entries.move_to_end(key)
        return entry

    def latest(self, target: str) -> Content | None:
        return self._latest.get(target)

    def put(self, key: Key, entry: Entry) -> None:
        self._hold(entry.content)  # first, lest its last holder is the entry that makes room
        self._remove(key)
        self._entries[key] = entry
        self._bytes += ENTRY_BYTES
        for tag in entry.tags:
            self._tagged.setdefault(tag, set()).add(key)
        if entry.content.size + ENTRY_BYTES > self._max_bytes // LARGEST_SHARE:
            self._remove(key)
        while self._bytes > self._max_bytes or len(self._entries) > self._max_entries:
            self._remove(next(iter(self._entries)))
            self._statistics.evicted += 1
        self._tell()

    def drop(self, key: Key) -> None:
        self._remove(key)
        self._tell()

    def tagged(self, tag: Tag) -> list[tuple[Key, Entry]]:
        return [(key, self._entries[key]) for key in self._tagged.get(tag, ())]

    def _hold(self, content: Content) -> None:
        if content.holders == 0:
            self._bytes += content.size
        content.holders += 1
        self._latest[content.target] = content

    def _release(self, content: Content) -> None:
        content.holders -= 1
        if content.holders > 0:
            return
        self._bytes -= content.size
        if self._latest.get(content.target) is content:
            del self._latest[content.target]

    def _remove(self, key: Key) -> None:
        entry = self._entries.pop(key, None)
        if entry is None:
            return
        self._bytes -= ENTRY_BYTES
        self._release(entry.content)
        for tag in entry.tags:
            keys = self._tagged[tag]
            keys.discard(key)
            if not keys:
                del self._tagged[tag]

    def _tell(self) -> None:
        self._statistics.entries = len(self._entries)
        self._statistics.bytes = self._bytes
