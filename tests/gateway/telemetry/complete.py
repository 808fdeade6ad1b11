"""Telemetry with every part that has metrics to show."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from gateway.execution.documents import Documents
from gateway.execution.sharing import Sharing
from gateway.http.health import Readiness
from gateway.telemetry.logs import Log
from gateway.telemetry.metrics import Metrics
from gateway.telemetry.rendering import Form
from gateway.telemetry.telemetry import Telemetry
from tests.gateway.example import SCHEMA
from tests.upstream.conftest import Canned
from upstream.client import Upstream
from upstream.config import UpstreamConfig


@contextmanager
def complete() -> Iterator[Telemetry]:
    descriptor = os.open(os.devnull, os.O_WRONLY)
    log = Log(Form.JSON, "info", descriptor)
    telemetry = Telemetry(metrics=Metrics(), log=log)
    documents = Documents(SCHEMA._schema)
    telemetry.watch(Readiness(), documents, Sharing())
    telemetry._upstream = Upstream(UpstreamConfig("http://gitlab.invalid"), Canned({}))
    try:
        yield telemetry
    finally:
        log.close()
        os.close(descriptor)
