"""What has happened, counted: operations and REST calls, as Prometheus wants to know them.

Labels take values out of closed or bounded sets only, so the number of time series does not grow
with users, projects, jobs or query texts. docs/operations.md explains each metric.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from prometheus_client.core import Metric

from gateway.http.observation import Observation
from gateway.telemetry.client import client_name, shortened
from gateway.telemetry.tallies import Counts, Durations, Names, Sums
from upstream.events import CallFailed, CallFinished, Event

DEFAULT_NAMES = 100
ANONYMOUS = "(anonymous)"  # parentheses keep it apart from all names of operations

# Seconds. From an answer without a REST call to what GitLab's own limit of a minute lets through.
OPERATION_BOUNDS = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
CALL_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """`names` bounds how many operations and how many clients are told apart."""

    def __init__(self, names: int = DEFAULT_NAMES) -> None:
        self._operations = Counts(
            "gateway_operations",
            "Requests to the GraphQL endpoint, by what became of them.",
            ("kind", "result", "status"),
        )
        self._seconds = Durations(
            "gateway_operation_seconds",
            "Time from the request's head to its answer.",
            ("kind",),
            bounds=OPERATION_BOUNDS,
        )
        self._named = Sums(
            "gateway_named_operation_seconds",
            "Executed operations by their names, and the time that they took.",
            "operation",
        )
        self._clients = Counts(
            "gateway_client_operations",
            "Executed operations by what the client calls itself.",
            ("client",),
        )
        self._errors = Counts(
            "gateway_errors",
            "Operations with an error of this code, however many of its errors bear it.",
            ("code",),
        )
        self._bytes = Counts("gateway_answer_bytes", "Bytes of answers to operations.")
        self._calls = Counts(
            "gateway_rest_calls",
            "Calls to GitLab, by its status or the error that came instead.",
            ("route", "status"),
        )
        self._call_seconds = Durations(
            "gateway_rest_call_seconds",
            "Time that calls to GitLab took.",
            ("route",),
            bounds=CALL_BOUNDS,
        )
        self._call_bytes = Counts("gateway_rest_bytes", "Bytes of GitLab's answers, unpacked.")
        self._operation_names = Names(names)
        self._client_names = Names(names)
        self._handlers: dict[type, Callable[[Any], None]] = {
            CallFinished: self._call_finished,
            CallFailed: self._call_failed,
        }

    def count(self, ended: Iterable[Observation], events: Iterable[Event]) -> None:
        for event in events:
            handler = self._handlers.get(type(event))
            if handler is not None:
                handler(event)
        for seen in ended:
            self._count(seen)

    def families(self) -> Iterable[Metric]:
        for each in (
            self._operations,
            self._seconds,
            self._named,
            self._clients,
            self._errors,
            self._bytes,
            self._calls,
            self._call_seconds,
            self._call_bytes,
        ):
            yield each.family()

    def _count(self, seen: Observation) -> None:
        kind = seen.kind
        self._operations.add((kind, seen.result, str(seen.status or "")))
        self._seconds.observe(seen.seconds, (kind,))
        self._bytes.add(amount=seen.size)
        for code in seen.codes:
            self._errors.add((code,))
        if seen.executed:
            name = seen.name
            shown = ANONYMOUS if name is None else shortened(name)
            self._named.observe(seen.seconds, self._operation_names.bounded(shown))
            client = client_name(seen.head) or ANONYMOUS
            self._clients.add((self._client_names.bounded(client),))

    def _call_finished(self, event: CallFinished) -> None:
        self._calls.add((event.route, str(event.status)))
        self._call_seconds.observe(event.seconds, (event.route,))
        self._call_bytes.add(amount=event.size)

    def _call_failed(self, event: CallFailed) -> None:
        self._calls.add((event.route, event.error))
        self._call_seconds.observe(event.seconds, (event.route,))
