"""Where kept answers live. Synchronous: between a look and what follows from it nothing happens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from upstream.cache.keys import Key, Tag


@dataclass(slots=True, eq=False)
class Content:
    """A payload under the entity tag that GitLab gave it; several entries may hold it.

    `paging` names the paging headers that came with it, `size` is the bytes that it takes in
    memory, `holders` is for the store alone.
    """

    target: str
    tag: str
    payload: Any
    paging: frozenset[str]
    size: int
    holders: int = 0


@dataclass(slots=True, eq=False)
class Entry:
    """What one credential was given. `headers` are those of paging; no token is in here.

    `given` is when GitLab gave or confirmed it, by the cache's own clock. By the same clock, and 0
    for never: it may be handed out unasked until `fresh_until`, and until `stale_until` where
    GitLab cannot be asked.
    """

    content: Content
    headers: Mapping[str, str]
    tags: frozenset[Tag]
    given: float = 0.0
    fresh_until: float = 0.0
    stale_until: float = 0.0


class Store(Protocol):
    def get(self, key: Key) -> Entry | None:
        """The entry, which counts as used now."""
        ...

    def latest(self, target: str) -> Content | None:
        """What was put last for a target, under whatever credential, if it is still held."""
        ...

    def put(self, key: Key, entry: Entry) -> None:
        """Takes the place of an entry with this key; may drop others, or not keep it at all."""
        ...

    def drop(self, key: Key) -> None: ...

    def tagged(self, tag: Tag) -> list[tuple[Key, Entry]]: ...
