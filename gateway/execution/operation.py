"""The one operation of a document that a request asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import OperationDefinitionNode, OperationType

from gateway.execution.documents import Document


class OperationNotFoundError(Exception):
    """No operation, or more than one, answers to the name that was given."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Operation:
    """`name` is what the caller gave, not what the document says; `variables` are not coerced."""

    document: Document
    node: OperationDefinitionNode
    name: str | None
    variables: Mapping[str, Any]

    @property
    def kind(self) -> OperationType:
        return self.node.operation


def select_operation(
    document: Document, name: str | None, variables: Mapping[str, Any]
) -> Operation:
    """Raises OperationNotFoundError where `name` does not lead to exactly one operation."""
    operations = document.operations
    if name is None:
        if len(operations) == 1:
            (node,) = operations.values()
            return Operation(document, node, None, variables)
        raise OperationNotFoundError(
            "The document holds several operations: say in operationName which one is meant."
            if operations
            else "The document holds no operation, only fragments."
        )
    selected = operations.get(name)
    if selected is None:
        raise OperationNotFoundError(f"The document holds no operation named {_shown(name)}.")
    return Operation(document, selected, name, variables)


def _shown(name: str, limit: int = 60) -> str:
    return f'"{name}"' if len(name) <= limit else f'"{name[:limit]}..."'
