"""What the documents promise is there: files, scripts, dependencies, the README's own answer."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import graphql as core
import httpx
import pytest
from packaging.requirements import Requirement

from schema import build_schema
from tests.support.sources import ROOT, project_files

LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)")
DEPENDENCY = re.compile(r"^\| ([\w-]+) \| `([^`]+)` \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def documents() -> list[Path]:
    return [path for path in project_files() if path.suffix == ".md"]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(text: str, language: str) -> list[str]:
    return [body for kind, body in FENCE.findall(text) if kind == language]


def test_links_lead_somewhere() -> None:
    broken = [
        f"{path.relative_to(ROOT)}: {target}"
        for path in documents()
        for target in LINK.findall(path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists()
    ]
    assert broken == []


def test_scripts_named_in_documents_exist() -> None:
    named = {
        name
        for path in documents()
        for name in re.findall(r"\bscripts/([a-z][\w-]*)\b(?!\.)", path.read_text(encoding="utf-8"))
    }
    there = {path.name for path in (ROOT / "scripts").iterdir() if not path.suffix}
    assert named <= there
    assert there <= set(re.findall(r"`scripts/([\w-]+)` \|", read("scripts/README.md")))


@pytest.mark.parametrize("folder", ["docs", "examples"])
def test_indexes_name_every_file(folder: str) -> None:
    there = {path.name for path in (ROOT / folder).iterdir() if path.is_file()} - {"README.md"}
    assert there
    assert (
        there == {Path(target).name for target in LINK.findall(read(f"{folder}/README.md"))} & there
    )


def declared_dependencies() -> Iterator[tuple[str, str]]:
    project = tomllib.loads(read("pyproject.toml"))
    named = project["project"]
    groups = [*project["dependency-groups"].values(), *named["optional-dependencies"].values()]
    entries: list[Any] = [entry for group in groups for entry in group]
    for entry in named["dependencies"] + entries:
        if isinstance(entry, str):
            yield Requirement(entry).name, entry.removeprefix(Requirement(entry).name)


def test_dependencies_are_those_of_the_project() -> None:
    rows = DEPENDENCY.findall(read("docs/dependencies.md"))
    assert dict(declared_dependencies()) == {name: versions for name, versions, *_ in rows}
    assert [
        name for name, _, licence, reason in rows if not (licence.strip() and reason.strip())
    ] == []


def test_every_type_with_an_action_is_named_in_the_readme() -> None:
    actions = core.build_schema(build_schema().as_str()).mutation_type
    assert actions is not None
    assert [name for name in actions.fields if f"`{name}`" not in read("README.md")] == []


def readme_request() -> tuple[dict[str, str], dict[str, Any]]:
    """Headers and body of the README's curl."""
    (command,) = [block for block in blocks(read("README.md"), "sh") if block.startswith("curl")]
    words = shlex.split(command)
    headers = [words[index + 1] for index, word in enumerate(words) if word == "-H"]
    body = json.loads(words[words.index("-d") + 1])
    return dict(header.split(": ", 1) for header in headers), body


async def test_readme_query_gives_the_answer_shown(gateway_url: str) -> None:
    headers, body = readme_request()
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"{gateway_url}/graphql", headers=headers, json=body)
    (shown,) = blocks(read("README.md"), "json")
    assert answer.json() == json.loads(shown)


def test_readme_tokens_are_those_of_the_demo() -> None:
    tokens = set(re.findall(r'= "(demo-[a-z]+)"', read("upstream/demo/tokens.py")))
    assert tokens
    assert {token for token in tokens if f"| `{token}` |" in read("README.md")} == tokens
