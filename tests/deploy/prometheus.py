"""A real Prometheus that scrapes one target, for as long as a test takes."""

from __future__ import annotations

import asyncio
import shutil
import socket
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[2]
DASHBOARD = ROOT / "deploy" / "grafana" / "dashboard.json"
ALERTS = ROOT / "deploy" / "prometheus" / "alerts.yml"

JOB = "gitlab-jobs-gateway"
SECONDS = 60.0

_CONFIGURATION = """\
global: {{ scrape_interval: 500ms, evaluation_interval: 500ms }}
rule_files: ["{alerts}"]
scrape_configs:
  - job_name: {job}
    static_configs: [{{ targets: ["{target}"] }}]
"""


class Prometheus:
    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def query(self, expression: str) -> list[dict[str, Any]]:
        """An instant vector; fails where Prometheus does not take the expression."""
        answer = await self._client.get("/api/v1/query", params={"query": expression})
        told = answer.json()
        assert told["status"] == "success", f"{expression}: {told}"
        result: list[dict[str, Any]] = told["data"]["result"]
        return result

    async def alerts(self) -> dict[str, str]:
        """The health of each alerting rule by its name."""
        groups = (await self._client.get("/api/v1/rules")).json()["data"]["groups"]
        return {rule["name"]: rule["health"] for group in groups for rule in group["rules"]}

    async def metadata(self) -> set[str]:
        return set((await self._client.get("/api/v1/metadata")).json()["data"])


def executable(name: str = "prometheus") -> str:
    found = shutil.which(name)
    if found is None:
        raise FileNotFoundError(f"no {name} on this machine: scripts/test --slow installs it")
    return found


@asynccontextmanager
async def scraping(target: str, folder: Path) -> AsyncIterator[Prometheus]:
    """`target` is host:port; the block begins when Prometheus has scraped it."""
    configuration = folder / "prometheus.yml"
    configuration.write_text(_CONFIGURATION.format(alerts=ALERTS, job=JOB, target=target))
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        executable(),
        f"--config.file={configuration}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn",
        stdout=DEVNULL,
        stderr=PIPE,
    )
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            prometheus = Prometheus(client)
            await _until_scraped(prometheus, process)
            yield prometheus
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def _until_scraped(prometheus: Prometheus, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(SECONDS):
        while True:
            if process.returncode is not None:
                _, errors = await process.communicate()
                raise RuntimeError(f"Prometheus ended: {errors.decode()}")
            try:
                if await prometheus.query(f'up{{job="{JOB}"}} == 1'):
                    return
            except (httpx.TransportError, ValueError):  # not there yet, or not answering in JSON
                pass
            await asyncio.sleep(0.1)  # Prometheus offers no event for it
