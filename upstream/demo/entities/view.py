"""What every entity needs to know about the moment and the reader."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from upstream.demo.world import World


@dataclass(frozen=True, slots=True)
class View:
    """`base_url` begins the web addresses; `runner_details`: the reader administers runners."""

    world: World
    base_url: str
    runner_details: bool = False

    @property
    def now(self) -> float:
        return self.world.now


def timestamp(seconds: float) -> str:
    """UTC with milliseconds, as on jobs and pipelines."""
    moment = dt.datetime.fromtimestamp(round(seconds, 3), tz=dt.UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def timestamp_or_none(seconds: float | None) -> str | None:
    return None if seconds is None else timestamp(seconds)


def timestamp_at(seconds: float, offset_minutes: int) -> str:
    """With the author's own offset, as on commits."""
    zone = dt.timezone(dt.timedelta(minutes=offset_minutes))
    return dt.datetime.fromtimestamp(seconds, tz=zone).isoformat(timespec="milliseconds")
