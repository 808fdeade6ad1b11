"""What happens by itself: a day of history, the examples, and new pipelines ever after."""

from __future__ import annotations

from dataclasses import dataclass

from upstream.demo import examples
from upstream.demo.cast import (
    API_ID,
    BOT,
    BRANCHES,
    DEVON,
    MIA,
    SHOP_ID,
    VAULT_ID,
    WEBSITE_ID,
    set_up,
)
from upstream.demo.lifecycle import launch
from upstream.demo.people import visit
from upstream.demo.pipelines import Start
from upstream.demo.records import User
from upstream.demo.world import World

HISTORY_SECONDS = 20 * 3600.0
QUIET_SECONDS = 3_300.0  # before the start nothing else happens while the examples come about
EXAMPLES_SECONDS = 1_800.0
LIVELY_SECONDS = 540.0


@dataclass(frozen=True, slots=True)
class Pace:
    """Mean seconds between two pipelines of a project, in the past and now."""

    project: int
    past: float
    now: float


PACES = (
    Pace(SHOP_ID, past=2_400.0, now=200.0),
    Pace(API_ID, past=9_000.0, now=900.0),
    Pace(WEBSITE_ID, past=5_400.0, now=420.0),
    Pace(VAULT_ID, past=14_400.0, now=3_600.0),
)

_PUSHES = ("main", "main", *BRANCHES)
_AUTHORS = (DEVON, DEVON, MIA)


def build(seed: int | str, now: float, *, lively: bool = True) -> World:
    """A world as it stands at `now`; without `lively` no pipeline starts by itself any more."""
    world = World(seed, round(now - HISTORY_SECONDS, 3))
    set_up(world)
    for pace in PACES:
        _Feed(world, pace, start=now, lively=lively).plan()
    examples.schedule(world, HISTORY_SECONDS - EXAMPLES_SECONDS)
    world.timeline.run_until(now)
    return world


@dataclass(slots=True)
class _Feed:
    """Starts the pipelines of one project, one after another."""

    world: World
    pace: Pace
    start: float
    lively: bool
    count: int = 0

    def plan(self) -> None:
        now = self.world.now
        past = now < self.start - QUIET_SECONDS
        mean = self.pace.past if past else self.pace.now
        gap = self.world.dice.roll("gap", self.pace.project, self.count).uniform(0.5, 1.5) * mean
        if past and now + gap >= self.start - QUIET_SECONDS:
            if not self.lively:
                return
            gap = self.start - LIVELY_SECONDS - now + gap % 60.0
        self.world.timeline.after(gap, self._begin)

    def _begin(self) -> None:
        self.count += 1
        visit(self.world, launch(self.world, self._start()))
        self.plan()

    def _start(self) -> Start:
        dice = self.world.dice.roll("push", self.pace.project, self.count)
        project = self.world.projects[self.pace.project]
        kind = dice.random()
        author = self._author(dice.choice(_AUTHORS))
        if kind < 0.08:  # noqa: PLR2004 - one in twelve
            return Start(project, self._author(BOT), source="schedule", name="Nightly")
        if kind < 0.16:  # noqa: PLR2004 - and another one
            number = 100 + self.count
            ref = f"refs/merge-requests/{number}/head"
            return Start(project, author, ref=ref, source="merge_request_event")
        if kind < 0.22:  # noqa: PLR2004 - rarer still
            return Start(project, self._author(MIA), ref=f"v4.{self.count}", tag=True)
        return Start(project, author, ref=dice.choice(_PUSHES))

    def _author(self, number: int) -> User:
        return self.world.users[number]
