"""What reuse has spared since the start, as plain counts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Statistics:
    """Each GET counts once: as a hit, revalidated, missed, shared, or as none where it failed.

    `stale` counts those of the failed that were answered from what was kept.

    `borrowed` are those of the revalidated whose payload had come for another credential.
    `entries` and `bytes` are what is kept now.
    """

    hits: int = 0
    revalidated: int = 0
    borrowed: int = 0
    misses: int = 0
    shared: int = 0
    stale: int = 0
    evicted: int = 0
    entries: int = 0
    bytes: int = 0
