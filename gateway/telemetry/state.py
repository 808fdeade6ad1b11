"""What is the case now, and what others count: read when somebody asks for metrics."""

from __future__ import annotations

import platform
from collections.abc import Iterable

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from gateway import __version__
from gateway.execution.documents import Documents
from gateway.execution.sharing import Sharing
from gateway.http.health import Readiness
from gateway.telemetry.sink import Sink
from upstream.client import Upstream


def build_info() -> Metric:
    labels = {"version": __version__, "python": platform.python_version()}
    family = GaugeMetricFamily(
        "gateway_build_info", "Always 1; the versions that run.", labels=tuple(labels)
    )
    family.add_metric(tuple(labels.values()), 1)
    return family


def of_readiness(readiness: Readiness) -> Metric:
    return _gauge("gateway_ready", "1 where requests are welcome, else 0.", readiness.ready)


def of_requests(in_flight: int) -> Metric:
    return _gauge("gateway_operations_in_flight", "Operations that wait for an answer.", in_flight)


def of_sharing(sharing: Sharing) -> Metric:
    family = CounterMetricFamily(
        "gateway_queries",
        "Queries that were executed, or got the answer of an identical one in flight; without "
        "those that are never shared.",
        labels=("means",),
    )
    family.add_metric(("executed",), sharing.executed)
    family.add_metric(("shared",), sharing.shared)
    return family


def of_documents(documents: Documents) -> Iterable[Metric]:
    lookups = CounterMetricFamily(
        "gateway_document_lookups",
        "Query texts that were known already, or had to be parsed and validated.",
        labels=("found",),
    )
    lookups.add_metric(("hit",), documents.hits)
    lookups.add_metric(("miss",), documents.misses)
    yield lookups
    yield _count("gateway_documents_evicted", "Query texts pushed out.", documents.evicted)
    yield _gauge("gateway_documents", "Query texts that are kept.", len(documents))


def of_log(sink: Sink) -> Metric:
    return _count(
        "gateway_log_lines_dropped", "Lines lost because nobody took them in time.", sink.dropped
    )


def of_upstream(upstream: Upstream) -> Iterable[Metric]:
    yield from _of_reuse(upstream)
    gate = upstream.gate
    yield _gauge("gateway_rest_calls_in_flight", "Calls to GitLab under way.", gate.inside)
    yield _gauge("gateway_rest_calls_waiting", "Calls that wait for their turn.", gate.in_line)
    yield _gauge("gateway_rest_calls_limit", "Calls that may be under way.", gate.capacity)
    refused = CounterMetricFamily(
        "gateway_rest_calls_refused",
        "Calls that were never made: the line was full, or their turn did not come in time.",
        labels=("reason",),
    )
    refused.add_metric(("full",), gate.turned_away)
    refused.add_metric(("late",), gate.given_up)
    yield refused


def _of_reuse(upstream: Upstream) -> Iterable[Metric]:
    counted = upstream.statistics
    reads = CounterMetricFamily(
        "gateway_reads",
        "Successful reads of GitLab: fetched, revalidated by a 304, a hit on what was kept, or "
        "shared with one in flight.",
        labels=("means",),
    )
    reads.add_metric(("fetched",), counted.misses)
    reads.add_metric(("revalidated",), counted.revalidated)
    reads.add_metric(("hit",), counted.hits)
    reads.add_metric(("shared",), counted.shared)
    yield reads
    yield _count(
        "gateway_reads_borrowed",
        "Revalidated reads whose answer had come for another credential.",
        counted.borrowed,
    )
    yield _count("gateway_cache_evicted", "Answers pushed out by others.", counted.evicted)
    yield _gauge("gateway_cache_entries", "Answers that are kept.", counted.entries)
    yield _gauge("gateway_cache_bytes", "Room that they take.", counted.bytes)
    limit = upstream.config.reuse.cache_bytes
    yield _gauge("gateway_cache_limit_bytes", "Room that they may take.", limit)


def _gauge(name: str, purpose: str, value: float) -> Metric:
    return GaugeMetricFamily(name, purpose, value=value)


def _count(name: str, purpose: str, value: float) -> Metric:
    return CounterMetricFamily(name, purpose, value=value)
