"""The house: gateway -> schema -> resolvers -> upstream, and what each room may know."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.support.sources import PACKAGES, module_name, python_files, syntax_tree

# Room -> the libraries that it may know; the longest prefix of a module's name counts.
LIBRARIES: dict[str, frozenset[str]] = {
    "gateway": frozenset({"graphql", "orjson", "starlette", "strawberry", "uvicorn", "uvloop"}),
    "gateway.telemetry": frozenset({"orjson", "prometheus_client", "starlette", "structlog"}),
    "gateway.telemetry.tracing": frozenset({"opentelemetry"}),
    "schema": frozenset({"strawberry"}),
    "resolvers": frozenset(),
    "upstream": frozenset({"orjson"}),
    "upstream.transports": frozenset(
        {"aiohappyeyeballs", "aiohttp", "httptools", "httpx", "httpx_aiohttp", "yarl"}
    ),
    "upstream.demo": frozenset({"starlette"}),
}
SETTINGS = "gateway.settings"


@dataclass(frozen=True, slots=True)
class Import:
    """One imported module; `name` is set where something is taken out of it."""

    importer: str
    line: int
    module: str
    name: str | None = None
    relative: bool = False
    typing_only: bool = False

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.module}"

    @property
    def package(self) -> str:
        return self.module.partition(".")[0]


def is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def imports_below(node: ast.AST, importer: str, *, typing_only: bool = False) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            for alias in child.names:
                yield Import(importer, child.lineno, alias.name, typing_only=typing_only)
        elif isinstance(child, ast.ImportFrom):
            for alias in child.names:
                yield Import(
                    importer,
                    child.lineno,
                    child.module or "",
                    alias.name,
                    relative=child.level > 0,
                    typing_only=typing_only,
                )
        else:
            guarded = typing_only or is_type_checking(child)
            yield from imports_below(child, importer, typing_only=guarded)


def imports_of(path: Path) -> list[Import]:
    return list(imports_below(syntax_tree(path), module_name(path)))


def modules() -> dict[str, Path]:
    return {module_name(path): path for path in python_files(*PACKAGES)}


def all_imports() -> list[Import]:
    return [found for path in modules().values() for found in imports_of(path)]


def room_of(module: str) -> str:
    return max((room for room in LIBRARIES if f"{module}.".startswith(f"{room}.")), key=len)


@pytest.mark.parametrize("package", PACKAGES)
def test_each_room_holds_code(package: str) -> None:
    # The other tests prove nothing about a package that they do not find.
    assert any(syntax_tree(path).body for path in python_files(package))


def test_imports_go_down_the_house_only() -> None:
    upward = [
        str(found)
        for found in all_imports()
        if found.package in PACKAGES
        and PACKAGES.index(found.package) < PACKAGES.index(found.importer.partition(".")[0])
    ]
    assert upward == []


def test_packages_never_import_tests_or_examples() -> None:
    outside = {"tests", "examples", "benchmarks"}
    assert [str(found) for found in all_imports() if found.package in outside] == []


def test_imports_are_absolute() -> None:
    relative = [
        f"{found.importer}:{found.line}"
        for path in python_files()
        for found in imports_of(path)
        if found.relative
    ]
    assert relative == []


def test_modules_import_each_other_in_no_circle() -> None:
    known = modules()
    graph: dict[str, set[str]] = {name: set() for name in known}
    for found in all_imports():
        submodule = f"{found.module}.{found.name}"
        target = submodule if submodule in known else found.module
        if target in known and not found.typing_only:
            graph[found.importer].add(target)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(reversed(error.args[1])))


def test_each_room_knows_its_own_libraries_only() -> None:
    strange = [
        str(found)
        for found in all_imports()
        if found.package not in (*PACKAGES, *sys.stdlib_module_names)
        and found.package not in LIBRARIES[room_of(found.importer)]
    ]
    assert strange == []


def test_every_library_allowed_is_used() -> None:
    used = {(room_of(found.importer), found.package) for found in all_imports()}
    unused = [
        f"{room}: {library}"
        for room, libraries in LIBRARIES.items()
        for library in sorted(libraries)
        if (room, library) not in used
    ]
    assert unused == []


def test_what_is_an_extra_is_imported_by_nobody_but_its_module() -> None:
    inside = "gateway.telemetry.tracing"
    importers = {
        found.importer
        for found in all_imports()
        if f"{found.module}.{found.name}".startswith(inside) and not found.typing_only
    }
    assert importers == {"gateway.telemetry.opening"}


def test_the_demo_shares_nothing_with_the_client() -> None:
    inside = [found for found in all_imports() if room_of(found.importer) == "upstream.demo"]
    assert inside
    assert [
        str(found)
        for found in inside
        if found.package in PACKAGES and room_of(found.module) != "upstream.demo"
    ] == []


def test_nothing_of_the_client_stands_on_the_demo() -> None:
    assert [
        str(found)
        for found in all_imports()
        if found.package == "upstream"
        and room_of(found.module) == "upstream.demo"
        and found.importer.startswith(("upstream", "resolvers", "schema"))
        and room_of(found.importer) != "upstream.demo"
    ] == []


def reads_environment(path: Path) -> bool:
    names = {"environ", "environb", "getenv", "getenvb"}
    return any(found.module == "os" and found.name in names for found in imports_of(path)) or any(
        isinstance(node, ast.Attribute) and node.attr in names and ast.unparse(node.value) == "os"
        for node in ast.walk(syntax_tree(path))
    )


def test_only_the_settings_read_the_environment() -> None:
    assert {name for name, path in modules().items() if reads_environment(path)} == {SETTINGS}
