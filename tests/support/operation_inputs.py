"""Arguments of generated operations: literals, variables in their place or inside them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
)

from tests.support.choices import Choices


@dataclass(frozen=True, slots=True)
class Values:
    """JSON values worth asking with: the usual ones, and odd ones now and then."""

    usual: tuple[Any, ...]
    odd: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Variable:
    name: str
    type: GraphQLInputType
    default: str | None
    purpose: str

    def may_stand_for(self, type_: GraphQLInputType, purpose: str) -> bool:
        if self.purpose != purpose or str(_bare(self.type)) != str(_bare(type_)):
            return False
        asks_for_a_value = isinstance(type_, GraphQLNonNull)
        return not asks_for_a_value or self.required or self.default is not None

    @property
    def required(self) -> bool:
        return isinstance(self.type, GraphQLNonNull)

    def __str__(self) -> str:
        return f"${self.name}: {self.type}" + (f" = {self.default}" if self.default else "")


class InputWriter:
    """Writes arguments, and keeps the variables that it declared.

    `values` are found by purpose, `Type.field.argument` or `InputType.field`, else by scalar.
    """

    def __init__(self, choices: Choices, values: Mapping[str, Values]) -> None:
        self.variables: list[Variable] = []
        self._choices = choices
        self._values = values

    def arguments(self, purpose: str, arguments: Mapping[str, GraphQLArgument]) -> str:
        written = [
            f"{name}: {self.value(argument.type, f'{purpose}.{name}')}"
            for name, argument in arguments.items()
            if isinstance(argument.type, GraphQLNonNull) or self._choices.chance(45)
        ]
        return f"({', '.join(written)})" if written else ""

    def value(self, type_: GraphQLInputType, purpose: str) -> str:
        if self._choices.chance(35):
            return self.variable(type_, purpose)
        if not isinstance(type_, GraphQLNonNull) and self._choices.chance(10):
            return "null"
        bare: Any = _bare(type_)
        if isinstance(bare, GraphQLInputObjectType):
            return self._object(bare)
        if isinstance(bare, GraphQLList) and self._choices.chance(60):
            count = self._choices.below(3)
            return f"[{', '.join(self.value(bare.of_type, purpose) for _ in range(count))}]"
        if isinstance(bare, GraphQLScalarType) and bare.name == "JSON" and self._choices.chance(20):
            return f'{{a: {self.variable(bare, "JSON")}, b: ["x"]}}'
        return literal(self._json(bare, purpose), bare)

    def variable(self, type_: GraphQLInputType, purpose: str) -> str:
        known = [each for each in self.variables if each.may_stand_for(type_, purpose)]
        if known and self._choices.chance(50):
            return f"${self._choices.one_of(known).name}"
        return f"${self._declared(type_, purpose).name}"

    def _object(self, type_: GraphQLInputObjectType) -> str:
        written = [
            f"{name}: {self.value(each.type, f'{type_.name}.{name}')}"
            for name, each in type_.fields.items()
            if isinstance(each.type, GraphQLNonNull) or self._choices.chance(65)
        ]
        return f"{{{', '.join(written)}}}"

    def _declared(self, type_: GraphQLInputType, purpose: str) -> Variable:
        choices = self._choices
        bare: Any = _bare(type_)
        required = not choices.chance(50)
        wants_default = isinstance(type_, GraphQLNonNull) and not required
        default: str | None = None
        if wants_default or choices.chance(10 if required else 40):
            default = literal(self._json(bare, purpose), bare)
        kind = GraphQLNonNull(bare) if required else bare
        variable = Variable(f"v{len(self.variables)}", kind, default, purpose)
        self.variables.append(variable)
        return variable

    def given(self) -> dict[str, Any]:
        """Values for the variables; where one is required, few are null or missing: refused."""
        given: dict[str, Any] = {}
        for each in self.variables:
            if self._choices.chance(1 if each.required else 15):
                given[each.name] = None
            elif not self._choices.chance(1 if each.required and each.default is None else 25):
                given[each.name] = self._json(each.type, each.purpose)
        return given

    def _json(self, type_: GraphQLInputType, purpose: str) -> Any:
        """A JSON value that the type takes, or that a resolver has to refuse; never null."""
        choices = self._choices
        bare: Any = _bare(type_)
        if isinstance(bare, GraphQLList):
            return [self._json(bare.of_type, purpose) for _ in range(choices.below(4))]
        if isinstance(bare, GraphQLInputObjectType):
            return {
                name: self._json(each.type, f"{type_}.{name}")
                if isinstance(each.type, GraphQLNonNull) or choices.chance(80)
                else None
                for name, each in bare.fields.items()
                if isinstance(each.type, GraphQLNonNull) or choices.chance(50)
            }
        if isinstance(bare, GraphQLEnumType):
            return choices.one_of(list(bare.values))
        values = self._values.get(purpose) or self._values[bare.name]
        odd = values.odd and choices.chance(8)
        return choices.one_of(values.odd if odd else values.usual)


def literal(value: Any, type_: Any) -> str:
    """A JSON value as GraphQL writes it; the type tells enums from text."""
    bare: Any = _bare(type_)
    if value is None:
        return "null"
    if isinstance(bare, GraphQLEnumType):
        return str(value)
    if isinstance(value, list):
        of = bare.of_type if isinstance(bare, GraphQLList) else None
        return f"[{', '.join(literal(item, of) for item in value)}]"
    if isinstance(value, dict):
        fields = bare.fields if isinstance(bare, GraphQLInputObjectType) else {}
        return f"{{{', '.join(_entry(name, each, fields) for name, each in value.items())}}}"
    return json.dumps(value)


def _entry(name: str, value: Any, fields: Mapping[str, Any]) -> str:
    return f"{name}: {literal(value, fields[name].type if name in fields else None)}"


def _bare(type_: Any) -> Any:
    return type_.of_type if isinstance(type_, GraphQLNonNull) else type_
