"""Telemetry as the settings ask for it."""

from __future__ import annotations

import logging

from gateway.settings import Settings
from gateway.telemetry.logs import Log
from gateway.telemetry.metrics import Metrics
from gateway.telemetry.operation_log import OperationLog
from gateway.telemetry.telemetry import Telemetry, Tracing

logger = logging.getLogger("gateway.telemetry")


class TracingUnavailableError(Exception):
    """Traces are asked for, and what makes them is not installed."""


def open_telemetry(settings: Settings, log: Log, *, metrics: bool) -> Telemetry:
    """`metrics`: somebody can ask for them. Raises TracingUnavailableError."""
    wanted = settings.telemetry
    return Telemetry(
        operations=OperationLog(log, wanted.log_sample) if log.tells(logging.INFO) else None,
        metrics=Metrics(wanted.metrics_names) if metrics else None,
        tracing=_tracing(settings) if wanted.tracing else None,
        log=log,
    )


def _tracing(settings: Settings) -> Tracing:
    try:
        from gateway.telemetry import tracing  # noqa: PLC0415 - an extra, wanted only here
    except ImportError as error:
        raise TracingUnavailableError(
            f"GATEWAY_TRACING is on, and {error.name} is missing: install the extra "
            '(pip install "gitlab-jobs-gateway[otel]"), or set GATEWAY_TRACING=false'
        ) from error
    provider = tracing.open_provider()
    return tracing.OpenTelemetryTracing(provider, settings.upstream.base_url)
