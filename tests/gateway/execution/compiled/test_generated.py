"""Generated operations over generated payloads: both engines give the same bytes."""

from __future__ import annotations

from random import Random
from typing import Any

from graphql import (
    GraphQLObjectType,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    parse,
    validate,
    visit,
)

from schema import build_schema
from tests.gateway.execution.compiled.asked import VALUES
from tests.support.choices import Choices
from tests.support.operations import Bounds, OperationWriter
from tests.support.reduction import reduced

SCHEMA = build_schema()._schema


class Asked(Visitor):
    """The fields and arguments that a document asks for, as `Type.field` and `Type.field.arg`."""

    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self._types = types
        self.found: set[str] = set()

    def enter_field(self, node: Any, *_: Any) -> None:
        parent = get_named_type(self._types.get_parent_type())
        if parent is not None:
            name = f"{parent.name}.{node.name.value}"
            self.found |= {name, *(f"{name}.{each.name.value}" for each in node.arguments or ())}


def asked_by(text: str) -> set[str]:
    types = TypeInfo(SCHEMA)
    asked = Asked(types)
    visit(parse(text), TypeInfoVisitor(types, asked))
    return asked.found


def test_every_field_and_argument_is_asked_for_by_valid_operations() -> None:
    wanted = set()
    for type_ in SCHEMA.type_map.values():
        if isinstance(type_, GraphQLObjectType) and not type_.name.startswith("__"):
            for name, field in type_.fields.items():
                wanted |= {f"{type_.name}.{name}"}
                wanted |= {f"{type_.name}.{name}.{argument}" for argument in field.args}
    found: set[str] = set()
    for seed in range(1000):
        writer = OperationWriter(SCHEMA, VALUES, Choices(Random(seed).randbytes(800)), Bounds())
        text = writer.operation("mutation" if seed % 5 == 0 else "query").text
        assert validate(SCHEMA, parse(text)) == [], text
        found |= asked_by(text)
        if found >= wanted:
            break
    assert wanted - found == set()


def test_without_choices_the_simplest_operation_is_written() -> None:
    writer = OperationWriter(SCHEMA, VALUES, Choices(b""), Bounds())
    generated = writer.operation("query")
    assert asked_by(generated.text) == {"Query.node", "Query.node.id", "Node.id"}
    assert generated.variables == ({},)


def test_an_operation_that_shows_a_fault_is_reduced_to_what_shows_it() -> None:
    text = """
        query ($id: ID!, $count: Int, $unused: Boolean!) {
          a: node(id: $id) { id ...Rest ... on Job @include(if: $unused) { name } }
          project(id: "1") { jobs(first: $count) { nodes { ...Rest name } totalCount } id }
        }
        fragment Rest on Node { id ...More } fragment More on Node { __typename }
    """
    assert validate(SCHEMA, parse(text)) == []
    small = reduced(text, SCHEMA, lambda each: "JobConnection.totalCount" in asked_by(each))
    assert small == '{ project(id: "1") { jobs { totalCount } } }'
