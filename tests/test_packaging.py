"""What is handed out: the wheel, the locks, the command, the version."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import gateway
from tests.support.sources import PACKAGES, ROOT, project_files, python_files
from tests.test_layering import imports_of

LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-build.lock")
PINNED = re.compile(r"^([a-z0-9][a-z0-9.-]*)==([^\s;]+)(?: ; (.+?))? \\$", re.MULTILINE)


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def pinned(lock: str) -> dict[str, str]:
    text = (ROOT / lock).read_text(encoding="utf-8")
    return {name: version for name, version, _ in PINNED.findall(text)}


def group(project: dict[str, Any], name: str) -> list[Requirement]:
    entries = project["dependency-groups"][name]
    own = [Requirement(entry) for entry in entries if isinstance(entry, str)]
    included = [entry["include-group"] for entry in entries if isinstance(entry, dict)]
    return own + [requirement for other in included for requirement in group(project, other)]


def extras(project: dict[str, Any]) -> list[Requirement]:
    groups = project["project"]["optional-dependencies"].values()
    return [Requirement(text) for entries in groups for text in entries]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)  # noqa: S603 - our own words
    (built,) = folder.glob("*.whl")
    return zipfile.ZipFile(built)


def test_wheel_holds_every_file_of_the_four_packages_and_no_other(wheel: zipfile.ZipFile) -> None:
    files = {path.relative_to(ROOT).as_posix() for path in project_files()}
    wanted = {name for name in files if name.partition("/")[0] in PACKAGES}
    found = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert found == wanted


def test_wheel_carries_the_licence_and_the_command(wheel: zipfile.ZipFile) -> None:
    info = f"gitlab_jobs_gateway-{gateway.__version__}.dist-info"
    assert f"{info}/licenses/LICENSE" in wheel.namelist()
    commands = wheel.read(f"{info}/entry_points.txt").decode()
    assert "jobs-gateway = gateway.cli:main" in commands


def test_changelog_opens_with_this_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    released = re.findall(r"^## \[(\d[^\]]*)\]", changelog, re.MULTILINE)
    assert released[0] == gateway.__version__


def test_command_tells_its_version() -> None:
    command = [sys.executable, "-m", "gateway", "--version"]
    run = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603 - our own words
    assert gateway.__version__ in run.stdout.split()


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_name_hashes_and_no_addresses(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    requirements = [line for line in text.splitlines() if re.match(r"[a-z0-9]", line)]
    assert requirements
    assert len(requirements) == len(pinned(lock))
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}", text)) >= len(requirements)


@pytest.mark.parametrize(
    ("lock", "groups"),
    [
        ("requirements.lock", []),
        ("requirements-dev.lock", ["dev"]),
        ("requirements-build.lock", ["build"]),
    ],
)
def test_locks_hold_what_the_project_asks_for(
    project: dict[str, Any], lock: str, groups: list[str]
) -> None:
    wanted = [Requirement(text) for text in project["project"]["dependencies"]]
    if lock == "requirements-build.lock":
        wanted = []
    if lock == "requirements-dev.lock":  # the tests try the extras, too
        wanted += extras(project)
    for name in groups:
        wanted += group(project, name)
    versions = pinned(lock)
    missing = [
        str(requirement)
        for requirement in wanted
        if not requirement.specifier.contains(versions.get(canonicalize_name(requirement.name), ""))
    ]
    assert missing == []


def test_locks_agree_with_each_other() -> None:
    development = pinned("requirements-dev.lock")
    for lock in LOCKS:
        assert pinned(lock).items() <= development.items()


def test_tests_run_on_the_locked_versions() -> None:
    text = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")
    here = {
        name: version
        for name, version, marker in PINNED.findall(text)
        if not marker or Marker(marker).evaluate()
    }
    installed = {name: importlib.metadata.version(name) for name in here}
    assert installed == here


def test_every_library_imported_is_declared(project: dict[str, Any]) -> None:
    declared = {
        canonicalize_name(Requirement(text).name) for text in project["project"]["dependencies"]
    } | {canonicalize_name(requirement.name) for requirement in extras(project)}
    homes = importlib.metadata.packages_distributions()
    imported = {
        found.package
        for package in PACKAGES
        for path in python_files(package)
        for found in imports_of(path)
        if found.package not in (*PACKAGES, *sys.stdlib_module_names)
    }
    undeclared = {
        name
        for name in imported
        if not declared & {canonicalize_name(home) for home in homes.get(name, [])}
    }
    assert undeclared == set()


def test_python_versions_are_named_once(project: dict[str, Any]) -> None:
    assert project["project"]["requires-python"] == ">=3.11"
    assert project["tool"]["mypy"]["python_version"] == "3.11"
    assert project["tool"]["ruff"]["target-version"] == "py311"
    install = Path(ROOT, "scripts", "install").read_text(encoding="utf-8")
    assert "sys.version_info < (3, 11)" in install
