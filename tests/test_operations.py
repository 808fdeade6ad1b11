"""docs/operations.md: what it explains is what the gateway tells, and all of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from gateway.http.observation import Result
from gateway.telemetry.operation_log import OperationLog
from gateway.telemetry.telemetry import Telemetry
from gateway.telemetry.tracing import OpenTelemetryTracing
from tests.deploy.prometheus import ALERTS
from tests.gateway.telemetry.complete import complete
from tests.gateway.telemetry.watched import watched
from tests.gateway.telemetry.written import Written, written
from tests.support.sources import ROOT
from upstream.demo import tokens

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """The text below a heading, to the next of its rank or above."""
    match = re.search(rf"^(##+) {title}\n(.*?)(?=^#{{1,3}} |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert match is not None, title
    return match.group(2)


def rows(text: str, columns: int) -> list[tuple[str, ...]]:
    pattern = r"^\|" + r"([^|\n]*)\|" * columns + "$"
    cells = re.findall(pattern, text, re.MULTILINE)
    return [tuple(cell.strip() for cell in row) for row in cells]


def named(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Written]:
    with written(tmp_path) as log:
        yield log


def test_every_metric_is_explained_as_it_is() -> None:
    documented = {
        named(name)[0]: (kind, named(labels), purpose)
        for name, kind, labels, purpose in rows(section("Metrics"), 4)
        if name.startswith("`")
    }
    with complete() as telemetry:
        told: dict[str, tuple[str, list[str], str]] = {}
        for family in telemetry.families():
            labels: Any = getattr(family, "_labelnames", ())
            name = f"{family.name}_total" if family.type == "counter" else family.name
            told[name] = (family.type, list(labels), family.documentation)
    assert documented == told


def test_the_page_of_metrics_has_no_other_and_leaves_none_out() -> None:
    _, shown = re.findall(r"```(\w+)\n(.*?)```", section("Metrics"), re.DOTALL)
    samples = set(re.findall(r"^(\w+)", shown[1], re.MULTILINE))
    families = {re.sub("_(?:sum|count)$", "", sample) for sample in samples}
    with complete() as telemetry:
        told = {
            f"{family.name}_total" if family.type == "counter" else family.name
            for family in telemetry.families()
        }
    assert families - told == set()
    assert told - families == {"gateway_errors_total"}  # nothing went wrong


async def test_every_key_of_an_operations_line_is_explained(log: Written) -> None:
    telemetry = Telemetry(operations=OperationLog(log.log))
    async with watched(telemetry) as site:
        await site.ask("{ __typename }")
    (line,) = log.lines()
    general = [named(key)[0] for key, _ in rows(section("Log"), 2) if key.startswith("`")]
    tables = [row for row in rows(section("Operations"), 2) if row[0].startswith("`")]
    keys = [named(key)[0] for key, _ in tables]
    results = [key for key in keys if key in get_args(Result)]
    assert results == list(get_args(Result))
    explained = [key for key in keys if key not in results]
    assert [*general[:3], *explained] == list(line)
    assert set(general) == {"timestamp", "level", "event", "logger", "request_id", "exception"}


def test_the_line_shown_is_one_of_this_version() -> None:
    ((_, shown),) = re.findall(r"```(json)\n(.*?)\n```", section("Operations"), re.DOTALL)
    tables = [named(row[0])[0] for row in rows(section("Operations"), 2) if row[0].startswith("`")]
    keys = [key for key in tables if key not in get_args(Result)]
    assert list(json.loads(shown)) == ["timestamp", "level", "event", *keys]


async def test_every_attribute_of_a_span_is_explained() -> None:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    telemetry = Telemetry(tracing=OpenTelemetryTracing(provider, "http://gitlab.invalid"))
    async with watched(telemetry) as site:
        await site.ask(
            'query A { job(projectId: "demo/shop", id: 5) { name } }',
            apollographql_client_name="me",
            apollographql_client_version="1",
        )
    told: dict[str, set[str]] = {"operation": set(), "call": set()}
    for span in exporter.get_finished_spans():
        where = "operation" if span.kind is SpanKind.SERVER else "call"
        told[where] |= set(span.attributes or ())
    documented: dict[str, set[str]] = {"operation": set(), "call": set()}
    for where, attributes, _ in rows(section("Traces"), 3):
        for each in ("operation", "call") if where == "both" else (where,):
            documented.setdefault(each, set()).update(named(attributes))
    assert documented["operation"] == told["operation"]
    assert documented["call"] == told["call"]


def test_every_alert_has_its_advice() -> None:
    alerts = re.findall(r"- alert: (\w+)", ALERTS.read_text(encoding="utf-8"))
    advice = rows(section("Dashboard and alerts"), 2)
    assert [name for name, _ in advice if name in alerts] == alerts
    assert {name for name, _ in advice} - set(alerts) == {"alert", "---"}


def test_nothing_that_was_pasted_has_a_token() -> None:
    for name in vars(tokens):
        if name.endswith("_TOKEN"):
            assert getattr(tokens, name) not in PAGE
