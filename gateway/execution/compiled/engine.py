"""The engine over compiled plans. What they do not cover, the stock engine executes as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import strawberry
from graphql import (
    DirectiveNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    VariableNode,
)
from graphql.execution.values import VariableValues, get_variable_values
from graphql.language import Visitor, visit

from gateway.execution.compiled.plan import NotCovered, Plan, Planner
from gateway.execution.compiled.run import Run
from gateway.execution.documents import Document
from gateway.execution.engine import Engine, ExecutionResult, in_order
from gateway.execution.operation import Operation

# Plans live and die with their document, whose cache goes by the length of the texts; so must they.
FIELDS_AT_LEAST = 300
CHARACTERS_PER_FIELD = 2


@dataclass(slots=True, eq=False)
class Prepared:
    """What is known of an operation before its variables: kept in `Document.plans`."""

    fragments: Mapping[str, FragmentDefinitionNode]
    conditions: tuple[str, ...]
    plans: dict[tuple[Any, ...], Plan | None]
    size: int = 0


class CompiledEngine:
    def __init__(
        self, schema: strawberry.Schema, stock: Engine, *, hide_suggestions: bool = False
    ) -> None:
        self._schema: GraphQLSchema = schema._schema  # noqa: SLF001 - no public way to it
        self._planner = Planner(schema)
        self._stock = stock
        self._hide_suggestions = hide_suggestions

    async def execute(self, operation: Operation, context: Any) -> ExecutionResult:
        node = operation.node
        values = get_variable_values(
            self._schema,
            node.variable_definitions or (),
            cast("dict[str, Any]", operation.variables),
            hide_suggestions=self._hide_suggestions,
        )
        if isinstance(values, list):
            return ExecutionResult(None, in_order(values), started=False)
        plan = self._plan(operation.document, node, values)
        if plan is None:
            return await self._stock.execute(operation, context)
        context.repeats = plan.repeats
        run = Run(context, values)
        await run.execute(plan)
        errors = await run.errors.take() if run.errors else ()
        return ExecutionResult(run.data, errors, items=run.items, long_lists=run.long_lists)

    def _plan(
        self, document: Document, node: OperationDefinitionNode, values: VariableValues
    ) -> Plan | None:
        # Not by the node itself: graphql-core hashes the whole tree below it each time.
        name = node.name.value if node.name else None
        prepared = document.plans.get(name)
        if prepared is None:
            prepared = document.plans[name] = _prepared(document, node)
        key = tuple(values.coerced.get(name) for name in prepared.conditions)
        if key in prepared.plans:
            found: Plan | None = prepared.plans[key]
            return found
        limit = FIELDS_AT_LEAST + len(document.text) // CHARACTERS_PER_FIELD
        try:
            plan = self._planner.plan(node, prepared.fragments, values, limit=limit)
        except (NotCovered, GraphQLError):
            plan = None  # the stock engine knows where in the answer such an error belongs
        size = 1 if plan is None else plan.size
        if prepared.size + size <= limit:  # beyond, an operation of many conditions is planned anew
            prepared.size += size
            document.planned += size
            prepared.plans[key] = plan
        return plan


def _prepared(document: Document, node: OperationDefinitionNode) -> Prepared:
    definitions = document.node.definitions if document.node else ()
    fragments = {
        each.name.value: each for each in definitions if isinstance(each, FragmentDefinitionNode)
    }
    conditions = _conditions(node)
    for fragment in fragments.values():
        conditions |= _conditions(fragment)
    return Prepared(fragments, tuple(sorted(conditions)), {})


def _conditions(node: OperationDefinitionNode | FragmentDefinitionNode) -> set[str]:
    """The variables that @skip and @include hang on."""
    found: set[str] = set()

    class Finder(Visitor):
        def enter_directive(self, directive: DirectiveNode, *_args: Any) -> None:
            found.update(
                argument.value.name.value
                for argument in directive.arguments or ()
                if isinstance(argument.value, VariableNode)
            )

    visit(node, Finder())
    return found
