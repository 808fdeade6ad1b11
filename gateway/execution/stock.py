"""The stock engine: graphql-core's executor, as Strawberry sets it up, and nothing round it.

Strawberry's own `Schema.execute` would parse and validate again and build its extension runner for
each request; the documents have been parsed and validated already, and there are no extensions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import strawberry
from graphql import ExecutionResult as CoreResult
from graphql import GraphQLError, GraphQLLeafType
from graphql.execution.executor import CollectedErrors
from graphql.pyutils import Path, Undefined
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from gateway.execution.engine import (
    ExecutionResult,
    Steps,
    UnfitValueError,
    accounted,
    in_order,
)
from gateway.execution.operation import Operation


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

    @staticmethod
    def complete_leaf_value(return_type: GraphQLLeafType, result: Any) -> Any:
        try:
            value = return_type.coerce_output_value(result)
        except (GraphQLError, TypeError, ValueError, ArithmeticError) as error:
            raise UnfitValueError(return_type.name, result) from error
        if value is None or value is Undefined:
            raise UnfitValueError(return_type.name, result)
        return value


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
        errors = accounted(landed) if finished.errors else ()
        return ExecutionResult(cast("dict[str, Any] | None", data), errors)
