"""Records that lack a key: gathered by the call that completes them, filled in together.

Twenty jobs of five pipelines make five calls, and five objects of the answer: records that show
the same object in the same form share what it is projected to.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, NamedTuple

import orjson

from gateway.execution.compiled.plan import PlannedField, Selection
from gateway.execution.compiled.positions import Slot
from gateway.execution.compiled.project import Unfit, compiled
from resolvers.loaders.base import Loader
from resolvers.projection import Payload, Record
from upstream.errors import UpstreamError

Route = tuple[Loader[Any, Any], Any]  # what completes a record: a loader, and the key for it


class Alike(NamedTuple):
    """Records that wait for the same call, and will show the same in the answer."""

    planned: PlannedField
    selection: Selection
    form: bytes  # the payload as JSON: to Python, true and 1 and 1.0 are all the same
    records: list[tuple[Record, Slot]]


Watch = Callable[[asyncio.Future[Payload], Callable[[], list[Alike]]], None]


class Completions:
    """`watch` is told of each call, and of how to take over those that wait for it."""

    __slots__ = ("_waiting", "_watch")

    def __init__(self, watch: Watch) -> None:
        self._waiting: dict[Route, list[Alike]] = {}
        self._watch = watch

    def close(self) -> None:
        """Lets go of whoever watches: a run and its completions refer to one another."""
        self._waiting = {}
        self._watch = _nobody

    def add(self, planned: PlannedField, selection: Selection, record: Record, slot: Slot) -> None:
        """Has a record completed; raises Unfit, with nothing done, where it is odd."""
        alike = Alike(planned, selection, orjson.dumps(record.payload), [(record, slot)])
        try:
            route = loader, key = record.route()
        except UpstreamError:
            raise Unfit from None  # each field that needs the call says so itself
        waiting = self._waiting.get(route)
        if waiting is not None and _joined(waiting, alike):
            slot[0][slot[1]] = None
            return
        # With something fit in place of what is missing, only what is there can be odd; and where
        # a required value is, no call must be made for its siblings.
        made = compiled(selection)
        made.project({**made.samples, **record.payload}, record, [])
        slot[0][slot[1]] = None
        if waiting is None:
            waiting = self._waiting[route] = []
            self._watch(loader.watch(key), lambda: self._waiting.pop(route, []))
        waiting.append(alike)


def _nobody(_future: asyncio.Future[Payload], _waiting: Callable[[], list[Alike]]) -> None:
    """Takes the place of a run that has ended."""


def _joined(waiting: list[Alike], alike: Alike) -> bool:
    record, _ = alike.records[0]
    for other in waiting:
        same = other.form == alike.form and other.selection is alike.selection
        if same and other.records[0][0].beside(record):
            other.records.extend(alike.records)
            return True
    return False


def fill(alike: Alike, full: Payload) -> bool:
    """Fills in one object for all records that show the same; False where that is not plain."""
    for record, _ in alike.records:
        record.full = full
    made = compiled(alike.selection)
    first, _ = alike.records[0]
    later: list[PlannedField] = []
    try:
        out = made.project(made.view(first.payload, full), first, later)
    except Unfit:
        return False
    if later or made.rest:
        return False
    for _, slot in alike.records:
        slot[0][slot[1]] = out
    return True
