"""Who takes part: how each server is set up, started and asked."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.openapi import openapi
from benchmarks.payloads import Payloads, newest
from benchmarks.places import ROOT, SOURCES, WORK
from benchmarks.questions import PIPELINE_DETAIL, Dialect, Kind, Question, camel
from benchmarks.site_files import API, proxy_conf

NPM_STAMP = ".installed"


class Unavailable(Exception):
    """A server cannot take part on this machine; the text says why."""


@dataclass(frozen=True, slots=True)
class Contestant:
    """`dialect` is None for what speaks REST; `folder` is its place in benchmarks/peers."""

    name: str
    title: str
    dialect: Dialect | None
    folder: str = ""
    env: Mapping[str, str] = field(default_factory=dict)

    def command(self, port: int, upstream: str) -> tuple[Sequence[str], Path, dict[str, str]]:
        """What to run, where, and with which environment; sets up what it needs first."""
        if self.folder:
            place = install(self.folder)
            description = place / f"openapi-{port}.json"
            description.write_text(json.dumps(openapi(upstream)), encoding="utf-8")
            env = {"PORT": str(port), "UPSTREAM": upstream, "OPENAPI": str(description)}
            return ["./start"], place, {**env, "PYTHON": sys.executable, **self.env}
        if self.dialect is None:
            conf = WORK / "run" / "proxy.conf"
            conf.parent.mkdir(parents=True, exist_ok=True)
            conf.write_text(proxy_conf(conf.with_suffix(""), port, upstream), encoding="utf-8")
            return ["nginx", "-e", "stderr", "-c", str(conf)], WORK, {}
        arguments = ["serve", "--host", "127.0.0.1", "--port", str(port), "--gitlab-url", upstream]
        # The peers tell of no operation, either; several gateways would want the metrics' port.
        quiet = {"GATEWAY_LOG_LEVEL": "warning", "GATEWAY_METRICS_PORT": "0"}
        env = {**quiet, **self.env}
        return [sys.executable, "-m", "gateway", *arguments], ROOT, env


def install(folder: str) -> Path:
    """A copy of the peer below build/, with what npm's lock names; made once for each lock."""
    place = WORK / "peers" / folder
    shutil.copytree(SOURCES / folder, place, dirs_exist_ok=True)
    lock = place / "package-lock.json"
    if not lock.exists():
        return place
    if shutil.which("npm") is None:
        raise Unavailable("npm is missing")
    state = hashlib.sha256(lock.read_bytes()).hexdigest()
    stamp = place / NPM_STAMP
    if not stamp.exists() or stamp.read_text(encoding="ascii") != state:
        shutil.copy(SOURCES / ".npmrc", place)
        _npm_ci(place)
        stamp.write_text(state, encoding="ascii")
    return place


def _npm_ci(place: Path) -> None:
    command = ["npm", "ci", "--ignore-scripts", "--silent"]
    done = subprocess.run(  # noqa: S603 - our own words
        command, cwd=place, capture_output=True, text=True, check=False, env=dict(os.environ)
    )
    if done.returncode:
        raise Unavailable(f"npm could not install it: {(done.stderr or done.stdout)[-400:]}")


def _gateway_name(parent: str, name: str) -> str:
    if name == "id":
        return "id: sha" if parent == "commit" else "id: databaseId"
    if name == PIPELINE_DETAIL:
        return f"{camel(PIPELINE_DETAIL)}: pipeline"
    return camel(name)


_GATEWAY = Dialect(
    {
        "jobs": 'query { project(id: "1") { jobs(first: COUNT) { nodes { SELECTION } } } }',
        "job": 'query ($id: ID!) { job(projectId: "1", id: $id) { SELECTION } }',
        "retry": 'mutation ($id: ID!) { retryJob(input: { projectId: "1", id: $id }) '
        "{ job { SELECTION } } }",
    },
    {"jobs": ("project", "jobs", "nodes"), "job": ("job",), "retry": ("retryJob", "job")},
    _gateway_name,
)
_ROOTS: Mapping[Kind, tuple[str, ...]] = {
    "jobs": ("jobs",),
    "job": ("job",),
    "retry": ("retryJob",),
}
_BY_HAND = Dialect(
    {
        "jobs": "query { jobs(projectId: 1, perPage: COUNT) { SELECTION } }",
        "job": "query ($id: Int!) { job(projectId: 1, id: $id) { SELECTION } }",
        "retry": "mutation ($id: Int!) { retryJob(projectId: 1, id: $id) { SELECTION } }",
    },
    _ROOTS,
)
_TAILCALL = Dialect(_BY_HAND.operations, _ROOTS, lambda _parent, name: name)
_OPENAPI_TO_GRAPHQL = Dialect(
    {
        "jobs": "query { jobs(projectId: 1, perPage: COUNT) { SELECTION } }",
        "job": "query ($id: Int!) { job(projectId: 1, jobId: $id) { SELECTION } }",
        "retry": "mutation ($id: Int!) { retryJob(projectId: 1, jobId: $id) { SELECTION } }",
    },
    _ROOTS,
)
_HIVE = Dialect(
    {
        "jobs": "query { jobs(project_id: 1, per_page: COUNT) { SELECTION } }",
        "job": "query ($id: Int!) { job(project_id: 1, job_id: $id) { SELECTION } }",
        "retry": "mutation ($id: Int!) { retryJob(project_id: 1, job_id: $id) { SELECTION } }",
    },
    _ROOTS,
    lambda _parent, name: camel(name) if name == PIPELINE_DETAIL else name,
)

# Each query makes its own REST calls, as the peers' do.
_NOTHING_KEPT = {
    "GATEWAY_SHARE_QUERIES": "false",
    "GATEWAY_SINGLE_FLIGHT": "false",
    "GATEWAY_CACHE_BYTES": "0",
}
KEEPING = "gateway-kept"

CONTESTANTS = (
    Contestant("gateway", "this gateway", _GATEWAY, env=_NOTHING_KEPT),
    Contestant(KEEPING, "this gateway, keeping and sharing answers", _GATEWAY),
    Contestant(
        "gateway-stock",
        "this gateway, stock executor",
        _GATEWAY,
        env={**_NOTHING_KEPT, "GATEWAY_COMPILED": "false"},
    ),
    Contestant("yoga", "Yoga, graphql-jit, DataLoader, by hand", _BY_HAND, "yoga"),
    Contestant("tailcall", "Tailcall", _TAILCALL, "tailcall"),
    Contestant("tailcall-dedupe", "Tailcall, dedupe", _TAILCALL, "tailcall", {"DEDUPE": "true"}),
    Contestant(
        "openapi-to-graphql", "openapi-to-graphql", _OPENAPI_TO_GRAPHQL, "openapi-to-graphql"
    ),
    Contestant("hive", "Hive Gateway, Mesh OpenAPI, --jit", _HIVE, "hive"),
    Contestant("strawberry", "Strawberry, httpx", _BY_HAND, "strawberry"),
    Contestant("nginx", "nginx as a plain REST proxy", None),
)


def rest_calls(question: Question, payloads: Payloads, job: int) -> list[tuple[str, str]]:
    """Method and path of the REST calls that answer a question."""
    if question.kind == "retry":
        return [("POST", f"{API}/jobs/{job}/retry")]
    if question.kind == "job":
        return [("GET", f"{API}/jobs/{job}")]
    calls = [("GET", f"{API}/jobs?per_page={question.count}")]
    if PIPELINE_DETAIL in question.selection:
        ids = {one["pipeline"]["id"] for one in newest(payloads, question.count)}
        calls += [("GET", f"{API}/pipelines/{one}") for one in sorted(ids)]
    return calls
