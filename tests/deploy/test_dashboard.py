"""The dashboard as a file: what it asks for is there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from gateway.telemetry.exposition import registry_of
from tests.deploy.prometheus import ALERTS, DASHBOARD
from tests.gateway.telemetry.complete import complete

METRIC = re.compile(r"\b(?:gateway|process|python)_\w+\b")


def dashboard() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    return loaded


def panels() -> Iterator[dict[str, Any]]:
    yield from (panel for panel in dashboard()["panels"] if panel["type"] != "row")


def queries() -> Iterator[str]:
    for panel in panels():
        yield from (target["expr"] for target in panel["targets"])


def sample_names() -> set[str]:
    """Names as Prometheus knows them, with their suffixes."""
    with complete() as telemetry:
        registry = registry_of(telemetry.families)
        return set(registry._names_to_collectors)


def test_every_metric_that_is_asked_for_exists() -> None:
    text = "\n".join(queries()) + ALERTS.read_text(encoding="utf-8")
    asked = set(METRIC.findall(text))
    assert len(asked) > 20
    assert asked - sample_names() == set()


def test_every_metric_of_our_own_is_on_the_dashboard() -> None:
    asked = set(METRIC.findall("\n".join(queries())))
    shown = {re.sub(r"_(?:total|bucket|sum|count)$", "", name) for name in asked}
    with complete() as telemetry:
        assert {family.name for family in telemetry.families()} - shown == set()


def test_panels_are_laid_out_side_by_side() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in dashboard()["panels"]:
        place = panel["gridPos"]
        assert 0 <= place["x"] <= 24 - place["w"]
        cells = {
            (place["x"] + across, place["y"] + down)
            for across in range(place["w"])
            for down in range(place["h"])
        }
        assert not cells & taken, panel["title"]
        taken |= cells


def test_panels_say_what_they_show_and_can_be_told_apart() -> None:
    shown = list(panels())
    assert all(panel["title"] and panel["description"] for panel in shown)
    for unique in ("id", "title"):
        values = [panel[unique] for panel in dashboard()["panels"]]
        assert len(set(values)) == len(values)


def test_every_query_keeps_to_the_processes_that_were_chosen() -> None:
    for query in queries():
        selectors = re.findall(r"\b(?:gateway|process|python)_\w+(\{[^}]*\})?", query)
        assert all(each.startswith('{job=~"$job",instance=~"$instance"') for each in selectors)
