from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from starlette.requests import Request
from starlette.responses import Response

from gateway.settings import read_settings
from gateway.telemetry.opening import TracingUnavailableError, open_telemetry
from tests.gateway.telemetry.watched import watched
from tests.gateway.telemetry.written import written
from tests.support.serving import serve

GITLAB = {"GITLAB_URL": "http://gitlab.invalid"}


async def test_what_is_off_does_nothing(tmp_path: Path) -> None:
    with written(tmp_path, level="warning") as log:
        settings = read_settings({**GITLAB, "GATEWAY_LOG_LEVEL": "warning"})
        telemetry = open_telemetry(settings, log.log, metrics=False)
        async with watched(telemetry) as site:
            await site.ask("{ __typename }")
            families = site.families()
        assert log.lines() == []
    assert "gateway_operations" not in families
    assert "gateway_log_lines_dropped" in families


async def test_settings_reach_what_they_are_for(tmp_path: Path) -> None:
    with written(tmp_path) as log:
        environ = {"GATEWAY_LOG_SAMPLE": "0", "GATEWAY_METRICS_NAMES": "1"}
        telemetry = open_telemetry(read_settings({**GITLAB, **environ}), log.log, metrics=True)
        async with watched(telemetry) as site:
            await site.ask("query A { __typename }")
            await site.ask("query B { nothing }")
            await site.ask("query C { __typename }")
            count = "gateway_named_operation_seconds_count"
            assert site.value(count, operation="A") == site.value(count, operation="(other)") == 1
        assert [line["result"] for line in log.lines()] == ["refused"]


@pytest.mark.parametrize(
    "missing", ["opentelemetry", "opentelemetry.exporter.otlp.proto.http.trace_exporter"]
)
def test_without_the_extra_tracing_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.delattr("gateway.telemetry.tracing", raising=False)
    monkeypatch.delitem(sys.modules, "gateway.telemetry.tracing", raising=False)
    for name in [name for name in sys.modules if name.startswith(missing)]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, missing, None)
    settings = read_settings({**GITLAB, "GATEWAY_TRACING": "true"})
    with (
        written(tmp_path) as log,
        pytest.raises(TracingUnavailableError, match=r'pip install "gitlab-jobs-gateway\[otel\]"'),
    ):
        open_telemetry(settings, log.log, metrics=False)


class Collector:
    """Takes traces over OTLP/HTTP."""

    def __init__(self) -> None:
        self.path = ""
        self.received = ExportTraceServiceRequest()
        self.came = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        self.path = request.url.path
        self.received.MergeFromString(await request.body())
        self.came.set()
        await Response(b"", media_type="application/x-protobuf")(scope, receive, send)


async def test_traces_go_where_opentelemetrys_variables_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    collector = Collector()
    async with serve(collector, lifespan="off") as url:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", url)
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "none")
        monkeypatch.setenv("OTEL_SERVICE_NAME", "ci-gateway")
        monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment=test")
        with written(tmp_path) as log:
            settings = read_settings({**GITLAB, "GATEWAY_TRACING": "true"})
            telemetry = open_telemetry(settings, log.log, metrics=False)
            async with watched(telemetry) as site:
                await site.ask('query One { job(projectId: "demo/shop", id: 20001) { name } }')
            await asyncio.wait_for(collector.came.wait(), 10)
    assert collector.path == "/v1/traces"
    (resource,) = collector.received.resource_spans
    attributes = {pair.key: pair.value.string_value for pair in resource.resource.attributes}
    assert attributes["service.name"] == "ci-gateway"
    assert attributes["deployment.environment"] == "test"
    names = {span.name for scope in resource.scope_spans for span in scope.spans}
    assert names == {"query One", "GET /projects/:id/jobs/:job_id"}


def test_the_service_has_a_name_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES"):
        monkeypatch.delenv(name, raising=False)
    from gateway.telemetry.tracing import open_provider  # noqa: PLC0415 - others unload it

    provider = open_provider()
    assert provider.resource.attributes["service.name"] == "gitlab-jobs-gateway"
    provider.shutdown()
