"""The stock engine: graphql-core's executor, as Strawberry sets it up, and nothing round it.

Strawberry's own `Schema.execute` would parse and validate again and build its extension runner for
each request; the documents have been parsed and validated already, and there are no extensions.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Iterator, Mapping, Sequence
from typing import Any, cast

import strawberry
from graphql import ExecutionResult as CoreResult
from graphql import GraphQLError, GraphQLLeafType, GraphQLList, GraphQLResolveInfo
from graphql.execution.collect_fields import FieldDetails
from graphql.execution.executor import CollectedErrors
from graphql.pyutils import Path, Undefined
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from gateway.execution.engine import (
    LONG_LIST,
    ExecutionResult,
    LongList,
    Steps,
    UnfitValueError,
    accounted,
    in_order,
)
from gateway.execution.operation import Operation
from upstream.turns import PIECE_SECONDS, turns


class LandedErrors(CollectedErrors):
    """Also remembers where null landed for each error."""

    __slots__ = ("landings",)

    def __init__(self) -> None:
        super().__init__()
        self.landings: list[Steps] = []

    def add(self, error: GraphQLError, path: Path | None) -> None:
        known = len(self.errors)
        super().add(error, path)
        if len(self.errors) > known:
            self.landings.append(tuple(path.as_list()) if path is not None else ())


class StockExecutor(StrawberryGraphQLCoreExecutionContext):
    """Says by an exception of its own that a leaf did not fit.

    graphql-core raises whatever the scalar raised, which cannot be told from a resolver's error.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.collected_errors = LandedErrors()
        self.completed: list[tuple[Path, list[Any]]] = []

    @staticmethod
    def complete_leaf_value(return_type: GraphQLLeafType, result: Any) -> Any:
        try:
            value = return_type.coerce_output_value(result)
        except (GraphQLError, TypeError, ValueError, ArithmeticError) as error:
            raise UnfitValueError(return_type.name, result) from error
        if value is None or value is Undefined:
            raise UnfitValueError(return_type.name, result)
        return value

    def complete_list_value(
        self,
        return_type: GraphQLList[Any],
        field_details_list: list[FieldDetails],
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        """A long list is handed over item by item, so that others get their turn in between."""
        long = isinstance(result, list | tuple) and len(result) > LONG_LIST
        items = super().complete_list_value(
            return_type,
            field_details_list,
            info,
            path,
            _in_turns(result) if long else result,
            position_context,
        )
        return self._noted(path, cast("Awaitable[list[Any]]", items)) if long else items

    async def _noted(self, path: Path, completing: Awaitable[list[Any]]) -> list[Any]:
        items = await completing
        self.completed.append((path, items))
        return items

    def long_lists(self, data: Any) -> Iterator[LongList]:
        """Those that came into the answer, an outer one before those in it."""
        for path, items in reversed(self.completed):
            container = data
            *steps, key = path.as_list()
            for step in steps:
                container = container and container[step]
            if container is not None:
                yield container, key, items


async def _in_turns(items: Sequence[Any]) -> AsyncIterator[Any]:
    started = time.perf_counter()
    for item in items:
        if time.perf_counter() - started > PIECE_SECONDS:
            await turns().mine()
            started = time.perf_counter()
        yield item


class StockEngine:
    def __init__(self, schema: strawberry.Schema, *, hide_suggestions: bool = False) -> None:
        self._schema = schema._schema  # noqa: SLF001 - Strawberry offers no public way to it
        self._hide_suggestions = hide_suggestions

    async def execute(self, operation: Operation, context: Any) -> ExecutionResult:
        executor = StockExecutor.build(
            self._schema,
            cast("Any", operation.document.node),
            context_value=context,
            raw_variable_values=cast("dict[str, Any]", operation.variables),
            operation_name=operation.name,
            is_awaitable=cast("Any", optimized_is_awaitable),
            hide_suggestions=self._hide_suggestions,
            operation_extensions=None,
        )
        if isinstance(executor, list):
            return ExecutionResult(None, in_order(executor), started=False)
        result = executor.execute_operation()
        if optimized_is_awaitable(result):
            result = await cast("Any", result)
        finished = cast("CoreResult", result)
        data: Mapping[str, Any] | None = finished.data
        collected = cast("LandedErrors", executor.collected_errors)
        landed = zip(collected.landings, collected.errors, strict=True)
        errors = await accounted(landed) if finished.errors else ()
        long_lists = tuple(cast("StockExecutor", executor).long_lists(data))
        return ExecutionResult(
            cast("dict[str, Any] | None", data),
            errors,
            items=sum(len(items) for _, _, items in long_lists),
            long_lists=long_lists,
        )
