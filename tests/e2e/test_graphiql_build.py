"""The built page in gateway/http/static belongs to its sources in graphiql/. Needs no Node."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import graphql
import pytest

from gateway.http.graphiql import STATIC
from schema import build_schema
from tests.support.sources import ROOT

SOURCES = ROOT / "graphiql"
MANIFEST: dict[str, Any] = json.loads((STATIC / "manifest.json").read_bytes())
REMEDY = "run scripts/build-graphiql and commit what it made"
HOSTS_OF_SCRIPTS = re.compile(rb"registry\.np[m]js|un[p]kg\.com|js[d]elivr|es[m]\.sh|cdn[j]s")
MEGABYTE = 1024 * 1024


def digest(folder: Path, names: Iterable[str]) -> str:
    """As graphiql/build.mjs computes it."""
    state = hashlib.sha256()
    for name in names:
        state.update(name.encode() + b"\0" + (folder / name).read_bytes() + b"\0")
    return state.hexdigest()


def source_names() -> list[str]:
    fixed = [".npmrc", "build.mjs", "package-lock.json", "package.json", "tsconfig.json"]
    below = [
        path.relative_to(SOURCES).as_posix()
        for folder in ("bundling", "src")
        for path in (SOURCES / folder).rglob("*")
        if path.is_file()
    ]
    return sorted(fixed + below)


def test_the_page_was_built_from_these_sources() -> None:
    assert MANIFEST["sources"] == digest(SOURCES, source_names()), REMEDY


def test_every_file_is_as_the_build_left_it() -> None:
    names = sorted(path.name for path in STATIC.iterdir() if path.name != "manifest.json")
    assert MANIFEST["files"] == {name: digest(STATIC, [name]) for name in names}, REMEDY


def test_nothing_points_at_a_host_that_hands_out_scripts() -> None:
    built = [*STATIC.iterdir(), *(SOURCES / name for name in source_names())]
    assert [path.name for path in built if HOSTS_OF_SCRIPTS.search(path.read_bytes())] == []


def test_no_code_is_made_of_text_at_run_time() -> None:
    evaluation = re.compile(rb"\bnew Function\(|(?<![\w.$])eval\(")
    scripts = [path for path in STATIC.iterdir() if path.suffix == ".js"]
    assert [path.name for path in scripts if evaluation.search(path.read_bytes())] == []


def test_the_page_stays_small() -> None:
    sizes = [path.stat().st_size for path in STATIC.iterdir()]
    assert sum(sizes) < 5.5 * MEGABYTE


def test_every_package_in_the_lock_is_held_by_a_hash_and_names_no_host() -> None:
    lock = json.loads((SOURCES / "package-lock.json").read_bytes())
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert [name for name, entry in packages.items() if "integrity" not in entry] == []
    assert [name for name, entry in packages.items() if "resolved" in entry] == []


def test_the_licences_name_every_dependency_of_the_page() -> None:
    text = (STATIC / "LICENSES.txt").read_text(encoding="utf-8")
    wanted = json.loads((SOURCES / "package.json").read_bytes())["dependencies"]
    assert [name for name, version in wanted.items() if f"\n{name} {version} (" not in text] == []


@pytest.mark.parametrize(
    "path", sorted((SOURCES / "src/examples").glob("*.graphql")), ids=lambda path: path.stem
)
def test_an_example_is_valid(path: Path) -> None:
    document = graphql.parse(path.read_text(encoding="utf-8"))
    assert graphql.validate(build_schema()._schema, document) == []


def test_the_examples_leave_out_no_field_of_query_and_mutation() -> None:
    used = {
        selection.name.value
        for path in (SOURCES / "src/examples").glob("*.graphql")
        for operation in graphql.parse(path.read_text(encoding="utf-8")).definitions
        if isinstance(operation, graphql.OperationDefinitionNode)
        for selection in operation.selection_set.selections
        if isinstance(selection, graphql.FieldNode)
    }
    schema = build_schema()._schema
    roots = [schema.query_type, schema.mutation_type]
    offered = {name for root in roots if root for name in root.fields}
    assert offered - used == {"nodes"}  # what `node` shows, many times
