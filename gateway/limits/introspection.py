"""How much of the schema one query may ask for.

Types lead to fields and fields to types, so a short query can ask for every type as seen from
every other. Two bounds keep that small: how often lists of a type's parts may nest (depth), and
how many values the answer will have, by how many parts this schema's types have on average.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import cast

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionNode,
    SelectionSetNode,
    is_abstract_type,
)

from gateway.limits.excess import Excess
from gateway.limits.survey import Survey

DEPTH_SETTING = "GATEWAY_INTROSPECTION_DEPTH"
VALUES_SETTING = "GATEWAY_INTROSPECTION_VALUES"

# The lists that lead from a type to other types.
_PARTS = frozenset({"fields", "inputFields", "interfaces", "possibleTypes"})

# How many types wrap another one: `ofType` is null for the others, and at the end of each chain.
_WRAPPED = 0.5

_MOST = 1_000_000_000.0

_Measure = Callable[[str, float], float]  # of a field, by its name and what is selected below it
_Join = Callable[[Iterable[float]], float]


def check_depth(survey: Survey, allowed: int) -> Excess | None:
    found = int(_measured(survey, _nesting, _deepest))
    if found <= allowed:
        return None
    return Excess(
        "introspection depth",
        "The query asks for the parts of types (fields, inputFields, interfaces, possibleTypes) "
        "{found} levels deep; at most {allowed} are allowed",
        found,
        allowed,
        DEPTH_SETTING,
    )


def check_values(survey: Survey, allowed: int, lengths: Mapping[str, float]) -> Excess | None:
    def values(name: str, below: float) -> float:
        return min(lengths.get(name, 1.0) * (1 + below), _MOST)

    found = math.ceil(min(_measured(survey, values, sum), _MOST))
    if found <= allowed:
        return None
    return Excess(
        "introspection values",
        "The query asks for about {found} values of the schema; at most {allowed} are allowed",
        found,
        allowed,
        VALUES_SETTING,
        at_least=found >= _MOST,
    )


def _nesting(name: str, below: float) -> float:
    return below + (name in _PARTS)


def _deepest(depths: Iterable[float]) -> float:
    return max(depths, default=0.0)


def _measured(survey: Survey, measure: _Measure, join: _Join) -> float:
    """The measure of all that a document asks of the schema, each fragment measured once."""
    roots = [node for part in survey.parts for node in part.introspection]
    if not roots:
        return 0.0
    fragments: dict[str, float] = {}

    def of_set(selections: SelectionSetNode | None) -> float:
        return join(map(of, selections.selections)) if selections else 0.0

    def of(node: SelectionNode) -> float:
        if isinstance(node, FragmentSpreadNode):
            return fragments.get(node.name.value, 0.0)
        if isinstance(node, FieldNode):
            return measure(node.name.value, of_set(node.selection_set))
        return of_set(cast("InlineFragmentNode", node).selection_set)

    for name in survey.order:
        fragments[name] = of_set(survey.fragments[name].definition.selection_set)
    return join(map(of, roots))


def list_lengths(schema: GraphQLSchema) -> dict[str, float]:
    """How many items the lists of introspection have, on average over all types or fields.

    `__type` stands for one type, but that may well be the largest.
    """
    types = list(schema.type_map.values())
    fields = [
        each
        for type_ in types
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType)
        for each in type_.fields.values()
    ]
    arguments = sum(len(each.args) for each in fields)
    largest = max(len(getattr(each, "fields", ())) for each in types)
    return {
        "__type": largest * len(types) / len(fields),
        "types": len(types),
        "directives": len(schema.directives),
        "fields": len(fields) / len(types),
        "args": arguments / len(fields),
        "ofType": _WRAPPED,
        "inputFields": _mean(types, _input_fields),
        "enumValues": _mean(types, _enum_values),
        "interfaces": _mean(types, _interfaces),
        "possibleTypes": _mean(
            types,
            lambda each: len(schema.get_possible_types(each)) if is_abstract_type(each) else 0,
        ),
    }


def _mean(types: list[GraphQLNamedType], count: Callable[[GraphQLNamedType], int]) -> float:
    return sum(map(count, types)) / len(types)


def _input_fields(type_: GraphQLNamedType) -> int:
    return len(type_.fields) if isinstance(type_, GraphQLInputObjectType) else 0


def _enum_values(type_: GraphQLNamedType) -> int:
    return len(type_.values) if isinstance(type_, GraphQLEnumType) else 0


def _interfaces(type_: GraphQLNamedType) -> int:
    if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
        return len(type_.interfaces)
    return 0
