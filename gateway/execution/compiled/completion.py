"""Records that lack a key: gathered by the call that completes them, filled in together.

Twenty jobs of five pipelines make five calls, and five objects of the answer: records that show
the same object in the same form share what it is projected to.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from gateway.execution.compiled.plan import PlannedField, Selection
from gateway.execution.compiled.positions import Slot
from gateway.execution.compiled.project import Compiled, Unfit, compiled
from resolvers.loaders.base import Loader
from resolvers.projection import Payload, Record
from upstream.errors import UpstreamError

Route = tuple[Loader[Any, Any], Any]  # what completes a record: a loader, and the key for it

# What an object inside a record will show: the field, where the record was found, and the payload
# as JSON, for to Python true and 1 and 1.0 are all the same.
Likeness = tuple[PlannedField, str, str, bytes]


@dataclass(slots=True, eq=False)
class Alike:
    """Places of the answer that wait for the same call, and will show the same record."""

    planned: PlannedField
    selection: Selection
    form: bytes
    record: Record
    slots: list[Slot]
    waiting: bool = True


Watch = Callable[[asyncio.Future[Payload], Callable[[], list[Alike]]], None]


class Completions:
    """`watch` is told of each call, and of how to take over those that wait for it."""

    __slots__ = ("_by_likeness", "_waiting", "_watch")

    def __init__(self, watch: Watch) -> None:
        self._waiting: dict[Route, list[Alike]] = {}
        self._by_likeness: dict[Likeness, Alike] = {}
        self._watch = watch

    def close(self) -> None:
        """Lets go of whoever watches: a run and its completions refer to one another."""
        self._waiting = {}
        self._by_likeness = {}
        self._watch = _nobody

    def join(self, likeness: Likeness, slot: Slot) -> bool:
        """Whether an object of this likeness is waited for already; then `slot` waits, too."""
        alike = self._by_likeness.get(likeness)
        if alike is None or not alike.waiting:
            return False
        slot[0][slot[1]] = None
        alike.slots.append(slot)
        return True

    def add(
        self,
        planned: PlannedField,
        selection: Selection,
        record: Record,
        slot: Slot,
        likeness: Likeness | None = None,
    ) -> None:
        """Has a record completed; raises Unfit, with nothing done, where it is odd."""
        form = orjson.dumps(record.payload) if likeness is None else likeness[-1]
        try:
            route = loader, key = record.route()
        except UpstreamError:
            raise Unfit from None  # each field that needs the call says so itself
        waiting = self._waiting.get(route)
        alike = None if waiting is None else _found(waiting, selection, form, record)
        if waiting is None or alike is None:
            # With something fit in place of what is missing, only what is there can be odd; and
            # where a required value is, no call must be made for its siblings.
            made = compiled(selection)
            made.project({**made.samples, **record.payload}, record, [])
            if waiting is None:
                waiting = self._waiting[route] = []
                self._watch(loader.watch(key), lambda: self._taken(route))
            alike = Alike(planned, selection, form, record, [])
            waiting.append(alike)
        slot[0][slot[1]] = None
        alike.slots.append(slot)
        if likeness is not None:
            self._by_likeness[likeness] = alike

    def _taken(self, route: Route) -> list[Alike]:
        taken = self._waiting.pop(route, [])
        for alike in taken:
            alike.waiting = False
        return taken


def lacks(record: Record, made: Compiled) -> bool:
    """Whether a record must be completed before it can be shown."""
    return not (record.complete or record.full is not None or made.keys <= record.payload.keys())


def likeness_of(planned: PlannedField, source: Record, embeds: str) -> Likeness:
    """Raises KeyError where the payload lacks the object."""
    # A commit's global id may rest on the project that its job names.
    return planned, source.project, source.project_id, orjson.dumps(source.payload[embeds])


def _nobody(_future: asyncio.Future[Payload], _waiting: Callable[[], list[Alike]]) -> None:
    """Takes the place of a run that has ended."""


def _found(waiting: list[Alike], selection: Selection, form: bytes, record: Record) -> Alike | None:
    for alike in waiting:
        same = alike.form == form and alike.selection is selection
        if same and alike.record.beside(record):
            return alike
    return None


def fill(alike: Alike, full: Payload) -> bool:
    """Fills in one object wherever it is shown; False where that is not plain."""
    record = alike.record
    record.full = full
    made = compiled(alike.selection)
    later: list[PlannedField] = []
    try:
        out = made.project(made.view(record.payload, full), record, later)
    except Unfit:
        return False
    if later or made.rest:
        return False
    for slot in alike.slots:
        slot[0][slot[1]] = out
    return True
