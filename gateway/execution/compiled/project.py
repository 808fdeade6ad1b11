"""One generated function for each selection set: from a payload to its part of the answer.

The function takes what lies in the payload, and only where each value is of the very kind that its
type promises; anything else raises, and the long way in `run.py` finds out what is to be said. So
it has no side effects, and needs no errors and no paths of its own.

    def project(p, r, later):           # payload, record or object, fields left to the long way
        v0 = p["id"]
        v1 = p["name"]
        if not (v0.__class__ is int and v1.__class__ is str): raise Unfit
        return {"databaseId": v0, "name": v1}

Fields that need more than that (a call, arguments) leave null behind, and are done by the run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLEnumType

from gateway.execution.compiled.plan import (
    LeafShape,
    ListShape,
    ObjectShape,
    PlannedField,
    Selection,
    Shape,
)
from resolvers import projection, values
from schema._fields import Computed, Plain


class Unfit(Exception):
    """The payload is not plain; nothing has been done."""


Project = Callable[[Any, Any, "list[PlannedField] | None"], dict[str, Any]]
Convert = Callable[[Any], Any] | None


@dataclass(slots=True, eq=False)
class Compiled:
    """`project` is the generated function, `rest` the fields that always go the long way.

    A record that lacks one of `keys` must be completed first. `samples` has a fit value for each
    key; what is in `sparse` is null where it is left out.
    """

    project: Project
    rest: tuple[PlannedField, ...]
    keys: frozenset[str]
    sparse: tuple[str, ...]
    samples: dict[str, Any]

    def view(self, payload: Mapping[str, Any], full: Mapping[str, Any]) -> dict[str, Any]:
        """What is read of a payload once the full one is known: what neither has is null."""
        seen = {key: payload[key] if key in payload else full.get(key) for key in self.keys}
        if self.sparse:
            seen.update((key, payload[key]) for key in self.sparse if key in payload)
        return seen


def compiled(selection: Selection) -> Compiled:
    """The compiled form of a selection; made once and kept with it."""
    if selection.compiled is None:
        selection.compiled = _Writer(selection).compiled()
    made: Compiled = selection.compiled
    return made


# What each scalar lets through unchanged; all else goes the long way, to be coerced or refused.
_FITS = {
    "String": "{v}.__class__ is str",
    "ID": "{v}.__class__ is str",
    "DateTime": "{v}.__class__ is str",
    "Boolean": "{v}.__class__ is bool",
    "BigInt": "{v}.__class__ is int",
    "Int": "{v}.__class__ is int and -2147483648 <= {v} <= 2147483647",
    # Not a number, and infinity, have no JSON: neither is 0 less itself.
    "Float": "{v}.__class__ is float and {v} - {v} == 0",
    "JSON": "{v} is not None",
}


class _Writer:
    """Writes the function of one selection. Each field has a variable, `v0`, `v1` and so on."""

    def __init__(self, selection: Selection) -> None:
        self._selection = selection
        self._names: dict[str, Any] = {"Unfit": Unfit}
        self._reads: list[str] = []
        self._lines: list[str] = []
        self._checks: list[str] = []
        self._lines_after_checks: list[str] = []
        self._rest: list[PlannedField] = []
        self._samples: dict[str, Any] = {}
        self._sparse: list[str] = []

    def compiled(self) -> Compiled:
        entries = {key: repr(self._selection.type_name) for key in self._selection.typenames}
        for index, planned in enumerate(self._selection.fields):
            entries[planned.key] = variable = f"v{index}"
            if not self._short_way(variable, planned):
                self._lines.append(f"{variable} = None")
                self._rest.append(planned)
        keys = frozenset(self._samples)
        function = self._function(entries)
        sparse = tuple(self._sparse)
        return Compiled(function, tuple(self._rest), keys, sparse, dict(self._samples))

    def _function(self, entries: dict[str, str]) -> Project:
        lines = [*self._reading(), *self._lines]
        if self._checks:
            lines.append(f"if not ({' and '.join(self._checks)}): raise Unfit")
        lines += self._lines_after_checks
        answer = ", ".join(f"{key!r}: {entries[key]}" for key in self._selection.order)
        lines.append(f"return {{{answer}}}")
        body = "\n".join(f"        {line}" for line in lines)
        source = (
            f"def project(p, r, later):\n    try:\n{body}\n"
            "    except Unfit: raise\n"
            "    except Exception as odd: raise Unfit from odd\n"
        )
        # All of it is written here but for response keys, which are GraphQL names: letters,
        # digits and underscores. Values and literals of the operation never become source.
        code = compile(source, f"<selection of {self._selection.type_name}>", "exec")
        exec(code, self._names)  # noqa: S102 - see above
        function: Project = self._names["project"]
        return function

    def _reading(self) -> list[str]:
        """Takes the values out of the payload.

        What an object inside a payload lacks is null; a record that lacks a key is completed by
        the run.
        """
        if self._selection.record is not None or not self._samples:
            return self._reads
        nulls = self._bound(dict.fromkeys(self._samples))
        indented = [f"    {read}" for read in self._reads]
        return ["try:", *indented, "except KeyError:", f"    p = {{**{nulls}, **p}}", *indented]

    def _short_way(self, v: str, planned: PlannedField) -> bool:
        """Writes the lines for a field; False, and no lines, where it must go the long way."""
        note, record = planned.note, self._selection.record
        if isinstance(note, Computed):
            return self._computed(v, planned, note)
        if isinstance(note, Plain):
            key = note.key or planned.python_name
            if record is not None and key in record.SPARSE:
                self._sparse.append(key)
                return self._value(v, f"{v} = p.get({key!r})", planned, note.convert)
            taken = self._value(v, f"{v} = p[{key!r}]", planned, note.convert)
            if taken:
                self._samples[key] = _sample(planned.shape)
            return taken
        if planned.method is None:
            return self._value(v, f"{v} = r.{planned.python_name}", planned, None)
        return False

    def _value(self, v: str, read: str, planned: PlannedField, convert: Convert) -> bool:
        shape = planned.shape
        if isinstance(shape, LeafShape):
            self._reads.append(read)
            self._leaf(v, shape, convert)
            return True
        if isinstance(shape, ObjectShape) and convert in (None, projection.mapping):
            return self._object(v, read, shape)
        if isinstance(shape, ListShape) and convert in (projection.mappings, values.items):
            return self._list(v, read, shape.item)
        return False

    def _leaf(self, v: str, shape: LeafShape, convert: Convert) -> None:
        if isinstance(shape.type, GraphQLEnumType):
            self._enum(v, shape.type, unknown=convert is values.status)
            fits = f"{v} is not None"
        else:
            if convert is not None:
                self._lines.append(f"{v} = {self._bound(convert)}({v})")
            if shape.type.name == "Float":
                # Beyond these a Float cannot hold each whole number; coercion says what to do.
                exact = f"-9007199254740992 <= {v} <= 9007199254740992"
                self._lines.append(f"if {v}.__class__ is int and {exact}: {v} = float({v})")
            fits = _FITS[shape.type.name].format(v=v)
        if shape.required:
            self._checks.append(fits)
        elif fits != f"{v} is not None":
            self._checks.append(f"({v} is None or {fits})")

    def _enum(self, v: str, type_: GraphQLEnumType, *, unknown: bool) -> None:
        names = self._bound({value.value: name for name, value in type_.values.items()})
        found = f"{names}.get({v}, 'UNKNOWN')" if unknown else f"{names}[{v}]"
        self._lines.append(f"if {v} is not None: {v} = {found}")

    def _object(self, v: str, read: str, shape: ObjectShape) -> bool:
        child = compiled(shape.selection)
        if child.rest:
            return False
        function = self._bound(child.project)
        self._reads.append(read)
        if shape.selection.record is not None:
            call = f"{function}({v}.payload, {v}, None)"
        elif _lies_in_payload(shape.selection):
            self._lines.append(f"if {v} is not None and {v}.__class__ is not dict: raise Unfit")
            call = f"{function}({v}, None, None)"
        else:
            call = f"{function}(None, {v}, None)"
        self._lines.append(f"if {v} is not None: {v} = {call}")
        if shape.required:
            self._checks.append(f"{v} is not None")
        return True

    def _list(self, v: str, read: str, item: Any) -> bool:
        """A list in the payload: of text, or of objects; null is the empty list."""
        if not item.required:
            return False
        if isinstance(item, LeafShape) and item.type.name == "String":
            kind, fill = "str", "else: pass"
        elif isinstance(item, ObjectShape) and not compiled(item.selection).rest:
            function = self._bound(compiled(item.selection).project)
            kind, fill = "dict", f"else: {v} = [{function}(item, None, None) for item in {v}]"
        else:
            return False
        self._reads.append(read)
        self._lines += [
            f"if {v} is None: {v} = []",
            f"elif {v}.__class__ is not list: raise Unfit",
            f"elif {v} and set(map(type, {v})) != {{{kind}}}: raise Unfit",
            fill,
        ]
        return True

    def _computed(self, v: str, planned: PlannedField, note: Computed) -> bool:
        key = note.embeds or note.reads
        shape = planned.shape
        if key is not None and self._selection.record is not None:
            self._samples.setdefault(key, None)
        if isinstance(shape, LeafShape) and shape.type.name == "ID" and key is None:
            self._lines.append(f"{v} = {self._bound(note.function)}(r)")
            self._checks.append(f"{v}.__class__ is str")
            return True
        if isinstance(shape, ObjectShape) and key is not None:
            return self._embedded(v, planned, note, shape)
        return False

    def _embedded(self, v: str, planned: PlannedField, note: Computed, shape: ObjectShape) -> bool:
        """A record inside this one. One that is not all here is left to the long way, alone."""
        child = compiled(shape.selection)
        if child.rest:
            return False
        key = note.embeds or note.reads
        function, field = self._bound(child.project), self._bound(planned)
        if note.embeds and _lies_in_payload(shape.selection):
            needs = self._bound(child.keys)
            taken = [
                f"if {v}.__class__ is not dict or not {needs} <= {v}.keys(): raise Unfit",
                f"{v} = {function}({v}, None, None)",
            ]
        else:
            made = f"(made := {self._bound(note.function)}(r))"
            taken = [
                f"if {v} is None or {v} is Unfit: raise Unfit",
                f"{v} = {function}({made}.payload, made, None)",
            ]
        self._lines_after_checks += [
            f"{v} = p.get({key!r}, Unfit)",
            f"if {shape.required} or {v} is not None:",
            "    try:",
            *(f"        {line}" for line in taken),
            "    except Exception:",
            f"        {v} = None",
            f"        later.append({field})",
        ]
        return True

    def _bound(self, value: Any) -> str:
        name = f"b{len(self._names)}"
        self._names[name] = value
        return name


def _lies_in_payload(selection: Selection) -> bool:
    return all(isinstance(field.note, Plain) for field in selection.fields)


_SAMPLES = {"Boolean": False, "BigInt": 0, "Int": 0, "Float": 0.0, "JSON": {}}


def _sample(shape: Shape) -> Any:
    """A value that fits the shape."""
    if not shape.required or isinstance(shape, ListShape | ObjectShape):
        return None
    if isinstance(shape, LeafShape):
        if isinstance(shape.type, GraphQLEnumType):
            return next(iter(shape.type.values.values())).value
        return _SAMPLES.get(shape.type.name, "")
    return None
