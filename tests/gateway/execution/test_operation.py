from __future__ import annotations

import pytest

from gateway.execution.documents import Documents
from gateway.execution.operation import OperationNotFoundError, select_operation
from tests.gateway.example import SCHEMA

TWO = "query A { text } query B { number }"


@pytest.mark.parametrize(
    ("query", "name", "selected"),
    [("{ text }", None, None), ("query A { text }", None, "A"), (TWO, "B", "B")],
)
def test_an_operation_is_selected(query: str, name: str | None, selected: str | None) -> None:
    operation = select_operation(Documents(SCHEMA._schema).get(query), name, {})
    assert (operation.node.name.value if operation.node.name else None) == selected


@pytest.mark.parametrize(
    ("query", "name", "message"),
    [
        (
            TWO,
            None,
            "The document holds several operations: say in operationName which one is meant.",
        ),
        (TWO, "C", 'The document holds no operation named "C".'),
        ("{ text }", "A", 'The document holds no operation named "A".'),
        (TWO, "x" * 100, f'The document holds no operation named "{"x" * 60}...".'),
    ],
)
def test_a_name_must_lead_to_one_operation(query: str, name: str | None, message: str) -> None:
    with pytest.raises(OperationNotFoundError) as raised:
        select_operation(Documents(SCHEMA._schema).get(query), name, {})
    assert raised.value.message == message


def test_fragments_alone_are_no_operation() -> None:
    document = Documents(SCHEMA._schema).get("query A { ...F } fragment F on Query { text }")
    document.operations = {}
    with pytest.raises(OperationNotFoundError, match="only fragments"):
        select_operation(document, None, {})
