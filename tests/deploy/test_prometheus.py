"""The dashboard and the alerts, asked of a real Prometheus that scrapes a real gateway."""

from __future__ import annotations

import asyncio
import math
import re
import subprocess
from pathlib import Path

import pytest

from gateway.telemetry.exposition import MetricsApp, registry_of
from tests.deploy.prometheus import ALERTS, SECONDS, Prometheus, executable, scraping
from tests.deploy.test_dashboard import queries
from tests.deploy.traffic import traffic
from tests.gateway.telemetry.complete import complete
from tests.gateway.telemetry.watched import watched
from tests.support.serving import serve

pytestmark = pytest.mark.slow

_VARIABLES = {"$job": ".*", "$instance": ".*", "$__rate_interval": "10s"}


def as_grafana_sends_it(query: str) -> str:
    for name, value in _VARIABLES.items():
        query = query.replace(name, value)
    return query


async def answers(prometheus: Prometheus, query: str) -> bool:
    """Whether a query gives numbers; no number comes of 0 divided by 0."""
    result = await prometheus.query(as_grafana_sends_it(query))
    return any(math.isfinite(float(each["value"][1])) for each in result)


async def test_every_query_of_the_dashboard_is_answered(tmp_path: Path) -> None:
    with complete() as telemetry:
        async with (
            watched(telemetry) as site,
            serve(MetricsApp(registry_of(telemetry.families)), lifespan="on") as metrics,
            traffic(site),
            scraping(metrics.removeprefix("http://"), tmp_path) as prometheus,
        ):
            unanswered = set(queries())
            async with asyncio.timeout(SECONDS):
                while unanswered:
                    unanswered = {
                        query for query in unanswered if not await answers(prometheus, query)
                    }
                    await asyncio.sleep(0.2)  # until after the next scrape
            # What the tests of files believe the names to be is what Prometheus calls them.
            assert {family.name for family in telemetry.families()} - {
                re.sub("_total$", "", name) for name in await prometheus.metadata()
            } == set()


async def test_every_alert_can_be_evaluated(tmp_path: Path) -> None:
    with complete() as telemetry:
        async with (
            serve(MetricsApp(registry_of(telemetry.families)), lifespan="on") as metrics,
            scraping(metrics.removeprefix("http://"), tmp_path) as prometheus,
        ):
            names = set(re.findall(r"- alert: (\w+)", ALERTS.read_text()))
            async with asyncio.timeout(SECONDS):
                while await prometheus.alerts() != dict.fromkeys(names, "ok"):  # noqa: ASYNC110 - it offers no event
                    await asyncio.sleep(0.1)


def test_prometheus_finds_no_fault_in_the_alerts() -> None:
    run = subprocess.run(  # noqa: S603 - our own words
        [executable("promtool"), "check", "rules", str(ALERTS)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
