"""The schema keeps `contract.graphql`: more may be added, nothing renamed, retyped or dropped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import graphql as core
import pytest

from schema import build_schema

CONTRACT = core.parse((Path(__file__).parent / "contract.graphql").read_text(encoding="utf-8"))
FIELDS = (
    core.ObjectTypeDefinitionNode,
    core.InterfaceTypeDefinitionNode,
    core.InputObjectTypeDefinitionNode,
)
DEFINITIONS: dict[str, Any] = {
    node.name.value: node
    for node in CONTRACT.definitions
    if isinstance(node, core.TypeDefinitionNode)
}
INTERFACES = {"Node", "CiJob"}


@pytest.fixture(scope="module")
def schema() -> core.GraphQLSchema:
    return core.build_schema(build_schema().as_str())


def of_kind(*kinds: type[Any]) -> list[str]:
    return sorted(name for name, node in DEFINITIONS.items() if isinstance(node, kinds))


def arguments(nodes: Iterable[core.InputValueDefinitionNode]) -> dict[str, tuple[str, str]]:
    """Type and default by name. Null is what an argument that is left out comes to anyway."""
    return {
        node.name.value: (
            core.print_ast(node.type),
            core.print_ast(node.default_value) if node.default_value else "null",
        )
        for node in nodes
    }


def promised(name: str) -> Iterator[tuple[str, Any]]:
    """The fields of a type, those of its interfaces included."""
    node = DEFINITIONS[name]
    for interface in getattr(node, "interfaces", None) or ():
        yield from promised(interface.name.value)
    for field in node.fields or ():
        yield field.name.value, field


def test_the_contract_is_read() -> None:
    assert len(of_kind(*FIELDS)) > 40
    assert "Subscription" not in DEFINITIONS


@pytest.mark.parametrize("name", of_kind(*FIELDS))
def test_each_field_stands_with_its_type(schema: core.GraphQLSchema, name: str) -> None:
    actual: Any = schema.type_map[name]
    for field, node in promised(name):
        assert str(actual.fields[field].type) == core.print_ast(node.type), f"{name}.{field}"


@pytest.mark.parametrize("name", of_kind(*FIELDS[:2]))
def test_each_argument_stands_with_its_type_and_default(
    schema: core.GraphQLSchema, name: str
) -> None:
    actual: Any = schema.type_map[name]
    for field, node in promised(name):
        shown = arguments(argument.ast_node for argument in actual.fields[field].args.values())
        wanted = arguments(node.arguments or ())
        assert {key: shown.get(key) for key in wanted} == wanted, f"{name}.{field}"
        # What is added later must not break those who do not know it.
        added = [actual.fields[field].args[key] for key in shown.keys() - wanted.keys()]
        assert not any(core.is_required_argument(argument) for argument in added)


@pytest.mark.parametrize("name", of_kind(core.InputObjectTypeDefinitionNode))
def test_no_input_asks_for_more_than_was_agreed(schema: core.GraphQLSchema, name: str) -> None:
    actual: Any = schema.type_map[name]
    agreed = {field for field, _ in promised(name)}
    added = [field for key, field in actual.fields.items() if key not in agreed]
    assert not any(core.is_required_input_field(field) for field in added)


@pytest.mark.parametrize("name", of_kind(core.EnumTypeDefinitionNode))
def test_each_enum_has_the_values_agreed(schema: core.GraphQLSchema, name: str) -> None:
    actual: Any = schema.type_map[name]
    assert set(actual.values) == {value.name.value for value in DEFINITIONS[name].values}


@pytest.mark.parametrize("name", of_kind(core.ScalarTypeDefinitionNode))
def test_each_scalar_is_there(schema: core.GraphQLSchema, name: str) -> None:
    assert core.is_scalar_type(schema.type_map[name])


@pytest.mark.parametrize("name", of_kind(core.ObjectTypeDefinitionNode))
def test_each_type_implements_what_was_agreed(schema: core.GraphQLSchema, name: str) -> None:
    actual: Any = schema.type_map[name]
    agreed = {node.name.value for node in DEFINITIONS[name].interfaces or ()}
    assert agreed <= INTERFACES
    assert agreed <= {interface.name for interface in actual.interfaces}


def test_the_roots_are_query_and_mutation(schema: core.GraphQLSchema) -> None:
    assert schema.query_type is schema.type_map["Query"]
    assert schema.mutation_type is schema.type_map["Mutation"]
