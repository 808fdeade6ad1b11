from __future__ import annotations

import re

import httpx
import pytest
from prometheus_client.openmetrics import parser as openmetrics

from gateway.telemetry.exposition import MetricsApp, registry_of
from gateway.telemetry.metrics import Metrics
from gateway.telemetry.telemetry import Telemetry
from tests.support.serving import serve


@pytest.fixture
def app() -> MetricsApp:
    return MetricsApp(registry_of(Telemetry(metrics=Metrics()).families))


async def get(app: MetricsApp, path: str = "/metrics", **headers: str) -> httpx.Response:
    async with serve(app, lifespan="on") as url, httpx.AsyncClient() as client:
        return await client.get(f"{url}{path}", headers=headers)


async def test_prometheus_can_read_it(app: MetricsApp) -> None:
    answer = await get(app, accept="text/plain;version=0.0.4")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    names = set(re.findall(r"^# TYPE (\w+?)(?:_total)? ", answer.text, re.MULTILINE))
    assert {"gateway_operations", "process_resident_memory_bytes", "python_info"} <= names
    assert {"process_open_fds", "python_gc_collections"} <= names


async def test_it_is_openmetrics_for_who_asks(app: MetricsApp) -> None:
    answer = await get(app, accept="application/openmetrics-text;version=1.0.0")
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    families = openmetrics.text_string_to_metric_families(answer.text)  # type: ignore[no-untyped-call] # theirs
    names = {family.name for family in families}
    assert "gateway_event_loop_lag_seconds" in names


async def test_a_part_can_be_asked_for(app: MetricsApp) -> None:
    answer = await get(app, "/metrics?name[]=gateway_build_info")
    assert [line for line in answer.text.splitlines() if not line.startswith("#")] == [
        line for line in answer.text.splitlines() if line.startswith("gateway_build_info{")
    ]
    assert "gateway_build_info{" in answer.text


@pytest.mark.parametrize("path", ["/", "/metrics/", "/graphql"])
async def test_there_is_nothing_else(app: MetricsApp, path: str) -> None:
    answer = await get(app, path)
    assert (answer.status_code, answer.text) == (404, "Metrics are at /metrics.\n")
