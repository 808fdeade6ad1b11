"""Spans of operations and of their calls, as an exporter gets them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ParentBased
from opentelemetry.trace import SpanKind, StatusCode, format_span_id, format_trace_id

from gateway.http.head import read_head
from gateway.http.observation import Observation
from gateway.telemetry.telemetry import Telemetry
from gateway.telemetry.tracing import OpenTelemetryTracing
from tests.gateway.telemetry.watched import watched
from upstream.demo import Fault
from upstream.demo.effects import Cut, Hold, server_error

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT_ID = "00f067aa0ba902b7"
PARENT = f"00-{TRACE_ID}-{PARENT_ID}-01"
NESTED = """
query Failures($id: ID!) {
  pipeline(projectId: "demo/shop", id: $id) { jobs(first: 1) { nodes { log { text(tail: 1) } } } }
}
"""
JOB = 'query One { job(projectId: "demo/shop", id: 20001) { name } }'


class Exported:
    """What a gateway that traces has handed on."""

    def __init__(self, provider: TracerProvider | None = None) -> None:
        self._exporter = InMemorySpanExporter()
        provider = provider or TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(self._exporter))
        self.telemetry = Telemetry(
            tracing=OpenTelemetryTracing(provider, "https://gitlab.example.com/git")
        )

    def spans(self) -> Sequence[ReadableSpan]:
        self.telemetry.settle()
        return self._exporter.get_finished_spans()

    def operation(self) -> ReadableSpan:
        (found,) = [span for span in self.spans() if span.kind is SpanKind.SERVER]
        return found

    def calls(self) -> list[ReadableSpan]:
        return [span for span in self.spans() if span.kind is SpanKind.CLIENT]


def ids(span: ReadableSpan) -> tuple[str, str, str | None]:
    """Trace, span and parent."""
    context = span.get_span_context()
    parent = None if span.parent is None else format_span_id(span.parent.span_id)
    assert context is not None
    return format_trace_id(context.trace_id), format_span_id(context.span_id), parent


async def test_an_operation_is_a_span_and_each_of_its_calls_one_below() -> None:
    exported = Exported()
    async with watched(exported.telemetry) as site:
        answer = await site.ask(NESTED, {"id": 1001}, x_request_id="r1", graphql_client_name="me")
    operation = exported.operation()
    trace_id, span_id, parent = ids(operation)
    assert parent is None
    assert operation.name == "query Failures"
    calls = exported.calls()
    assert [call.name for call in calls] == [
        "GET /projects/:id/pipelines/:pipeline_id",
        "GET /projects/:id/pipelines/:pipeline_id/jobs",
        "GET /projects/:id/jobs/:job_id/trace",
    ]
    for call in calls:
        assert ids(call)[0] == trace_id
        assert ids(call)[2] == span_id
        assert operation.start_time is not None
        assert call.start_time is not None
        assert call.end_time is not None
        assert operation.end_time is not None
        assert operation.start_time <= call.start_time <= call.end_time <= operation.end_time
        assert call.attributes is not None
        assert call.attributes["server.address"] == "gitlab.example.com"
        assert call.attributes["server.port"] == 443
        assert call.attributes["http.response.status_code"] == 200
        assert call.attributes["url.template"] == call.name.partition(" ")[2]
    assert operation.attributes is not None
    told = dict(operation.attributes)
    assert told["gateway.rest.calls"] == 3
    assert told["graphql.operation.type"] == "query"
    assert told["gateway.request_id"] == "r1"
    assert told["gateway.client.name"] == "me"
    assert told["http.response.body.size"] == len(answer.content)
    assert operation.status.status_code is StatusCode.UNSET


async def test_the_callers_trace_goes_on_and_gitlab_is_told_of_the_call() -> None:
    exported = Exported()
    async with watched(exported.telemetry) as site:
        await site.ask(JOB, traceparent=PARENT, tracestate="vendor=x")
    operation, (call,) = exported.operation(), exported.calls()
    assert ids(operation)[0] == TRACE_ID
    assert ids(operation)[2] == PARENT_ID
    (sent,) = site.received
    assert sent["traceparent"] == f"00-{TRACE_ID}-{ids(call)[1]}-01"
    assert sent["tracestate"] == "vendor=x"


async def test_what_is_not_sampled_is_not_exported_and_still_handed_on() -> None:
    exported = Exported(TracerProvider(sampler=ParentBased(ALWAYS_OFF)))
    async with watched(exported.telemetry) as site:
        await site.ask(JOB)
        assert exported.spans() == ()
        await site.ask('{ job(projectId: "demo/shop", id: 20002) { name } }', traceparent=PARENT)
    assert [int(sent["traceparent"][-2:], 16) & 1 for sent in site.received] == [0, 1]
    assert {ids(span)[0] for span in exported.spans()} == {TRACE_ID}


async def test_errors_are_recorded() -> None:
    exported = Exported()
    async with watched(exported.telemetry) as site:
        site.demo.faults.add(Fault(server_error(), times=None))
        await site.ask(JOB)
    operation, call = exported.operation(), exported.calls()[0]
    assert operation.status.status_code is StatusCode.ERROR
    assert operation.attributes is not None
    assert operation.attributes["error.type"] == "UPSTREAM_ERROR"
    assert operation.attributes["gateway.codes"] == ("UPSTREAM_ERROR",)
    assert call.status.status_code is StatusCode.ERROR
    assert call.attributes is not None
    assert call.attributes["error.type"] == "500"


async def test_a_call_without_an_answer_is_an_error() -> None:
    exported = Exported()
    async with watched(exported.telemetry) as site:
        site.demo.faults.add(Fault(Cut(), times=None))
        await site.ask(JOB)
    call = exported.calls()[0]
    assert call.status.status_code is StatusCode.ERROR
    assert call.attributes is not None
    assert call.attributes["error.type"] == "Disconnected"


async def test_a_refused_request_is_the_callers_error_not_the_spans() -> None:
    exported = Exported()
    async with watched(exported.telemetry) as site:
        await site.ask("query Secret {", name="Secret")
    operation = exported.operation()
    assert operation.name == "unknown"
    assert operation.status.status_code is StatusCode.UNSET
    assert operation.attributes is not None
    assert operation.attributes["gateway.result"] == "refused"


async def test_a_call_that_is_given_up_ends_its_span() -> None:
    exported = Exported()
    async with watched(exported.telemetry) as site:
        hold = Hold()
        site.demo.faults.add(Fault(hold))
        asking = asyncio.create_task(site.ask(JOB))
        await hold.arrived.wait()
        asking.cancel()
        async with asyncio.timeout(10):
            while len(exported.spans()) < 2:  # noqa: ASYNC110 - the exporter offers no event
                await asyncio.sleep(0.01)
    call = exported.calls()[0]
    assert call.attributes is not None
    assert call.attributes["error.type"] == "CancelledError"
    operation = exported.operation()
    assert operation.attributes is not None
    assert operation.attributes["gateway.result"] == "gone"


async def test_no_span_tells_a_token_a_variable_an_id_or_the_query() -> None:
    exported = Exported()
    async with watched(exported.telemetry) as site:
        site.demo.add_token("mia", "glpat-s3cret")
        await site.ask(NESTED, {"id": 1001}, token="glpat-s3cret")
        await site.ask('{ job(projectId: "s3cret", id: 77777) { name } }', token="glpat-s3cret")
    text = " ".join(span.to_json() for span in exported.spans())
    for secret in ("s3cret", "1001", "77777", "demo/shop", "demo%2Fshop", "nodes {"):
        assert secret not in text


async def test_span_names_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.telemetry.tracing.MAX_NAMES", 2)
    exported = Exported()
    async with watched(exported.telemetry) as site:
        for number in range(4):
            await site.ask(f"query Q{number} {{ __typename }}")
    assert [span.name for span in exported.spans()] == ["query Q0", "query Q1", "query", "query"]


async def test_closing_hands_on_what_is_left() -> None:
    exported = Exported()
    async with watched(exported.telemetry) as site:
        await site.ask("{ __typename }")
    assert len(exported._exporter.get_finished_spans()) == 1


def test_an_observation_that_others_began_is_let_be() -> None:
    seen = Observation(read_head({"headers": []}))
    tracing = OpenTelemetryTracing(TracerProvider(), "http://gitlab.invalid")
    tracing.ended(seen)
