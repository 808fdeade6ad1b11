"""OpenTelemetry traces: a span for each operation, and one for each of its calls to GitLab.

The only module that knows OpenTelemetry, which is an extra: to be imported where it is asked for.
Everything about exporters, sampling and resources is set by OpenTelemetry's own variables.
"""

from __future__ import annotations

import time
from http import HTTPStatus
from urllib.parse import urlsplit

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, Tracer, format_trace_id, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.trace.status import StatusCode
from opentelemetry.util.types import AttributeValue

from gateway import __version__
from gateway.http.observation import Observation
from gateway.telemetry.account import account_of
from gateway.telemetry.client import client_name, client_version, shortened
from gateway.telemetry.propagation import REQUEST_ID, request_id_of, trace_of
from gateway.telemetry.tallies import OTHER, Names
from upstream.journal import Call, Headers, Journal, Means

SERVICE = "gitlab-jobs-gateway"
MAX_NAMES = 100  # of operations in spans' names, which trace stores list

_PROPAGATOR = TraceContextTextMapPropagator()

Attributes = dict[str, AttributeValue]


def open_provider() -> TracerProvider:
    """What hands spans on over OTLP/HTTP, as the OTEL_* variables say."""
    named = Resource({"service.name": SERVICE, "service.version": __version__})
    provider = TracerProvider(
        resource=Resource.create().merge(named).merge(OTELResourceDetector().detect())
    )
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider


class OpenTelemetryTracing:
    """`base_url` is GitLab's."""

    def __init__(self, provider: TracerProvider, base_url: str) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer(SERVICE, __version__)
        self._names = Names(MAX_NAMES)
        parts = urlsplit(base_url)
        port = parts.port or {"http": 80, "https": 443}[parts.scheme]
        self._gitlab: Attributes = {"server.address": parts.hostname or "", "server.port": port}

    def began(self, seen: Observation) -> None:
        parent = _PROPAGATOR.extract(dict(trace_of(seen.head)))
        span = self._tracer.start_span("request", parent, SpanKind.SERVER)
        seen.trace_id = format_trace_id(span.get_span_context().trace_id)
        ids = ((REQUEST_ID, request_id_of(seen.head)),)
        context = set_span_in_context(span, parent)
        seen.journal = _TracedJournal(ids, span, context, self._tracer, self._gitlab)

    def ended(self, seen: Observation) -> None:
        journal = seen.journal
        if not isinstance(journal, _TracedJournal):
            return
        span = journal.span
        if span.is_recording():
            span.update_name(self._name(seen))
            span.set_attributes(_attributes(seen))
            if seen.result in {"errors", "failed"}:
                span.set_status(StatusCode.ERROR)
                span.set_attribute("error.type", seen.codes[0])
        span.end(time.time_ns() - round((time.perf_counter() - seen.started - seen.seconds) * 1e9))

    def close(self) -> None:
        self._provider.shutdown()

    def _name(self, seen: Observation) -> str:
        name = self._names.bounded(shortened(seen.name)) if seen.executed and seen.name else OTHER
        return seen.kind if name == OTHER else f"{seen.kind} {name}"


class _TracedJournal(Journal):
    """`within` has the operation's `span` as the current one."""

    __slots__ = ("_gitlab", "_tracer", "_within", "span")

    def __init__(
        self, headers: Headers, span: Span, within: Context, tracer: Tracer, gitlab: Attributes
    ) -> None:
        super().__init__(headers)
        self.span = span
        self._within = within
        self._tracer = tracer
        self._gitlab = gitlab

    def note(self, route: str, means: Means) -> Call:
        if means != "sent":
            return super().note(route, means)
        method, _, template = route.partition(" ")
        asked: Attributes = {"http.request.method": method, "url.template": template}
        span = self._tracer.start_span(
            route, self._within, SpanKind.CLIENT, {**self._gitlab, **asked}
        )
        carrier: dict[str, str] = {}
        _PROPAGATOR.inject(carrier, set_span_in_context(span, self._within))
        call = _TracedCall(route, (*self.headers, *carrier.items()), span)
        self.calls.append(call)
        return call


class _TracedCall(Call):
    __slots__ = ("_span",)

    def __init__(self, route: str, headers: Headers, span: Span) -> None:
        super().__init__(route, "sent", time.perf_counter(), headers=headers)
        self._span = span

    def answered(self, status: int, size: int) -> None:
        super().answered(status, size)
        self._span.set_attribute("http.response.status_code", status)
        self._span.set_attribute("http.response.body.size", size)
        self._end(str(status) if status >= HTTPStatus.BAD_REQUEST else None)

    def failed(self, error: BaseException) -> None:
        super().failed(error)
        self._end(self.error)

    def _end(self, error: str | None) -> None:
        if error is not None:
            self._span.set_status(StatusCode.ERROR)
            self._span.set_attribute("error.type", error)
        self._span.end()


def _attributes(seen: Observation) -> Attributes:
    """What the log's line says, too; nothing of tokens, variables or the query's text."""
    account = account_of(seen.journal)
    told: dict[str, AttributeValue | None] = {
        "graphql.operation.type": seen.kind,
        "graphql.operation.name": shortened(seen.name) if seen.name else None,
        "graphql.document.hash": seen.document.digest if seen.document else None,
        "http.response.status_code": seen.status,
        "http.response.body.size": seen.size,
        "gateway.request_id": request_id_of(seen.head),
        "gateway.client.name": client_name(seen.head),
        "gateway.client.version": client_version(seen.head),
        "gateway.credential": seen.credential.fingerprint() if seen.credential else None,
        "gateway.result": seen.result,
        "gateway.codes": seen.codes or None,
        "gateway.shared": seen.shared,
        "gateway.rest.calls": account.calls,
        "gateway.rest.revalidated": account.revalidated,
        "gateway.rest.shared": account.shared,
        "gateway.cache.hits": account.hits,
    }
    return {name: value for name, value in told.items() if value is not None}
