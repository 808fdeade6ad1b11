"""Requests to GitLab's own REST routes are told of as operations are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.telemetry.metrics import Metrics
from gateway.telemetry.operation_log import OperationLog
from gateway.telemetry.telemetry import Telemetry
from tests.gateway.telemetry.watched import watched
from tests.gateway.telemetry.written import Written, written
from upstream.demo import MAINTAINER_TOKEN, Fault
from upstream.demo.effects import Cut

JOB = "/api/v4/projects/demo%2Fshop/jobs/20001"
ROUTE = "GET /projects/:id/jobs/:job_id"
HEADERS = {"private-token": MAINTAINER_TOKEN}


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Written]:
    with written(tmp_path) as log:
        yield log


def telling(log: Written) -> Telemetry:
    return Telemetry(operations=OperationLog(log.log), metrics=Metrics())


async def test_a_call_is_a_line_and_is_counted(log: Written) -> None:
    async with watched(telling(log)) as site:
        answer = await site.client.get(JOB, headers={**HEADERS, "x-request-id": "r1"})
        await site.until("gateway_operations_total", 1, kind="rest", result="ok", status="200")
        assert site.value("gateway_rest_calls_total", route=ROUTE, status="200") == 1
    (line,) = log.lines()
    assert (line["kind"], line["operation"], line["result"]) == ("rest", ROUTE, "ok")
    assert (line["request_id"], line["status"], line["rest_calls"]) == ("r1", 200, 1)
    assert line["bytes"] == len(answer.content)
    assert line["credential"]
    assert line["hash"] is None


async def test_gitlab_is_told_one_id_the_callers_or_a_new_one() -> None:
    async with watched(Telemetry()) as site:
        await site.client.get(JOB, headers={**HEADERS, "x-request-id": "r1"})
        await site.client.get(JOB, headers={**HEADERS, "x-request-id": "not fit for a log"})
    first, second = (sent["x-request-id"] for sent in site.received)
    assert first == "r1"
    assert len(second) == 32


async def test_what_gitlab_and_what_the_gateway_refuse_are_told_apart(log: Written) -> None:
    async with watched(telling(log)) as site:
        await site.client.get(f"{JOB}0000", headers=HEADERS)
        await site.client.get("/api/v4/users", headers=HEADERS)
        site.demo.faults.add(Fault(Cut(), times=None))
        await site.client.get(JOB, headers=HEADERS)
    missing, unserved, cut = log.lines()
    assert (missing["status"], missing["result"], missing["rest_calls"]) == (404, "errors", 1)
    assert (unserved["status"], unserved["result"], unserved["kind"]) == (404, "refused", "unknown")
    assert (cut["status"], cut["result"], cut["rest_failed"] >= 1) == (502, "refused", True)
