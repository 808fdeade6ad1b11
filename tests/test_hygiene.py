"""Small rooms, reasons beside exceptions, and nothing of the machine it was written on."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.sources import PACKAGES, ROOT, project_files, python_files, syntax_tree

MODULE_LINES = 400
FUNCTION_LINES = 60

# Written so that this file does not find itself.
REGISTRY_HOSTS = re.compile(
    r"py[p]i\.org|python[h]osted\.org|registry\.np[m]js|registry\.ya[r]npkg|deb\.de[b]ian\.org"
)
MACHINE_PATHS = re.compile(
    r"/wor[k]/(main|shared|steering)|/tmp/(build|studi[o])|/roo[t]/[.]|/hom[e]/\w"
)
LATER = re.compile(r"\b(TOD[O]|FIXM[E]|XX[X])\b")
EXCEPTION = re.compile(r"#\s*(?:noqa:\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*|type: ignore\[[\w, -]+\])(.*)")


def where(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def text_files() -> Iterator[tuple[Path, str]]:
    for path in project_files():
        try:
            yield path, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture or a font


def lines_found(pattern: re.Pattern[str], files: Iterator[tuple[Path, str]]) -> list[str]:
    return [
        f"{where(path, number)}: {match.group()}"
        for path, text in files
        for number, line in enumerate(text.splitlines(), 1)
        if (match := pattern.search(line))
    ]


def test_modules_are_small() -> None:
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in python_files()
    }
    assert {name: length for name, length in lengths.items() if length > MODULE_LINES} == {}


def test_functions_are_small() -> None:
    long = [
        f"{where(path, node.lineno)} {node.name}"
        for path in python_files()
        for node in ast.walk(syntax_tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno >= FUNCTION_LINES
    ]
    assert long == []


def test_no_room_is_for_odds_and_ends() -> None:
    vague = {"utils", "util", "helpers", "common", "misc"}
    assert [path for path in python_files() if path.stem in vague] == []


@pytest.mark.parametrize("pattern", [REGISTRY_HOSTS, MACHINE_PATHS], ids=["registry", "machine"])
def test_no_file_names_the_place_where_it_was_made(pattern: re.Pattern[str]) -> None:
    assert lines_found(pattern, text_files()) == []


def test_nothing_is_put_off_in_a_comment() -> None:
    code = ((path, path.read_text(encoding="utf-8")) for path in python_files())
    assert lines_found(LATER, code) == []


def unexplained(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Exceptions with no reason: not beside them, in a comment above, or at the head of a run."""
    explained = False
    for number, line in enumerate(lines, 1):
        match = EXCEPTION.search(line)
        if match is None:
            explained = line.strip().startswith("#")
            continue
        explained = explained or re.search(r"\w{3}", match.group(1)) is not None
        if not explained:
            yield number, line.strip()


def test_exceptions_to_the_linters_give_their_reason() -> None:
    silent = [
        f"{where(path, number)}: {line}"
        for path in python_files()
        for number, line in unexplained(path.read_text(encoding="utf-8").splitlines())
    ]
    assert silent == []


def test_each_package_says_what_it_is() -> None:
    silent = [
        name for name in PACKAGES if not ast.get_docstring(syntax_tree(ROOT / name / "__init__.py"))
    ]
    assert silent == []


def test_scripts_can_be_run() -> None:
    scripts = [path for path in (ROOT / "scripts").iterdir() if not path.suffix]
    scripts.append(ROOT / ".ci" / "run")
    assert [path.name for path in scripts if not path.stat().st_mode & 0o100] == []
    assert [path.name for path in scripts if not path.read_text().startswith("#!/")] == []
