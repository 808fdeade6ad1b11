"""The project's own files, as the tests about the tree see them."""

from __future__ import annotations

import ast
import functools
import os
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# From the top of the house to its ground: each may import those after it.
PACKAGES = ("gateway", "schema", "resolvers", "upstream")

# Left behind by tools, and kept out of version control.
_LEAVINGS = frozenset({".git", ".venv", ".hypothesis", "node_modules", "__pycache__"})
_LEAVINGS_AT_THE_ROOT = frozenset({"build", "dist", "htmlcov"})


def project_files() -> Iterator[Path]:
    """Every file of the tree but those that tools leave behind."""
    for folder, subfolders, names in os.walk(ROOT):
        leavings = _LEAVINGS | _LEAVINGS_AT_THE_ROOT if Path(folder) == ROOT else _LEAVINGS
        subfolders[:] = sorted(
            name for name in subfolders if name not in leavings and not fnmatch(name, ".*_cache")
        )
        yield from (Path(folder, name) for name in sorted(names))


def python_files(*folders: str) -> list[Path]:
    """The Python files below the folders named, or of the whole tree."""
    wanted = [ROOT / folder for folder in folders] or [ROOT]
    return [
        path
        for path in project_files()
        if path.suffix == ".py" and any(path.is_relative_to(folder) for folder in wanted)
    ]


def module_name(path: Path) -> str:
    """`resolvers/loaders/base.py` -> `resolvers.loaders.base`; a package is named by its folder."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@functools.cache
def syntax_tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
