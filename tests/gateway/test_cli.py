"""The command as a process: what it says, how it ends."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket

import httpx
import orjson
import pytest
from starlette.types import Receive, Scope, Send

from gateway import __version__
from gateway.variables import DEFAULT_METRICS_PORT
from schema import build_schema
from tests.gateway.command import (
    SECONDS,
    free_port,
    logged,
    refused,
    run,
    started,
    stop,
)
from tests.support.serving import serve


async def test_version() -> None:
    assert await run("--version") == (0, f"jobs-gateway {__version__}\n", "")


async def test_help_names_the_commands_and_the_settings() -> None:
    status, output, _ = await run("--help")
    assert status == 0
    words = ("serve", "demo", "schema", "translate", "compare", "docs/settings.md", "examples:")
    for word in words:
        assert word in output


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("serve", ["--host", "--port", "--gitlab-url", "GITLAB_URL", "demo GitLab"]),
        ("demo", ["--host", "--port", "--faults", "REST"]),
        ("schema", ["--federation"]),
        ("translate", ["CALL", "--json", "--gateway", "--endpoints", "docs/migration.md"]),
        ("compare", ["CALL", "--gitlab", "--gateway", "--allow-mutations", "PRIVATE_TOKEN"]),
    ],
)
async def test_each_command_explains_itself(command: str, words: list[str]) -> None:
    status, output, _ = await run(command, "--help")
    assert status == 0
    assert [word for word in words if word not in output] == []


async def test_without_a_command_it_says_what_is_missing() -> None:
    status, _, errors = await run()
    assert status == 2
    assert "COMMAND" in errors


async def test_schema_prints_the_sdl() -> None:
    assert await run("schema") == (0, f"{build_schema().as_str()}\n", "")


async def test_schema_prints_the_subgraph() -> None:
    status, output, _ = await run("schema", "--federation")
    assert status == 0
    assert output == f"{build_schema(federation=True).as_str()}\n"
    assert "@key" in output


async def test_schema_prints_what_would_be_served() -> None:
    subgraph = f"{build_schema(federation=True).as_str()}\n"
    assert await run("schema", GATEWAY_FEDERATION="true") == (0, subgraph, "")


async def test_serve_keeps_to_its_hosts_and_to_the_size_of_heads() -> None:
    environ = {"GATEWAY_HEAD_BYTES": "1024", "GATEWAY_ALLOWED_HOSTS": "gateway.example.com"}
    arguments = ("serve", "--gitlab-url", "http://127.0.0.1:9", "--port", "0")
    async with started(*arguments, **environ) as (process, address, _):
        async with httpx.AsyncClient(base_url=address) as client:
            codes = [
                (await client.get("/graphql", params=params, headers=headers)).status_code
                for params in (
                    {"query": "{ __typename }"},
                    {"query": "{ __typename }" + " " * 1024},
                )
                for headers in ({}, {"host": "gateway.example.com"}, {"host": "evil.example.com"})
            ]
        await stop(process)
    assert codes == [200, 200, 421, 431, 431, 431]


async def test_serve_without_a_gitlab_starts_the_demo_and_says_so() -> None:
    async with started("serve", "--port", "0") as (process, address, said):
        async with httpx.AsyncClient(base_url=address) as client:
            ready = await client.get("/health/ready")
            answer = await client.post(
                "/graphql",
                json={"query": "{ project(id: 1) { jobs(first: 1) { nodes { name } } } }"},
                headers={"private-token": "demo-maintainer"},
            )
        output, errors = await stop(process)
    assert ready.status_code == 200
    assert len(answer.json()["data"]["project"]["jobs"]["nodes"]) == 1
    assert said.startswith(f"Open {address}/ in a browser")
    assert "in front of an embedded demo GitLab (set GITLAB_URL for a real one)" in output
    for token in ("demo-maintainer", "demo-developer", "demo-reporter", "demo-outsider"):
        assert token in output
    assert [line["event"] for line in logged(errors)] == [
        "started",
        "operation",
        "stopping",
        "stopped",
    ]


async def test_the_log_tells_of_start_and_end_and_how_it_is_set_up() -> None:
    given = {
        "GITLAB_TOKEN": "glpat-secret",
        "GATEWAY_VERIFY_TLS": "false",
        "GITLAB_URL": "http://127.0.0.1:9",
    }
    async with started("serve", "--port", "0", **given) as (process, address, _):
        _, errors = await stop(process)
    first, *others = logged(errors)
    assert first["event"] == "started"
    assert first["version"] == __version__
    assert first["pid"] == process.pid
    assert first["address"] == address
    assert (first["gitlab"], first["demo"]) == ("http://127.0.0.1:9", False)
    assert first["metrics"] is None
    assert first["settings"] == {
        "GITLAB_URL": "http://127.0.0.1:9",
        "GITLAB_TOKEN": "(hidden)",
        "GATEWAY_PORT": "0",
        "GATEWAY_VERIFY_TLS": "false",
        "GATEWAY_METRICS_PORT": "0",
    }
    assert [(line["level"], line["event"].partition(":")[0]) for line in others] == [
        ("warning", "callers without a token of their own act as the owner of GITLAB_TOKEN"),
        ("warning", "GitLab's certificate is not checked"),
        ("info", "stopping"),
        ("info", "stopped"),
    ]
    assert "glpat-secret" not in errors


async def test_metrics_are_on_a_port_of_their_own() -> None:
    port = free_port()
    async with started("serve", "--port", "0", GATEWAY_METRICS_PORT=str(port)) as (process, url, _):
        async with httpx.AsyncClient() as client:
            await client.post(f"{url}/graphql", json={"query": "{ __typename }"})
            metrics = await client.get(f"http://127.0.0.1:{port}/metrics")
            elsewhere = await client.get(f"{url}/metrics")
        _, errors = await stop(process)
    assert 'gateway_operations_total{kind="query",result="ok",status="200"} 1.0' in metrics.text
    assert "gateway_ready 1.0" in metrics.text
    assert elsewhere.status_code == 404
    assert logged(errors)[0]["metrics"] == f"http://127.0.0.1:{port}/metrics"


async def test_a_port_for_metrics_that_is_asked_for_must_be_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, output, errors = await run("serve", "--port", "0", GATEWAY_METRICS_PORT=str(port))
    assert (status, output) == (1, "")
    assert errors == (
        f"jobs-gateway: cannot listen on 127.0.0.1 port {port}: Address already in use "
        "(GATEWAY_METRICS_PORT)\n"
    )


async def test_without_its_default_port_the_gateway_serves_without_metrics() -> None:
    with contextlib.ExitStack() as taken:
        with contextlib.suppress(OSError):  # somebody else has it already
            taken.enter_context(socket.create_server(("127.0.0.1", DEFAULT_METRICS_PORT)))
        async with started("serve", "--port", "0", GATEWAY_METRICS_PORT="") as (process, _, _):
            _, errors = await stop(process)
    warning, first, *_ = logged(errors)
    assert warning["level"] == "warning"
    assert warning["event"].startswith("no metrics: cannot listen on 127.0.0.1 port 9464: ")
    assert "set GATEWAY_METRICS_PORT to another port, or to 0" in warning["event"]
    assert (first["event"], first["metrics"]) == ("started", None)


async def test_what_a_level_leaves_out_is_not_said() -> None:
    async with started("serve", "--port", "0", GATEWAY_LOG_LEVEL="warning") as (process, url, _):
        async with httpx.AsyncClient() as client:
            await client.post(f"{url}/graphql", json={"query": "{ __typename }"})
        _, errors = await stop(process)
    assert errors == ""


async def test_a_request_that_the_server_cannot_read_is_no_other_kind_of_line() -> None:
    async with started("serve", "--port", "0") as (process, url, _):
        host, _, port = url.removeprefix("http://").partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"GET /\x00 HTTP/1.1\r\nfoo bar\r\n\r\n")
        assert b"400" in await reader.read()
        writer.close()
        _, errors = await stop(process)
    assert {line["level"] for line in logged(errors)} == {"info"}


async def test_serve_says_what_it_stands_in_front_of() -> None:
    url = "http://127.0.0.1:9/gitlab"
    environ = {"GATEWAY_PORT": "0", "GITLAB_TOKEN": "glpat-secret", "GATEWAY_GRAPHIQL": "no"}
    async with started("serve", "--gitlab-url", url, **environ) as (process, address, said):
        output, errors = await stop(process, signal.SIGINT)
    assert f"GraphQL at {address}/graphql" in said
    assert f"in front of {url}\n" in output
    assert "Callers without a token of their own act as the owner of GITLAB_TOKEN!" in output
    assert "demo" not in output
    assert "glpat-secret" not in output + errors + said


async def test_demo_is_a_rest_server() -> None:
    async with started("demo", "--port", "0") as (process, address, _):
        async with httpx.AsyncClient(base_url=address) as client:
            answer = await client.get(
                "/api/v4/projects/1/jobs", headers={"private-token": "demo-maintainer"}
            )
        await stop(process)
    assert answer.status_code == 200
    assert answer.json()


@pytest.mark.parametrize(("options", "status"), [([], 404), (["--faults"], 201)])
async def test_the_demo_fails_on_order_only_where_that_was_asked_for(
    options: list[str], status: int
) -> None:
    async with started("demo", "--port", "0", *options) as (process, address, _):
        async with httpx.AsyncClient(base_url=address) as client:
            answer = await client.post("/__demo__/faults", json={"kind": "server_error"})
        await stop(process)
    assert answer.status_code == status


@pytest.mark.parametrize("command", ["serve", "demo"])
async def test_a_port_in_use_is_one_clear_line(command: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, output, errors = await run(command, "--port", str(port))
    assert (status, output) == (1, "")
    expected = f"jobs-gateway: cannot listen on 127.0.0.1 port {port}: Address already in use\n"
    assert errors == expected


@pytest.mark.parametrize(
    ("arguments", "environ", "message"),
    [
        (
            ["--gitlab-url", "gitlab.example.com"],
            {},
            "GITLAB_URL=gitlab.example.com: must be the root",
        ),
        (["--port", "http"], {}, "GATEWAY_PORT=http: must be a whole number from 0 to 65535"),
        (["--host", "no.such.host.invalid"], {}, "cannot listen on no.such.host.invalid: "),
        (["--host", "198.51.100.1"], {}, "cannot listen on 198.51.100.1 port 8000: "),
        ([], {"GATEWAY_PROT": "1"}, "GATEWAY_PROT: there is no such setting; did you mean"),
    ],
)
async def test_what_cannot_be_served_is_one_clear_line(
    arguments: list[str], environ: dict[str, str], message: str
) -> None:
    status, output, errors = await run("serve", *arguments, **environ)
    assert (status, output) == (1, "")
    assert errors.startswith(f"jobs-gateway: {message}")
    assert errors.count("\n") == 1


async def test_two_processes_share_a_port_and_one_goes_on_alone() -> None:
    query = {"query": "{ __typename }"}
    url, shared = "http://127.0.0.1:1", {"GATEWAY_SHARED_PORT": "true"}
    async with started("serve", "--gitlab-url", url, "--port", "0", **shared) as (first, place, _):
        port = place.rpartition(":")[2]
        again = started("serve", "--gitlab-url", url, "--port", port, **shared)
        async with again as (second, address, _), httpx.AsyncClient(timeout=SECONDS) as client:
            assert address == place
            await stop(first)
            answer = await client.post(f"{place}/graphql", json=query)
            assert answer.json() == {"data": {"__typename": "Query"}}
            await stop(second)


class SlowGitLab:
    """Answers one call, when it is let."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.let = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del receive
        if scope["type"] != "http":
            return
        self.asked.set()
        await self.let.wait()
        body = orjson.dumps({"id": 7, "name": "build", "status": "success", "stage": "b"})
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


async def test_a_request_in_flight_is_answered_before_the_process_ends() -> None:
    gitlab = SlowGitLab()
    query = {"query": "{ job(projectId: 1, id: 7) { name } }"}
    async with (
        serve(gitlab, lifespan="off") as url,
        started("serve", "--gitlab-url", url, "--port", "0") as (process, address, _),
        httpx.AsyncClient(timeout=SECONDS) as client,
    ):
        request = asyncio.create_task(client.post(f"{address}/graphql", json=query))
        await asyncio.wait_for(gitlab.asked.wait(), SECONDS)
        process.send_signal(signal.SIGTERM)
        await refused(address)
        gitlab.let.set()
        answer = await request
        await asyncio.wait_for(process.communicate(), SECONDS)
    assert answer.json() == {"data": {"job": {"name": "build"}}}
    assert process.returncode == 0


async def test_who_insists_does_not_wait_for_requests_in_flight() -> None:
    gitlab = SlowGitLab()
    query = {"query": "{ job(projectId: 1, id: 7) { name } }"}
    async with (
        serve(gitlab, lifespan="off") as url,
        started("serve", "--gitlab-url", url, "--port", "0") as (process, address, _),
        httpx.AsyncClient(timeout=SECONDS) as client,
    ):
        request = asyncio.create_task(client.post(f"{address}/graphql", json=query))
        await asyncio.wait_for(gitlab.asked.wait(), SECONDS)
        process.send_signal(signal.SIGINT)
        await refused(address)
        process.send_signal(signal.SIGINT)
        await asyncio.wait_for(process.communicate(), SECONDS)
        gitlab.let.set()
        await asyncio.gather(request, return_exceptions=True)
    assert process.returncode == 0
