"""What an operation selects, type by type, in the order of the answer.

A plan is made once for a document, an operation and the values of the variables in its @skip and
@include, and kept with the document. Fragments are merged into it, arguments prepared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import strawberry
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLEnumType,
    GraphQLField,
    GraphQLLeafType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLSchema,
    OperationDefinitionNode,
    is_abstract_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)
from graphql.execution.collect_fields import (
    FieldDetails,
    FragmentDetails,
    GroupedFieldSet,
    collect_fields,
    collect_subfields,
)
from graphql.execution.values import VariableValues
from strawberry.types.field import StrawberryField

from gateway.execution.compiled.arguments import ArgumentCompiler, Arguments
from resolvers.projection import Record, read
from schema._fields import NOTE, Computed, Plain

TYPENAME = "__typename"


class NotCovered(Exception):
    """The operation asks for something that only the stock engine knows."""


@dataclass(slots=True, eq=False)
class Shape:
    """What a value is completed to; `required` is GraphQL's non-null."""

    required: bool


@dataclass(slots=True, eq=False)
class LeafShape(Shape):
    type: GraphQLLeafType


@dataclass(slots=True, eq=False)
class ListShape(Shape):
    item: Shape


@dataclass(slots=True, eq=False)
class ObjectShape(Shape):
    selection: Selection


@dataclass(slots=True, eq=False)
class AbstractShape(Shape):
    """One selection for each object type that the value may turn out to be."""

    selections: tuple[tuple[Callable[[Any, Any], bool], Selection], ...]

    def selection_for(self, value: Any) -> Selection:
        for is_type_of, selection in self.selections:
            if is_type_of(value, None):
                return selection
        raise TypeError("a record of no type of the schema")


@dataclass(slots=True, eq=False)
class PlannedField:
    """One field of a selection: how its value is found, and what it is completed to.

    `index` is its place among the fields of the selection, `key` its name in the answer; `embeds`
    names the part of the payload that holds the record which the field shows.
    """

    index: int
    key: str
    name: str
    parent: str
    nodes: list[FieldNode]
    shape: Shape
    note: Plain | Computed | None
    python_name: str
    method: Callable[..., Any] | None
    value: Callable[[Any, Any], Any]
    embeds: str | None


@dataclass(slots=True, eq=False)
class Selection:
    """The fields that are selected of one object type.

    `record` is the kind of record behind the type, None for what lies in a payload or an object.
    `order` has all response keys, those of `typenames` included. `compiled` is made on first use.
    """

    type_name: str
    record: type[Record] | None
    fields: list[PlannedField]
    typenames: list[str]
    order: list[str]
    compiled: Any = field(default=None)


@dataclass(slots=True, eq=False)
class Plan:
    """`size` counts its fields: fragments are written out wherever they are spread.

    `repeats`: some field with a resolver of its own may be asked for more than once.
    """

    root: Selection
    serial: bool
    size: int
    repeats: bool


class Planner:
    """Makes plans over one schema."""

    def __init__(self, schema: strawberry.Schema) -> None:
        self._schema: GraphQLSchema = schema._schema  # noqa: SLF001 - Strawberry has no public way
        self._arguments = ArgumentCompiler(schema)

    def plan(
        self,
        operation: OperationDefinitionNode,
        fragments: Mapping[str, FragmentDefinitionNode],
        values: VariableValues,
        *,
        limit: int,
    ) -> Plan:
        """Raises NotCovered where only the stock engine will do, or `limit` fields do not do."""
        root = self._schema.get_root_type(operation.operation)
        if root is None or operation.directives:
            raise NotCovered
        details = {name: FragmentDetails(node) for name, node in fragments.items()}
        walk = _Walk(self._schema, self._arguments, operation, details, values, limit)
        collected = collect_fields(self._schema, details, values, root, operation)
        selection = walk.selection(root, collected.grouped_field_set)
        serial = operation.operation.value == "mutation"
        return Plan(selection, serial=serial, size=walk.size, repeats=serial or walk.repeats)


@dataclass(slots=True)
class _Walk:
    schema: GraphQLSchema
    compiler: ArgumentCompiler
    operation: OperationDefinitionNode
    fragments: dict[str, FragmentDetails]
    values: VariableValues
    limit: int
    size: int = 0
    repeats: bool = False
    lists: int = 0  # that the walk is inside of
    resolved: set[tuple[str, str]] = field(default_factory=set)

    def selection(self, type_: GraphQLObjectType, grouped: GroupedFieldSet) -> Selection:
        fields: list[PlannedField] = []
        typenames: list[str] = []
        # Fragments within fragments can stand for more fields than anybody could plan or keep.
        self.size += len(grouped)
        if self.size > self.limit:
            raise NotCovered
        for key, details in grouped.items():
            name = details[0].node.name.value
            if name == TYPENAME:
                typenames.append(key)
            elif name.startswith("__"):
                raise NotCovered
            else:
                fields.append(self._field(type_, len(fields), key, details))
        return Selection(type_.name, _record_of(type_), fields, typenames, list(grouped))

    def _field(
        self, type_: GraphQLObjectType, index: int, key: str, details: list[FieldDetails]
    ) -> PlannedField:
        node = details[0].node
        definition = type_.fields[node.name.value]
        declared = _declared(definition)
        resolver = declared.base_resolver
        note = declared.metadata.get(NOTE)
        method = cast("Any", resolver.wrapped_func) if resolver and note is None else None
        arguments = self.compiler.compile(definition, declared, node)
        if method is not None:
            self._count(type_.name, node.name.value)
        return PlannedField(
            index=index,
            key=key,
            name=node.name.value,
            parent=type_.name,
            nodes=[each.node for each in details],
            shape=self._shape(definition.type, details),
            note=note,
            python_name=declared.python_name,
            method=method,
            value=_value_of(declared, note, method, arguments),
            embeds=note.embeds if isinstance(note, Computed) else None,
        )

    def _count(self, type_name: str, field_name: str) -> None:
        self.repeats |= self.lists > 0 or (type_name, field_name) in self.resolved
        self.resolved.add((type_name, field_name))

    def _shape(self, type_: GraphQLOutputType, details: list[FieldDetails]) -> Shape:
        required = is_non_null_type(type_)
        bare: Any = type_.of_type if is_non_null_type(type_) else type_
        if is_list_type(bare):
            self.lists += 1
            item = self._shape(bare.of_type, details)
            self.lists -= 1
            return ListShape(required, item)
        if is_object_type(bare):
            return ObjectShape(required, self._sub_selection(bare, details))
        if is_abstract_type(bare):
            possible = self.schema.get_possible_types(bare)
            return AbstractShape(
                required,
                tuple((_is_type_of(each), self._sub_selection(each, details)) for each in possible),
            )
        if isinstance(bare, GraphQLScalarType | GraphQLEnumType):
            return LeafShape(required, bare)
        raise NotCovered

    def _sub_selection(self, type_: GraphQLObjectType, details: list[FieldDetails]) -> Selection:
        collected = collect_subfields(
            self.schema, self.fragments, self.values, self.operation, type_, details
        )
        return self.selection(type_, collected.grouped_field_set)


def _value_of(
    declared: StrawberryField,
    note: Plain | Computed | None,
    method: Callable[..., Any] | None,
    arguments: Arguments | None,
) -> Callable[[Any, Any], Any]:
    """What gives a field's value: `(source, run) -> value`, which may be awaitable."""
    python_name = declared.python_name
    if isinstance(note, Computed):
        function = note.function
        return lambda source, _run: function(source)
    if isinstance(note, Plain):
        key, convert = note.key or python_name, note.convert
        if convert is None:
            return lambda source, _run: read(source, key)
        return _converted(key, convert)
    resolver = declared.base_resolver
    if method is None or resolver is None:
        return lambda source, _run: read(source, python_name)
    takes_source = resolver.self_parameter or resolver.root_parameter
    return _called(
        method,
        arguments,
        takes_source=takes_source is not None,
        takes_info=resolver.info_parameter is not None,
    )


def _converted(key: str, convert: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    async def later(value: Any) -> Any:
        return convert(await value)

    def value(source: Any, _run: Any) -> Any:
        found = read(source, key)
        return later(found) if hasattr(found, "__await__") else convert(found)

    return value


def _called(
    method: Callable[..., Any],
    arguments: Arguments | None,
    *,
    takes_source: bool,
    takes_info: bool,
) -> Callable[[Any, Any], Any]:
    """Calls a resolver as Strawberry would; the run stands in for Strawberry's Info."""

    def value(source: Any, run: Any) -> Any:
        given = arguments(run.variables) if arguments else {}
        if not takes_source:
            return method(info=run, **given) if takes_info else method(**given)
        return method(source, run, **given) if takes_info else method(source, **given)

    return value


def _declared(definition: GraphQLField) -> StrawberryField:
    declared = definition.extensions.get("strawberry-definition")
    if not isinstance(declared, StrawberryField):
        raise NotCovered
    return declared


def _record_of(type_: GraphQLObjectType) -> type[Record] | None:
    definition = type_.extensions.get("strawberry-definition")
    record = getattr(getattr(definition, "origin", None), "record", None)
    return record if isinstance(record, type) and issubclass(record, Record) else None


def _is_type_of(type_: GraphQLObjectType) -> Callable[[Any, Any], bool]:
    if type_.is_type_of is None:
        raise NotCovered
    return cast("Callable[[Any, Any], bool]", type_.is_type_of)
