from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.trace import get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from gateway.http.head import read_head
from gateway.telemetry.propagation import trace_id_of, trace_of
from gateway.telemetry.telemetry import Telemetry
from tests.gateway.telemetry.watched import watched
from upstream.journal import Headers

PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
JOB = '{ job(projectId: "demo/shop", id: 20001) { name } }'


def trace(*headers: tuple[bytes, bytes]) -> Headers:
    return trace_of(read_head({"headers": list(headers)}))


@pytest.mark.parametrize(
    "parent",
    [
        PARENT,
        PARENT.replace("00-4", "00-5")[:-2] + "00",
        f"cc{PARENT[2:]}",
        f"cc{PARENT[2:]}-what-the-future-will-be-like",
    ],
)
def test_a_well_formed_parent_is_taken(parent: str) -> None:
    assert trace((b"traceparent", parent.encode())) == (("traceparent", parent),)


@pytest.mark.parametrize(
    "parent",
    [
        "",
        "00",
        PARENT.upper(),
        PARENT[:-1],
        f"{PARENT}-more",
        f"{PARENT} ",
        f"{PARENT}\n",
        f"ff{PARENT[2:]}",
        f"00-{'0' * 32}-00f067aa0ba902b7-01",
        f"00-4bf92f3577b34da6a3ce929d0e0e4736-{'0' * 16}-01",
        f"cc{PARENT[2:]}.more",
        f"cc{PARENT[2:]}-\r\nx: y",
    ],
)
def test_a_malformed_parent_is_left_and_the_state_with_it(parent: str) -> None:
    assert trace((b"traceparent", parent.encode()), (b"tracestate", b"a=b")) == ()


def test_two_parents_are_none() -> None:
    assert trace((b"traceparent", PARENT.encode()), (b"traceparent", PARENT.encode())) == ()


@given(st.binary(max_size=80))
def test_what_is_taken_for_a_parent_opentelemetry_takes_too(raw: bytes) -> None:
    along = dict(trace((b"traceparent", raw)))
    if along:
        context = TraceContextTextMapPropagator().extract(along)
        assert get_current_span(context).get_span_context().is_valid


@given(st.from_regex(r"(?!ff)[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}", fullmatch=True))
def test_opentelemetry_and_we_agree_on_parents(parent: str) -> None:
    context = TraceContextTextMapPropagator().extract({"traceparent": parent})
    taken = get_current_span(context).get_span_context().is_valid
    assert bool(trace((b"traceparent", parent.encode()))) == taken


def test_the_state_goes_with_the_parent() -> None:
    parent = (b"traceparent", PARENT.encode())
    assert trace(parent, (b"tracestate", b"a=b"), (b"tracestate", b"c=d")) == (
        ("traceparent", PARENT),
        ("tracestate", "a=b, c=d"),
    )
    for bad in (b"", b"a=\xff", b"a=b\r\nx: y", b"a" * 513):
        assert trace(parent, (b"tracestate", bad)) == (("traceparent", PARENT),)


def test_a_trace_has_an_id() -> None:
    assert trace_id_of(trace((b"traceparent", PARENT.encode()))) == PARENT.split("-")[1]
    assert trace_id_of(()) is None


async def test_gitlab_is_told_the_requests_id_and_its_trace() -> None:
    async with watched(Telemetry()) as site:
        answer = await site.ask(
            JOB, x_request_id="from-the-client", traceparent=PARENT, tracestate="a=b"
        )
    (sent,) = site.received
    assert sent["x-request-id"] == answer.headers["x-request-id"] == "from-the-client"
    assert (sent["traceparent"], sent["tracestate"]) == (PARENT, "a=b")


async def test_gitlab_is_told_the_id_that_the_gateway_made() -> None:
    async with watched(Telemetry()) as site:
        answer = await site.ask(JOB, x_request_id="not fit for a log", traceparent="none")
    (sent,) = site.received
    assert sent["x-request-id"] == answer.headers["x-request-id"] != "not fit for a log"
    assert "traceparent" not in sent
