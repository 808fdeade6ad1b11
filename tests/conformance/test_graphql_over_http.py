"""The audits of GraphQL over HTTP that npm's graphql-http brings, against the whole gateway."""

from __future__ import annotations

import asyncio
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from gateway.app import create_app
from gateway.settings import read_settings
from tests.support.serving import serve

HERE = Path(__file__).parent
LOCK = HERE / "package-lock.json"
INSTALLED = HERE / "node_modules" / ".package-lock.json"
AUDITS = 61


@pytest.fixture(scope="module")
def audit_package() -> None:
    """Installed from the lock, once, and again where the lock has changed since."""
    if not INSTALLED.exists() or INSTALLED.stat().st_mtime < LOCK.stat().st_mtime:
        subprocess.run(["npm", "ci", "--prefer-offline"], cwd=HERE, check=True)  # noqa: S607 - the npm of this machine
        INSTALLED.touch()


async def audit(url: str) -> list[dict[str, Any]]:
    process = await asyncio.create_subprocess_exec(
        "node", "audit.mjs", url, cwd=HERE, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    assert process.returncode == 0
    results: list[dict[str, Any]] = json.loads(output)
    return results


@pytest.mark.usefixtures("audit_package")
async def test_every_audit_of_graphql_over_http_is_passed() -> None:
    app = create_app(read_settings({"GITLAB_URL": "http://127.0.0.1:9"}))  # never asked
    async with serve(app) as url:
        results = await audit(f"{url}/graphql")
    assert [result for result in results if result["status"] != "ok"] == []
    assert len(results) == AUDITS
