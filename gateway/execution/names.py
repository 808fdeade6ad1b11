"""Keeps the schema's names out of error messages, for where it may not be asked for.

graphql-core leaves out its suggestions then, but it still says on which type a field was not
found, which argument is missing and which enum a value is not of; our own messages name what would
be right. Each such message would tell a name to one who does not know it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
)

HIDDEN = "(hidden)"

_NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]*")
# A name as messages hold it: in quotes of some kind, perhaps a type such as [Job!]! or a path
# such as Job.name; or a bare word.
_QUOTED = re.compile(r"""(?<![A-Za-z])'[^']*'|"[^"]*"|`[^`]*`""")


class SchemaNames:
    """`hide` takes what a caller sent: names that it knows already stay readable."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._names = frozenset(_names(schema))
        # What no English sentence has by accident; the others are names in quotes only.
        self._telling = frozenset(name for name in self._names if not name.islower())

    def hide(self, message: str, sent: str) -> str:
        known = frozenset(_NAME.findall(sent))

        def quoted(found: re.Match[str]) -> str:
            text = found.group()
            return HIDDEN if self._names & set(_NAME.findall(text)) - known else text

        def bare(found: re.Match[str]) -> str:
            name = found.group()
            return HIDDEN if name in self._telling and name not in known else name

        return _NAME.sub(bare, _QUOTED.sub(quoted, message))

    def hide_in(self, errors: list[dict[str, Any]], sent: str) -> list[dict[str, Any]]:
        """The errors of an answer; neither GitLab nor a limit speaks of the schema's names."""
        for error in errors:
            if not error["extensions"].keys() & {"http", "limit"}:
                error["message"] = self.hide(error["message"], sent)
        return errors


def _names(schema: GraphQLSchema) -> Iterator[str]:
    for directive in schema.directives:
        yield directive.name
        yield from directive.args
    for name, type_ in schema.type_map.items():
        yield name
        if isinstance(type_, GraphQLEnumType):
            yield from type_.values
        elif isinstance(type_, GraphQLInputObjectType):
            yield from type_.fields
        elif isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            for field_name, field in type_.fields.items():
                yield field_name
                yield from field.args


def all_sent(text: str, variables: Mapping[str, Any]) -> str:
    """What a caller knows: the query and, as far as names go, its variables."""
    return f"{text} {variables}" if variables else text
