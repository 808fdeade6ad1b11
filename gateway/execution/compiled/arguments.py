"""Arguments as the resolvers take them: what the document fixes is converted once.

graphql-core coerces, Strawberry converts (enums, input objects, Python's names). Both are entered
again only where a variable stands for more than a scalar, or is not there at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import strawberry
from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLScalarType,
    ObjectValueNode,
    ValueNode,
    VariableNode,
    is_non_null_type,
)
from graphql.execution.values import VariableValues, get_argument_values
from graphql.language import Node, Visitor, visit
from graphql.type import get_nullable_type
from graphql.utilities import coerce_input_literal
from strawberry.types.arguments import convert_argument, convert_arguments
from strawberry.types.base import StrawberryContainer, get_object_definition
from strawberry.types.field import StrawberryField

Arguments = Callable[[VariableValues], dict[str, Any]]
Template = Callable[[Mapping[str, Any]], Any]

_NOTHING: dict[str, Any] = {}


class _Unfit(Exception):
    pass


@dataclass(frozen=True, slots=True)
class ArgumentCompiler:
    """Compiles the arguments of fields of one schema."""

    schema: strawberry.Schema

    def compile(
        self, field: GraphQLField, declared: StrawberryField, node: FieldNode
    ) -> Arguments | None:
        """What gives a field's keyword arguments for an execution; None where there are none."""
        if not field.args:
            return None

        def convert(values: VariableValues) -> dict[str, Any]:
            return convert_arguments(
                get_argument_values(field, node, values),
                declared.arguments,
                scalar_registry=self.schema.schema_converter.scalar_registry,
                config=self.schema.config,
            )

        if not _names_variables(node):
            return _kept(convert)
        templates = self._templates(field, declared, node)
        return convert if templates is None else _filled(templates, convert)

    def _templates(
        self, field: GraphQLField, declared: StrawberryField, node: FieldNode
    ) -> dict[str, Template] | None:
        name_of = self.schema.config.name_converter.from_argument
        arguments = {name_of(argument): argument for argument in declared.arguments}
        templates: dict[str, Template] = {}
        for argument in node.arguments or ():
            name = argument.name.value
            template = self._template(argument.value, field.args[name].type, arguments[name].type)
            if template is None:
                return None
            templates[arguments[name].python_name] = template
        return templates

    def _template(self, node: ValueNode, type_: GraphQLInputType, declared: Any) -> Template | None:
        if not _names_variables(node):
            value = convert_argument(
                coerce_input_literal(cast("Any", node), type_),
                type_=declared,
                scalar_registry=self.schema.schema_converter.scalar_registry,
                config=self.schema.config,
            )
            return lambda _: value
        bare = get_nullable_type(type_)
        if isinstance(node, VariableNode) and isinstance(bare, GraphQLScalarType):
            return _variable(node.name.value, required=is_non_null_type(type_))
        if isinstance(node, ObjectValueNode) and isinstance(bare, GraphQLInputObjectType):
            return self._input_object(node, bare, declared)
        return None

    def _input_object(
        self, node: ObjectValueNode, type_: GraphQLInputObjectType, declared: Any
    ) -> Template | None:
        while isinstance(declared, StrawberryContainer):
            declared = declared.of_type
        definition = get_object_definition(declared, strict=True)
        name_of = self.schema.config.name_converter.from_field
        fields = {name_of(field): field for field in definition.fields}
        templates: dict[str, Template] = {}
        for field in node.fields:
            name = field.name.value
            template = self._template(field.value, type_.fields[name].type, fields[name].type)
            if template is None:
                return None
            templates[fields[name].python_name] = template
        origin = definition.origin
        return lambda variables: origin(
            **{name: template(variables) for name, template in templates.items()}
        )


def _kept(convert: Arguments) -> Arguments:
    kept: list[dict[str, Any]] = []

    def arguments(values: VariableValues) -> dict[str, Any]:
        if not kept:
            kept.append(convert(values))
        return kept[0]

    return arguments


def _filled(templates: dict[str, Template], convert: Arguments) -> Arguments:
    def arguments(values: VariableValues) -> dict[str, Any]:
        variables = values.coerced
        try:
            return {name: template(variables) for name, template in templates.items()}
        except _Unfit:
            return convert(values)

    return arguments


def _variable(name: str, *, required: bool) -> Template:
    def value(variables: Mapping[str, Any]) -> Any:
        found = variables.get(name, _NOTHING)
        if found is _NOTHING or (required and found is None):
            raise _Unfit
        return found

    return value


def _names_variables(node: Node) -> bool:
    found: list[bool] = []

    class Finder(Visitor):
        def enter_variable(self, *_args: Any) -> None:
            found.append(True)

    visit(node, Finder())
    return bool(found)
