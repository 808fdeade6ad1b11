"""One execution of a plan: what waits, what failed, and where nulls land.

Objects are filled in place. A value that is not there yet leaves null behind and is put in when it
arrives, so nothing but the values themselves is ever awaited. A `Bound` is the nearest nullable
position at or above a value: that is where null lands when a required value fails.

https://spec.graphql.org/September2025/#sec-Handling-Execution-Errors
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, NamedTuple

from graphql import GraphQLError
from graphql.execution.values import VariableValues
from graphql.pyutils import Undefined

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
from gateway.execution.compiled.positions import Bound, Path, Slot, located
from gateway.execution.compiled.project import Compiled, Unfit, compiled
from resolvers.context import RequestContext
from resolvers.projection import Payload, Record

ITEMS_AT_A_TIME = 100  # of a list: about a millisecond's worth


class Listed(NamedTuple):
    """A list on its way into the answer."""

    values: list[Any] | tuple[Any, ...]
    items: list[Any]
    slot: Slot


class Incomplete(NamedTuple):
    """A record that waits for the call that completes it."""

    planned: PlannedField
    selection: Selection
    record: Record
    slot: Slot


class Run:
    """Also stands in for Strawberry's Info where a resolver takes one: it has the context."""

    __slots__ = (
        "_completions",
        "_finished",
        "_landed",
        "_outstanding",
        "_tasks",
        "context",
        "data",
        "errors",
        "items",
        "variables",
    )

    def __init__(self, context: RequestContext, variables: VariableValues) -> None:
        self.context = context
        self.variables = variables
        self.data: dict[str, Any] | None = None
        self.errors: list[GraphQLError] = []
        self.items = 0  # of all lists: how much there is to encode
        self._landed: set[Path] = set()
        self._outstanding = 0
        self._finished: asyncio.Future[None] | None = None
        self._tasks: set[asyncio.Future[Any]] = set()
        self._completions: dict[asyncio.Future[Payload], list[Incomplete]] = {}

    async def execute(self, plan: Plan) -> None:
        """Fills `data` and `errors`."""
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
        finally:
            self._finished = None
            for task in self._tasks:
                task.cancel()

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
        slot = Slot(out, key, path, bound if shape.required else Bound(out, key, path))
        try:
            value = planned.value(source, self)
            if hasattr(value, "__await__"):
                out[key] = None
                self._wait(value, planned, shape, slot)
            else:
                self._put(planned, shape, value, slot)
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
            slot.container[slot.key] = None
        elif isinstance(shape, LeafShape):
            slot.container[slot.key] = serialized(shape.type, value)
        elif isinstance(shape, ObjectShape):
            self._object(planned, shape.selection, value, slot)
        elif isinstance(shape, ListShape):
            self._list(planned, shape.item, value, slot)
        elif isinstance(shape, AbstractShape):
            self._object(planned, _selection_for(shape, value), value, slot)

    def _list(self, planned: PlannedField, item: Shape, value: Any, slot: Slot) -> None:
        if not isinstance(value, list | tuple):
            raise GraphQLError(
                f"Expected Iterable, but did not find one for field "
                f"'{planned.parent}.{planned.name}'."
            )
        items: list[Any] = [None] * len(value)
        slot.container[slot.key] = items
        self.items += len(items)
        self._some(planned, item, Listed(value, items, slot), 0)

    def _some(self, planned: PlannedField, item: Shape, listed: Listed, start: int) -> None:
        """Some items of a list; a long list lets others have their turn in between."""
        values, items, (_, _, parent, bound_above) = listed
        end = min(start + ITEMS_AT_A_TIME, len(values))
        for index in range(start, end):
            path = (parent, index)
            bound = bound_above if item.required else Bound(items, index, path)
            self._item(planned, item, values[index], Slot(items, index, path, bound))
        if end < len(values):
            self._outstanding += 1
            asyncio.get_running_loop().call_soon(self._more, planned, item, listed, end)

    def _more(self, planned: PlannedField, item: Shape, listed: Listed, start: int) -> None:
        try:
            self._some(planned, item, listed, start)
        except Exception as raw:  # noqa: BLE001 - an item's error, located where it arose
            self._fail(planned, listed.slot, raw)
        self._arrived()

    def _item(self, planned: PlannedField, item: Shape, value: Any, slot: Slot) -> None:
        try:
            if hasattr(value, "__await__"):
                self._wait(value, planned, item, slot)
            else:
                self._put(planned, item, value, slot)
        except Exception as raw:
            error = located(raw, planned.nodes, slot.path)
            if item.required:
                raise error from raw
            slot.container[slot.key] = None
            self._land(error, slot.path)

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
        payload = record.payload if record.full is None else {**record.full, **record.payload}
        try:
            if made.keys <= payload.keys():
                self._projected(made, payload, record, slot)
            elif record.complete or record.full is not None:
                self._projected(made, {**made.nulls, **payload}, record, slot)
            else:
                # With something fit in place of what is missing, only what is there can be odd;
                # and where a required value is, no call must be made for its siblings.
                made.project({**made.samples, **payload}, record, [])
                self._complete(planned, selection, record, slot)
        except Unfit:
            self._fields(selection, record, slot)

    def _projected(self, made: Compiled, payload: Any, source: Any, slot: Slot) -> None:
        """Raises Unfit, with nothing done, where the value is not plain."""
        later: list[PlannedField] = []
        out = made.project(payload, source, later)
        slot.container[slot.key] = out
        record = payload if source is None else source
        for planned in later:
            self._field(planned, record, out, slot.path, slot.bound)
        for planned in made.rest:
            self._field(planned, record, out, slot.path, slot.bound)

    def _complete(
        self, planned: PlannedField, selection: Selection, record: Record, slot: Slot
    ) -> None:
        """Has the record completed; all that wait for one call are done together."""
        try:
            future = record.loading()
        except Exception:  # noqa: BLE001 - each field that needs the call says so itself
            self._fields(selection, record, slot)
            return
        slot.container[slot.key] = None
        incomplete = Incomplete(planned, selection, record, slot)
        together = self._completions.get(future)
        if together is None:
            self._completions[future] = [incomplete]
            self._outstanding += 1
            future.add_done_callback(self._completed)
        else:
            together.append(incomplete)

    def _completed(self, future: asyncio.Future[Payload]) -> None:
        failed = future.cancelled() or future.exception() is not None
        for planned, selection, record, slot in self._completions.pop(future):
            try:
                if failed:
                    # Each field that needs the call asks for it again, and fails by itself.
                    self._fields(selection, record, slot)
                else:
                    record.full = future.result()
                    self._object(planned, selection, record, slot)
            except Exception as raw:  # noqa: BLE001 - whatever it was, it is this position's error
                self._fail(planned, slot, raw)
        self._arrived()

    def _fields(self, selection: Selection, source: Any, slot: Slot) -> None:
        out: dict[str, Any] = dict.fromkeys(selection.order, selection.type_name)
        slot.container[slot.key] = out
        for planned in selection.fields:
            self._field(planned, source, out, slot.path, slot.bound)

    def _wait(
        self, awaitable: Awaitable[Any], planned: PlannedField, shape: Shape, slot: Slot
    ) -> None:
        future = asyncio.ensure_future(awaitable)
        if future is not awaitable:
            self._tasks.add(future)
        self._outstanding += 1

        def arrived(done: asyncio.Future[Any]) -> None:
            self._tasks.discard(done)
            try:
                self._put(planned, shape, done.result(), slot)
            except asyncio.CancelledError:
                self._fail(planned, slot, TimeoutError("the call was given up"))
            except Exception as raw:  # noqa: BLE001 - whatever a resolver raises is its error
                self._fail(planned, slot, raw)
            self._arrived()

        future.add_done_callback(arrived)

    def _arrived(self) -> None:
        self._outstanding -= 1
        finished = self._finished
        if not self._outstanding and finished is not None and not finished.done():
            finished.set_result(None)

    def _fail(self, planned: PlannedField, slot: Slot, raw: BaseException) -> None:
        error = located(raw, planned.nodes, slot.path)
        bound = slot.bound
        if bound is None:
            self.data = None
            self._land(error, None)
        else:
            bound.container[bound.key] = None
            self._land(error, bound.path)

    def _land(self, error: GraphQLError, path: Path) -> None:
        """Keeps the error, unless null has landed at or above its position already."""
        if path is None:
            self.data = None
        step = path
        while step is not None:
            if step in self._landed:
                return
            step = step[0]
        if None not in self._landed:
            self._landed.add(path)
            self.errors.append(error)


def _selection_for(shape: AbstractShape, value: Any) -> Selection:
    for is_type_of, selection in shape.selections:
        if is_type_of(value, None):
            return selection
    raise TypeError("a record of no type of the schema")
