"""One execution of a plan: what waits, what failed, and where nulls land.

Objects are filled in place. A value that is not there yet leaves null behind and is put in when it
arrives, so nothing but the values themselves is ever awaited. A `Bound` is the nearest nullable
position at or above a value: that is where null lands when a required value fails.

https://spec.graphql.org/September2025/#sec-Handling-Execution-Errors
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from operator import attrgetter
from typing import Any

from graphql import GraphQLError
from graphql.execution.values import VariableValues
from graphql.pyutils import Undefined

from gateway.execution.compiled.completion import Alike, Completions, fill, lacks, likeness_of
from gateway.execution.compiled.landings import Landings
from gateway.execution.compiled.leaves import serialized
from gateway.execution.compiled.plan import (
    AbstractShape,
    LeafShape,
    ListShape,
    ObjectShape,
    Plan,
    PlannedField,
    Selection,
    Shape,
)
from gateway.execution.compiled.positions import Bound, Listed, Path, Slot, located
from gateway.execution.compiled.project import Compiled, Unfit, compiled
from gateway.execution.engine import LONG_LIST, LongList
from resolvers.context import RequestContext
from resolvers.projection import Payload, Record
from upstream.turns import let_go, turns

ITEMS_AT_A_TIME = 100  # of a list: about a millisecond's worth


class Run:
    """Also stands in for Strawberry's Info where a resolver takes one: it has the context."""

    __slots__ = (
        "_completions",
        "_finished",
        "_given_up",
        "_outstanding",
        "_tasks",
        "context",
        "data",
        "errors",
        "items",
        "long_lists",
        "variables",
    )

    def __init__(self, context: RequestContext, variables: VariableValues) -> None:
        self.context = context
        self.variables = variables
        self.data: dict[str, Any] | None = None
        self.items = 0  # of all lists: how much there is to encode
        self.long_lists: list[LongList] = []
        self.errors = Landings()
        self._outstanding = 0
        self._finished: asyncio.Future[None] | None = None
        self._given_up = False
        self._tasks: set[asyncio.Future[Any]] = set()
        self._completions = Completions(self._await_completion)

    async def execute(self, plan: Plan) -> None:
        """Fills `data` and `errors`."""
        try:
            await self._fill(plan)
        finally:
            self._completions.close()

    async def _fill(self, plan: Plan) -> None:
        root = plan.root
        data: dict[str, Any] = dict.fromkeys(root.order, root.type_name)
        self.data = data
        for planned in root.fields:
            try:
                self._field(planned, None, data, None, None)
            except GraphQLError as error:
                self._land(error, None)
                break
            if plan.serial and self._outstanding:
                await self._settled()
            if self.data is None:
                break  # a mutation that failed for good keeps those after it from acting
        if self._outstanding:
            await self._settled()

    async def _settled(self) -> None:
        """Waits until nothing waits any more; cancelled, it cancels what it waits for."""
        self._finished = asyncio.get_running_loop().create_future()
        try:
            await self._finished
        except BaseException:
            self._given_up = True  # what still arrives starts nothing new
            for task in self._tasks:
                task.cancel()
            raise
        finally:
            self._finished = None

    def _field(
        self,
        planned: PlannedField,
        source: Any,
        out: dict[str, Any],
        parent: Path,
        bound: Bound | None,
    ) -> None:
        """Puts a field's value into `out`; raises where null must land further up."""
        key, shape = planned.key, planned.shape
        path = (parent, key)
        if not shape.required:
            bound = (out, key, path)
        try:
            value = planned.value(source, self)
            if hasattr(value, "__await__"):
                out[key] = None
                self._wait(value, planned, shape, (out, key, path, bound))
            else:
                self._put(planned, shape, value, (out, key, path, bound))
        except Exception as raw:
            error = located(raw, planned.nodes, path)
            if shape.required:
                raise error from raw
            out[key] = None
            self._land(error, path)

    def _put(self, planned: PlannedField, shape: Shape, value: Any, slot: Slot) -> None:
        """Puts the completed value in its slot; raises what makes the field fail."""
        if value is None or value is Undefined:
            if shape.required:
                raise TypeError(
                    f"Cannot return null for non-nullable field {planned.parent}.{planned.name}."
                )
            slot[0][slot[1]] = None
        elif isinstance(shape, ObjectShape):
            self._object(planned, shape.selection, value, slot)
        elif isinstance(shape, ListShape):
            self._list(planned, shape.item, value, slot)
        elif isinstance(shape, LeafShape):
            slot[0][slot[1]] = serialized(shape.type, value)
        elif isinstance(shape, AbstractShape):
            self._object(planned, shape.selection_for(value), value, slot)

    def _list(self, planned: PlannedField, item: Shape, value: Any, slot: Slot) -> None:
        if not isinstance(value, list | tuple):
            raise GraphQLError(
                f"Expected Iterable, but did not find one for field "
                f"'{planned.parent}.{planned.name}'."
            )
        items: list[Any] = [None] * len(value)
        slot[0][slot[1]] = items
        self.items += len(items)
        if len(items) > LONG_LIST:
            self.long_lists.append((slot[0], slot[1], items))
        listed = Listed(value, items, slot)
        if len(items) <= ITEMS_AT_A_TIME:
            self._some(planned, item, listed, 0)
        else:
            self._later(partial(self._more, planned, item, listed, 0))

    def _some(self, planned: PlannedField, item: Shape, listed: Listed, start: int) -> None:
        """Some items of a list; a long list lets others have their turn in between."""
        end = min(start + ITEMS_AT_A_TIME, len(listed.values))
        made = None
        if isinstance(item, ObjectShape) and item.required and item.selection.record is not None:
            made = compiled(item.selection)
        for index in range(start, end):
            if made is None or not self._plain_record(made, listed, index):
                self._item(planned, item, listed, index)
        if end < len(listed.values):
            self._later(partial(self._more, planned, item, listed, end))
        elif start:
            let_go(list(listed.values))  # with what hangs on them, not all at once

    def _later(self, work: Callable[[], None]) -> None:
        self._outstanding += 1
        turns().soon(work)

    def _more(self, planned: PlannedField, item: Shape, listed: Listed, start: int) -> None:
        if self._given_up:
            let_go([*listed.values, *listed.items])
            return
        try:
            self._some(planned, item, listed, start)
        except Exception as raw:  # noqa: BLE001 - an item's error, located where it arose
            self._fail(planned, listed.slot, raw)
        self._arrived()

    def _plain_record(self, made: Compiled, listed: Listed, index: int) -> bool:
        """The shortest way, for the records of a list that are all there; False for others."""
        record = listed.values[index]
        later: list[PlannedField] = []
        try:
            out = made.project(record.payload, record, later)
        except (Unfit, AttributeError):
            return False
        listed.items[index] = out
        if later or made.rest:
            path = (listed.slot[2], index)
            self._rest(made, later, record, out, path, listed.slot[3])
        return True

    def _item(self, planned: PlannedField, item: Shape, listed: Listed, index: int) -> None:
        value, items = listed.values[index], listed.items
        path = (listed.slot[2], index)
        slot = (items, index, path, listed.slot[3] if item.required else (items, index, path))
        try:
            if hasattr(value, "__await__"):
                self._wait(value, planned, item, slot)
            else:
                self._put(planned, item, value, slot)
        except Exception as raw:
            error = located(raw, planned.nodes, path)
            if item.required:
                raise error from raw
            items[index] = None
            self._land(error, path)

    def _object(self, planned: PlannedField, selection: Selection, value: Any, slot: Slot) -> None:
        """The short way where the value is plain, otherwise field by field."""
        made = compiled(selection)
        if isinstance(value, Record):
            self._record(planned, selection, made, value, slot)
            return
        payload, source = (value, None) if isinstance(value, dict) else (None, value)
        try:
            self._projected(made, payload, source, slot)
        except Unfit:
            self._fields(selection, value, slot)

    def _record(
        self,
        planned: PlannedField,
        selection: Selection,
        made: Compiled,
        record: Record,
        slot: Slot,
    ) -> None:
        """A record that only lacks keys is completed first; one that is odd goes the long way."""
        payload = record.payload
        try:
            if record.full is not None:
                self._projected(made, made.view(payload, record.full), record, slot)
            elif record.complete:
                self._projected(made, made.view(payload, payload), record, slot)
            elif lacks(record, made):
                self._completions.add(planned, selection, record, slot)
            else:
                self._projected(made, payload, record, slot)
        except Unfit:
            self._fields(selection, record, slot)

    def _projected(self, made: Compiled, payload: Any, source: Any, slot: Slot) -> None:
        """Raises Unfit, with nothing done, where the value is not plain."""
        later: list[PlannedField] = []
        out = made.project(payload, source, later)
        slot[0][slot[1]] = out
        if later or made.rest:
            self._rest(made, later, payload if source is None else source, out, slot[2], slot[3])

    def _rest(
        self,
        made: Compiled,
        later: list[PlannedField],
        source: Any,
        out: dict[str, Any],
        path: Path,
        bound: Bound | None,
    ) -> None:
        fields: Iterable[PlannedField] = later or made.rest
        if later and made.rest:
            # In the document's order: a required one that fails at once ends its object there.
            fields = sorted((*later, *made.rest), key=attrgetter("index"))
        for planned in fields:
            embeds = planned.embeds
            if embeds is None or not self._embedded(planned, embeds, source, out, path, bound):
                self._field(planned, source, out, path, bound)

    def _embedded(
        self,
        planned: PlannedField,
        embeds: str,
        source: Any,
        out: dict[str, Any],
        parent: Path,
        bound: Bound | None,
    ) -> bool:
        """A record inside a record, in the most frequent case: it waits for what completes it."""
        key, shape = planned.key, planned.shape
        if not isinstance(shape, ObjectShape) or not isinstance(source, Record):
            return False
        path = (parent, key)
        slot = (out, key, path, bound if shape.required else (out, key, path))
        try:
            likeness = likeness_of(planned, source, embeds)
            if self._completions.join(likeness, slot):
                return True
            record = planned.value(source, self)
            if not isinstance(record, Record) or not lacks(record, compiled(shape.selection)):
                return False
            self._completions.add(planned, shape.selection, record, slot, likeness)
        except Exception:  # noqa: BLE001 - the long way finds out what is to be said of it
            return False
        return True

    def _await_completion(
        self, future: asyncio.Future[Payload], waiting: Callable[[], list[Alike]]
    ) -> None:
        self._outstanding += 1
        future.add_done_callback(lambda done: self._completed(waiting(), done))

    def _completed(self, waiting: list[Alike], future: asyncio.Future[Payload]) -> None:
        failed = future.cancelled() or future.exception() is not None
        if self._given_up:
            return
        for alike in waiting:
            if not failed and fill(alike, future.result()):
                continue
            self._outstanding += 1
            self._each(alike, 0, failed=failed)
        self._arrived()

    def _each(self, alike: Alike, start: int, *, failed: bool) -> None:
        """Some of the places whose call has ended, and the others in turns to come."""
        if self._given_up:
            return
        end = start + ITEMS_AT_A_TIME
        for slot in alike.slots[start:end]:
            try:
                if failed:
                    # Each field that needs the call asks for it again, and fails by itself.
                    self._fields(alike.selection, alike.record, slot)
                else:
                    self._object(alike.planned, alike.selection, alike.record, slot)
            except Exception as raw:  # noqa: BLE001 - whatever it was, it belongs here
                self._fail(alike.planned, slot, raw)
        if end < len(alike.slots):
            self._later(partial(self._each, alike, end, failed=failed))
        self._arrived()

    def _fields(self, selection: Selection, source: Any, slot: Slot) -> None:
        out: dict[str, Any] = dict.fromkeys(selection.order, selection.type_name)
        slot[0][slot[1]] = out
        for planned in selection.fields:
            self._field(planned, source, out, slot[2], slot[3])

    def _wait(
        self, awaitable: Awaitable[Any], planned: PlannedField, shape: Shape, slot: Slot
    ) -> None:
        future = asyncio.ensure_future(awaitable)
        if future is not awaitable:
            self._tasks.add(future)
        self._outstanding += 1

        def arrived(done: asyncio.Future[Any]) -> None:
            self._tasks.discard(done)
            if self._given_up:
                _ = done.cancelled() or done.exception()  # seen, so that nobody warns of it
                return
            try:
                self._put(planned, shape, done.result(), slot)
            except asyncio.CancelledError:
                self._fail(planned, slot, TimeoutError("the call was given up"))
            except Exception as raw:  # noqa: BLE001 - whatever a resolver raises is its error
                self._fail(planned, slot, raw)
            finally:
                self._arrived()

        future.add_done_callback(arrived)

    def _arrived(self) -> None:
        self._outstanding -= 1
        finished = self._finished
        if not self._outstanding and finished is not None and not finished.done():
            finished.set_result(None)

    def _fail(self, planned: PlannedField, slot: Slot, raw: BaseException) -> None:
        error = located(raw, planned.nodes, slot[2])
        bound = slot[3]
        if bound is not None:
            bound[0][bound[1]] = None
        self._land(error, None if bound is None else bound[2])

    def _land(self, error: GraphQLError, path: Path) -> None:
        if path is None:
            self.data = None
        self.errors.add(error, path)
