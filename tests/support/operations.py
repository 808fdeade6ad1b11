"""Operations over a whole GraphQL schema, made by hypothesis, every one of them valid.

What makes an operation valid is watched while it is written: which response keys a place has
taken (for aliases, and for fields that are merged), what fragments hold, which are spread.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
)
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from tests.support.choices import Choices
from tests.support.operation_inputs import InputWriter, Values

# For tests over operations: shrinking the bytes that one is made from takes minutes on failure.
WITHOUT_SHRINKING = settings(
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)

Composite = GraphQLObjectType | GraphQLInterfaceType
Place = tuple[str, ...]  # the response keys that lead there, list indices left out


@dataclass(frozen=True, slots=True)
class GeneratedOperation:
    """A document, what a request gives as operationName, and variables to ask it with in turn."""

    text: str
    name: str | None
    variables: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Bounds:
    """How deep selections nest, how many there are in all, and in one set."""

    depth: int = 6
    selections: int = 60
    selections_of_a_set: int = 6


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a response key stands for; two of one place must agree to be merged."""

    parent: Composite
    call: str
    type: str

    def agrees_with(self, other: Meaning) -> bool:
        # Two object types never meet in one object, so their keys need to have one shape only.
        apart = (
            isinstance(self.parent, GraphQLObjectType)
            and isinstance(other.parent, GraphQLObjectType)
            and self.parent is not other.parent
        )
        return self.type == other.type and (apart or self.call == other.call)


Taken = tuple[Place, str, Meaning]


@dataclass(frozen=True, slots=True)
class Fragment:
    """`taken` is relative to where the fragment is spread."""

    name: str
    type: Composite
    body: str
    taken: list[Taken]


class Keys:
    """Which response keys are taken where."""

    def __init__(self) -> None:
        self._taken: dict[Place, dict[str, list[Meaning]]] = {}
        self._recordings: list[list[Taken]] = []

    def at(self, place: Place) -> list[str]:
        return list(self._taken.get(place, ()))

    def free(self, place: Place, key: str, meaning: Meaning) -> bool:
        taken = self._taken.get(place, {}).get(key, ())
        return all(meaning.agrees_with(each) for each in taken)

    def take(self, place: Place, key: str, meaning: Meaning) -> None:
        self._taken.setdefault(place, {}).setdefault(key, []).append(meaning)
        for recording in self._recordings:
            recording.append((place, key, meaning))

    def record(self) -> None:
        self._recordings.append([])

    def recorded(self, place: Place) -> list[Taken]:
        taken = self._recordings.pop()
        return [(path[len(place) :], key, meaning) for path, key, meaning in taken]


class OperationWriter:
    def __init__(
        self,
        schema: GraphQLSchema,
        values: Mapping[str, Values],
        choices: Choices,
        bounds: Bounds,
    ) -> None:
        self._schema = schema
        self._choices = choices
        self._inputs = InputWriter(choices, values)
        self._bounds = bounds
        self._left = bounds.selections
        self._keys = Keys()
        self._fragments: list[Fragment] = []
        # Few of the many ways lead deep into one part of the schema; each operation prefers some.
        self._liked = {choices.one_of(_objects_of(schema)) for _ in range(4)}

    def operation(self, kind: str) -> GeneratedOperation:
        choices, schema = self._choices, self._schema
        root = schema.query_type if kind == "query" else schema.mutation_type
        assert root is not None
        body = self._selection_set(root, (), self._bounds.depth)
        declared = ", ".join(map(str, self._inputs.variables))
        name = choices.one_of((None, "Asked"))
        text = f"{kind} {name or ''}{f'({declared})' if declared else ''} {body}"
        if name is not None and choices.chance(30):
            text = f"query Other {{ __typename }} {text}"
        elif choices.chance(50):
            name = None
        for each in self._fragments:
            text += f" fragment {each.name} on {each.type.name} {each.body}"
        rounds = 1 + choices.below(3 if declared else 1)
        return GeneratedOperation(text, name, tuple(self._inputs.given() for _ in range(rounds)))

    def _selection_set(self, type_: Composite, place: Place, depth: int) -> str:
        count = 1 + self._choices.below(self._bounds.selections_of_a_set)
        written = [self._selection(type_, place, depth) for _ in range(count)]
        return f"{{ {' '.join(written)} }}"

    def _selection(self, type_: Composite, place: Place, depth: int) -> str:
        self._left -= 1
        deeper = depth > 0 and self._left > 0
        kind = self._choices.below(100)
        if deeper and kind >= 90:
            return self._inline_fragment(type_, place, depth)
        if deeper and kind >= 80:
            return self._spread(type_, place, depth)
        if kind >= 76:
            return self._typename(type_, place)
        if kind == 75 and type_ is self._schema.query_type:
            return '__type(name: "Job") { kind name }'
        return self._field(type_, place, depth, deeper=deeper)

    def _typename(self, type_: Composite, place: Place) -> str:
        key = self._key(place, "__typename", Meaning(type_, "__typename", "String!"))
        return _aliased(key, "__typename") + self._conditions()

    def _field(self, type_: Composite, place: Place, depth: int, *, deeper: bool) -> str:
        leaves = [name for name, each in type_.fields.items() if _is_leaf(each)]
        objects = [name for name in type_.fields if name not in leaves] if deeper else []
        if not leaves and not objects:
            return self._typename(type_, place)
        wants_object = objects and (not leaves or self._choices.chance(55))
        liked = [name for name in objects if name in self._liked]
        if wants_object and liked and self._choices.chance(75):
            objects = liked
        name = self._choices.one_of(objects if wants_object else leaves)
        field = type_.fields[name]
        arguments = self._inputs.arguments(f"{type_.name}.{name}", field.args)
        key = self._key(place, name, Meaning(type_, name + arguments, str(field.type)))
        written = _aliased(key, name) + arguments + self._conditions()
        if wants_object:
            written += f" {self._selection_set(_composite(field), (*place, key), depth - 1)}"
        return written

    def _inline_fragment(self, type_: Composite, place: Place, depth: int) -> str:
        target = self._choices.one_of(self._meeting(type_))
        unnamed = target is type_ and not self._choices.chance(50)
        on = "" if unnamed else f" on {target.name}"
        return f"...{on}{self._conditions()} {self._selection_set(target, place, depth - 1)}"

    def _spread(self, type_: Composite, place: Place, depth: int) -> str:
        meeting = self._meeting(type_)
        known = [
            each for each in self._fragments if each.type in meeting and self._fits(each, place)
        ]
        if known and self._choices.chance(60):
            fragment = self._choices.one_of(known)
            for below, key, meaning in fragment.taken:
                self._keys.take((*place, *below), key, meaning)
        else:
            fragment = self._fragment(self._choices.one_of(meeting), place, depth)
        return f"...{fragment.name}{self._conditions()}"

    def _fragment(self, type_: Composite, place: Place, depth: int) -> Fragment:
        self._keys.record()
        body = self._selection_set(type_, place, depth - 1)
        taken = self._keys.recorded(place)
        fragment = Fragment(f"F{len(self._fragments)}", type_, body, taken)
        self._fragments.append(fragment)
        return fragment

    def _fits(self, fragment: Fragment, place: Place) -> bool:
        return all(
            self._keys.free((*place, *below), key, meaning)
            for below, key, meaning in fragment.taken
        )

    def _meeting(self, type_: Composite) -> list[Composite]:
        """The types that a fragment inside `type_` may be on, itself first."""
        own = self._objects(type_)
        others = (
            each
            for each in self._schema.type_map.values()
            if isinstance(each, GraphQLObjectType | GraphQLInterfaceType) and each is not type_
        )
        return [type_, *(each for each in others if own & self._objects(each))]

    def _objects(self, type_: Composite) -> set[str]:
        if isinstance(type_, GraphQLObjectType):
            return {type_.name}
        return {each.name for each in self._schema.get_possible_types(type_)}

    def _key(self, place: Place, name: str, meaning: Meaning) -> str:
        """The field's own name where that is free, an alias, or the key of a field like it."""
        options = [name, "a", "b", *self._keys.at(place)]
        free = [each for each in options if self._keys.free(place, each, meaning)]
        key = f"{name}_{len(self._keys.at(place))}"
        if free:
            key = self._choices.one_of(free) if self._choices.chance(25) else free[0]
        self._keys.take(place, key, meaning)
        return key

    def _conditions(self) -> str:
        choices = self._choices
        if not choices.chance(12):
            return ""
        names = choices.one_of((("include",), ("skip",), ("skip", "include")))
        return "".join(f" @{name}(if: {self._condition(name)})" for name in names)

    def _condition(self, directive: str) -> str:
        boolean: Any = self._schema.type_map["Boolean"]
        if self._choices.chance(60):
            return self._inputs.variable(GraphQLNonNull(boolean), f"@{directive}")
        return self._choices.one_of(("true", "false"))


def _aliased(key: str, name: str) -> str:
    return name if key == name else f"{key}: {name}"


def _is_leaf(field: GraphQLField) -> bool:
    return is_leaf_type(get_named_type(field.type))


def _objects_of(schema: GraphQLSchema) -> list[str]:
    """The names of all fields that hold objects."""
    types = (each for each in schema.type_map.values() if isinstance(each, GraphQLObjectType))
    names = {name for type_ in types for name, each in type_.fields.items() if not _is_leaf(each)}
    return sorted(names)


def _composite(field: GraphQLField) -> Composite:
    named = get_named_type(field.type)
    assert isinstance(named, GraphQLObjectType | GraphQLInterfaceType)
    return named


@st.composite
def operations(
    draw: st.DrawFn,
    schema: GraphQLSchema,
    values: Mapping[str, Values],
    bounds: Bounds | None = None,
) -> GeneratedOperation:
    """Queries, and mutations now and then."""
    length = draw(st.sampled_from((60, 250, 600, 1000)))
    choices = Choices(draw(st.binary(min_size=length, max_size=length)))
    kind = choices.one_of(("query", "query", "query", "query", "mutation"))
    return OperationWriter(schema, values, choices, bounds or Bounds()).operation(kind)
