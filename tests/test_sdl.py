"""The schema as a document: printed, described to the last argument, and easy to find."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import graphql as core
import pytest

from schema import build_schema
from tests.support.sources import ROOT, python_files, syntax_tree

SDL = ROOT / "schema" / "schema.graphql"
DECLARATIONS = frozenset({"type", "interface", "input", "enum"})
# Connections and their edges all look alike, enums are lists, federation brings its own type:
# each kind shares one file.
SHARED_FILES = frozenset({"connections", "enums", "federation"})


@pytest.fixture(scope="module")
def printed() -> str:
    text: str = build_schema().as_str()
    return text


def test_committed_sdl_is_the_schema(printed: str) -> None:
    assert SDL.read_text(encoding="utf-8") == f"{printed.rstrip()}\n"


def undescribed(schema: core.GraphQLSchema) -> Iterator[str]:
    for name, kind in schema.type_map.items():
        if core.is_introspection_type(kind) or core.is_specified_scalar_type(kind):
            continue
        if not kind.description:
            yield name
        if isinstance(kind, core.GraphQLEnumType):
            yield from (
                f"{name}.{key}" for key, value in kind.values.items() if not value.description
            )
        elif isinstance(kind, core.GraphQLInputObjectType):
            yield from (
                f"{name}.{key}" for key, field in kind.fields.items() if not field.description
            )
        elif isinstance(kind, core.GraphQLObjectType | core.GraphQLInterfaceType):
            yield from undescribed_fields(name, kind)


def undescribed_fields(
    name: str, kind: core.GraphQLObjectType | core.GraphQLInterfaceType
) -> Iterator[str]:
    for key, field in kind.fields.items():
        if not field.description:
            yield f"{name}.{key}"
        for argument, value in field.args.items():
            if not value.description:
                yield f"{name}.{key}({argument}:)"


def test_everything_is_described(printed: str) -> None:
    assert list(undescribed(core.build_schema(printed))) == []


def test_descriptions_are_sentences(printed: str) -> None:
    schema = core.build_schema(printed)
    described = {name: kind.description for name, kind in schema.type_map.items()}
    assert [
        name
        for name, text in described.items()
        if text and not name.startswith("__") and not text.rstrip().endswith((".", "`", ")"))
    ] == []


def snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def declared_types(path: Path) -> Iterator[str]:
    """Names of the classes that a file declares to be GraphQL types."""
    for node in ast.walk(syntax_tree(path)):
        if not isinstance(node, ast.ClassDef):
            continue
        for decorator in node.decorator_list:
            target = decorator.func if isinstance(decorator, ast.Call) else decorator
            if ast.unparse(target).rpartition(".")[2] in DECLARATIONS:
                yield node.name


def test_each_type_has_a_file_of_its_name() -> None:
    misplaced = []
    for path in python_files("schema"):
        folder = path.parent.name
        for name in declared_types(path):
            if folder == "mutations":
                # A verb's file holds the input and the payload of that verb.
                at_home = name.lower().startswith(path.stem.replace("_", ""))
            else:
                # What pages through a type may stand with it.
                node = re.sub(r"(Edge|Connection)$", "", name)
                at_home = path.stem in (snake_case(name), snake_case(node), *SHARED_FILES)
            if not at_home:
                misplaced.append(f"{path.relative_to(ROOT)}: {name}")
    assert misplaced == []


def test_types_are_found_where_they_are_looked_for() -> None:
    # The test above would pass on a schema that it cannot read.
    assert {"Job", "Pipeline", "Bridge", "Commit", "Query", "Mutation"} <= {
        name for path in python_files("schema") for name in declared_types(path)
    }
