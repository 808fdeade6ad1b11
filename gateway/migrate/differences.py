"""What REST and GraphQL say of the same object, value by value.

The schema tells which field shows which key (`gateway.migrate.entities`), and by its type in what
form: a status is an enum, a number that REST sends as text is a number. Nothing of the resolvers'
own conversions is used here, so that a mistake in them shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLEnumType

from gateway.migrate.entities import LEFT_OUT, Entity, Field

_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?", re.ASCII)

ABSENT: Any = type("Absent", (), {"__repr__": lambda _: "nothing"})()
"""Stands for what one of both does not have."""


@dataclass(frozen=True, slots=True)
class Difference:
    """`path` leads through REST's answer; either value may be ABSENT."""

    path: str
    rest: Any
    graphql: Any


@dataclass(slots=True)
class Comparison:
    """`compared` counts values, `left_out` are REST's keys that the schema does without.

    `more` is what GraphQL tells beyond REST's answer: an older GitLab leaves keys out of its short
    forms, which the gateway then reads in the long ones.
    """

    differences: list[Difference] = field(default_factory=list)
    more: list[Difference] = field(default_factory=list)
    left_out: set[str] = field(default_factory=set)
    compared: int = 0

    def objects(self, entity: Entity, rest: Any, shown: Any, path: str = "") -> None:
        """Compares an object, or null."""
        if not isinstance(rest, Mapping) or not isinstance(shown, Mapping):
            self.values(rest, shown, path)
            return
        known = {each.key: each for each in entity.fields()}
        for key, value in rest.items():
            where = f"{path}.{key}" if path else key
            each = known.pop(key, None)
            if each is not None:
                self._field(entity, each, value, shown.get(each.name, ABSENT), where)
            elif key in LEFT_OUT.get(_type_of(entity), {}):
                self.left_out.add(f"{_type_of(entity)}.{key}")
            else:
                self.differences.append(Difference(where, value, ABSENT))
        for each in known.values():
            self._left_out_by_rest(each, shown.get(each.name), path)

    def lists(self, entity: Entity, rest: Sequence[Any], shown: Any, path: str = "") -> None:
        """Compares lists of objects, item by item."""
        if not isinstance(shown, list):
            self.values(rest, shown, path)
            return
        for index in range(max(len(rest), len(shown))):
            where = f"{path}[{index}]"
            one = rest[index] if index < len(rest) else ABSENT
            other = shown[index] if index < len(shown) else ABSENT
            self.objects(entity, one, other, where)

    def _field(self, entity: Entity, each: Field, rest: Any, shown: Any, path: str) -> None:
        if each.is_object and isinstance(rest, list):
            self.lists(entity.at(each), rest, shown, path)
        elif each.is_object:
            self.objects(entity.at(each), rest, shown, path)
        else:
            self.values(_as_shown(each, rest), shown, path)

    def _left_out_by_rest(self, each: Field, shown: Any, path: str) -> None:
        """GitLab leaves keys out that have no value; the field is null then, or empty."""
        if shown not in (None, []):
            where = f"{path}.{each.key}" if path else each.key
            self.more.append(Difference(where, ABSENT, shown))

    def values(self, rest: Any, shown: Any, path: str) -> None:
        """Compares what has no parts of its own."""
        self.compared += 1
        # 1 and True are equal to Python, and are not to JSON; 240 and 240.0 are.
        if rest != shown or isinstance(rest, bool) is not isinstance(shown, bool):
            self.differences.append(Difference(path or "the answer", rest, shown))


def changed(before: Any, after: Any, path: str = "") -> Iterator[str]:
    """The paths of values that differ between two answers of REST to the same call."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in before.keys() | after.keys():
            where = f"{path}.{key}" if path else key
            yield from changed(before.get(key, ABSENT), after.get(key, ABSENT), where)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from changed(one, other, f"{path}[{index}]")
    elif before != after:
        yield path


def _as_shown(each: Field, value: Any) -> Any:
    """REST's value in the form of the field's type."""
    if isinstance(each.type, GraphQLEnumType) and isinstance(value, str):
        name = value.upper()
        return name if name in each.type.values else "UNKNOWN"
    if each.type.name == "Float" and isinstance(value, str):
        return float(value) if _NUMBER.fullmatch(value) else value
    return value


def _type_of(entity: Entity) -> str:
    """An action's answer is a job or a bridge; what a job leaves out, both do."""
    return "Job" if entity.type in ("CiJob", "Bridge") else entity.type
