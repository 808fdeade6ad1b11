"""The line of each operation."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.execution.documents import Documents
from gateway.telemetry.logs import Log
from gateway.telemetry.operation_log import OperationLog
from gateway.telemetry.rendering import Form
from gateway.telemetry.telemetry import Telemetry
from schema import build_schema
from tests.gateway.example import client_of, endpoint
from tests.gateway.telemetry.watched import watched
from tests.gateway.telemetry.written import Written, written
from upstream.credentials import Credential, TokenKind
from upstream.demo import MAINTAINER_TOKEN, Fault
from upstream.demo.effects import Cut
from upstream.demo.examples import FINISHED_JOB

NESTED = """
query Failures($id: ID!) {
  pipeline(projectId: "demo/shop", id: $id) {
    status
    jobs(scope: [FAILED]) { nodes { name log { text(tail: 1) } } }
  }
}
"""
JOB = f'query One {{ job(projectId: "demo/shop", id: {FINISHED_JOB}) {{ name }} }}'


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Written]:
    with written(tmp_path) as log:
        yield log


def telling(log: Log, **options: Any) -> Telemetry:
    return Telemetry(operations=OperationLog(log, **options))


async def test_a_nested_query_is_one_line_that_tells_all(log: Written) -> None:
    before = time.time()
    async with watched(telling(log.log)) as site:
        answer = await site.ask(
            NESTED,
            {"id": 1001},
            x_request_id="req-1",
            apollographql_client_name="dashboard",
            apollographql_client_version="1.2",
        )
        digest = Documents(build_schema()._schema).get(NESTED).digest
        calls = len(site.demo.calls)
    after = time.time()
    (line,) = log.lines()
    assert before <= datetime.fromisoformat(line.pop("timestamp")).timestamp() <= after
    assert line.pop("rest_seconds") > 0
    assert 0 < line.pop("seconds") < after - before
    assert line.pop("rest_bytes") > 1000
    assert line == {
        "level": "info",
        "event": "operation",
        "request_id": "req-1",
        "trace_id": None,
        "operation": "Failures",
        "hash": digest,
        "kind": "query",
        "client": "dashboard",
        "client_version": "1.2",
        "credential": Credential(TokenKind.PRIVATE_TOKEN, MAINTAINER_TOKEN).fingerprint(),
        "result": "ok",
        "status": 200,
        "codes": [],
        "bytes": len(answer.content),
        "shared": False,
        "rest_calls": calls,
        "rest_failed": 0,
        "rest_revalidated": 0,
        "rest_shared": 0,
        "cache_hits": 0,
        "cost": None,
        "sample": 1.0,
    }


async def test_what_was_spared_and_what_failed_is_told(log: Written) -> None:
    async with watched(telling(log.log)) as site:
        for _ in range(2):
            await site.ask(JOB)
        lists = '{ project(id: "demo/shop") { jobs(first: 1) { nodes { name } } } }'
        for _ in range(2):
            await site.ask(lists)
        site.demo.faults.add(Fault(Cut(), times=None))
        await site.ask("{ pipeline(projectId: 1, id: 1001) { status } }")
    first, again, listed, confirmed, failed = log.lines()
    assert (first["rest_calls"], first["cache_hits"]) == (1, 0)
    assert (again["rest_calls"], again["cache_hits"], again["rest_bytes"]) == (0, 1, 0)
    assert (listed["rest_calls"], listed["rest_revalidated"]) == (1, 0)
    assert (confirmed["rest_calls"], confirmed["rest_revalidated"]) == (1, 1)
    assert failed["rest_failed"] == failed["rest_calls"] >= 1
    assert (failed["result"], failed["codes"]) == ("errors", ["UPSTREAM_UNAVAILABLE"])


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("apollographql-client-name", "client"),
        ("graphql-client-name", "client"),
        ("apollographql-client-version", "client_version"),
        ("graphql-client-version", "client_version"),
    ],
)
async def test_a_client_may_say_who_it_is(log: Written, header: str, field: str) -> None:
    telemetry = telling(log.log)
    async with client_of(endpoint(observer=telemetry)) as client:
        await client.post("/graphql", json={"query": "{ text }"}, headers={header: "me"})
    telemetry.settle()
    assert log.lines()[0][field] == "me"


FORGED = 'x"}\n{"event": "operation", "forged": true}\r\n\x1b[2J\x9b2J\u2028'


@pytest.mark.parametrize("form", list(Form))
async def test_no_value_of_a_client_breaks_its_line_or_begins_another(
    tmp_path: Path, form: Form
) -> None:
    with written(tmp_path, form) as log:
        telemetry = telling(log.log)
        raw = FORGED.encode(errors="replace")
        # Past any client and server, which would not let most of this through.
        named = [b"graphql-client-name", b"graphql-client-version", b"x-request-id", b"traceparent"]
        async with client_of(endpoint(observer=telemetry)) as client:
            await client.post(
                "/graphql",
                json={"query": f"{{ {FORGED}", "operationName": FORGED},
                headers=httpx.Headers([(name, raw) for name in named]),
            )
        telemetry.settle()
        text = log.text()
    assert text.count("\n") == 1
    assert text[:-1].isprintable()
    assert '"forged": true}\n' not in text
    if form is Form.JSON:
        (line,) = log.lines()
        assert "forged" not in line
        assert line["operation"].startswith('x"}\\n{"event"')


async def test_a_clients_words_are_bounded(log: Written) -> None:
    telemetry = telling(log.log)
    async with client_of(endpoint(observer=telemetry)) as client:
        name = "N" * 5000
        await client.post(
            "/graphql",
            json={"query": f"query {name} {{ text }}"},
            headers={"graphql-client-name": name},
        )
    telemetry.settle()
    (line,) = log.lines()
    assert (len(line["operation"]), len(line["client"])) == (100, 100)


async def test_neither_token_nor_variables_nor_the_querys_text_are_told(log: Written) -> None:
    async with watched(telling(log.log)) as site:
        await site.ask(NESTED, {"id": 1001}, token="glpat-s3cret")
        await site.ask('query A($id: ID = "h1dden") { node(id: $id) { id } }', {"id": "s3cret"})
        await site.ask("{ s3cret }", token=None, authorization="Basic s3cret")
    text = log.text()
    assert text.count("\n") == 3
    assert "s3cret" not in text
    assert "h1dden" not in text


async def test_a_sample_leaves_out_successful_queries_only(log: Written) -> None:
    telemetry = telling(log.log, sample=0.1, chance=lambda: 0.1)
    async with client_of(endpoint(observer=telemetry)) as client:
        for query in ("{ text }", "mutation { act { text } }", "{ required }", "{"):
            await client.post("/graphql", json={"query": query})
    telemetry.settle()
    lines = log.lines()
    assert [(line["kind"], line["result"]) for line in lines] == [
        ("mutation", "ok"),
        ("query", "errors"),
        ("unknown", "refused"),
    ]
    assert {line["sample"] for line in lines} == {0.1}


async def test_a_sample_takes_its_share(log: Written) -> None:
    chances = iter([0.05, 0.5, 0.09, 0.99])
    telemetry = telling(log.log, sample=0.1, chance=lambda: next(chances))
    async with client_of(endpoint(observer=telemetry)) as client:
        for _ in range(4):
            await client.post("/graphql", json={"query": "{ text }"})
    telemetry.settle()
    assert len(log.lines()) == 2


async def test_lines_come_by_themselves_soon_after(log: Written) -> None:
    async with client_of(endpoint(observer=telling(log.log))) as client:
        await client.post("/graphql", json={"query": "{ text }"})
        path = log._path
        while not path.stat().st_size:
            await client.post("/graphql", json={"query": "{ text }"})
