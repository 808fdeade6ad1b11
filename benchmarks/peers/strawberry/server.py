"""The obvious way with Strawberry: typed classes, httpx as it comes, one DataLoader."""
# ruff: noqa: INP001 - a program to run in its own folder, not a package

import asyncio
import dataclasses
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import httpx
import strawberry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader

Record = TypeVar("Record")


@strawberry.type
class Commit:
    id: str
    short_id: str
    created_at: str
    title: str
    message: str
    author_name: str
    author_email: str


@strawberry.type
class ArtifactsFile:
    filename: str
    size: int


@strawberry.type
class Artifact:
    file_type: str
    size: int
    filename: str
    file_format: str | None


@strawberry.type
class EmbeddedPipeline:
    id: int
    project_id: int
    ref: str
    sha: str
    status: str
    source: str


@strawberry.type
class Pipeline:
    id: int
    ref: str
    sha: str
    status: str
    duration: float | None
    coverage: str | None


@strawberry.type
class Runner:
    id: int
    description: str | None
    active: bool
    paused: bool
    is_shared: bool
    runner_type: str
    name: str | None
    online: bool | None
    status: str


@strawberry.type
class User:
    id: int
    username: str
    name: str
    state: str
    avatar_url: str | None
    web_url: str
    created_at: str | None
    bio: str | None
    location: str | None
    public_email: str | None
    linkedin: str | None
    twitter: str | None
    website_url: str | None
    organization: str | None


@strawberry.type
class Job:
    id: int
    name: str
    stage: str
    status: str
    ref: str
    tag: bool
    allow_failure: bool
    coverage: float | None
    created_at: str
    started_at: str | None
    finished_at: str | None
    duration: float | None
    queued_duration: float | None
    failure_reason: str | None
    web_url: str
    artifacts_expire_at: str | None
    tag_list: list[str]
    commit: Commit | None
    artifacts_file: ArtifactsFile | None
    artifacts: list[Artifact]
    pipeline: EmbeddedPipeline
    runner: Runner | None
    user: User | None

    @strawberry.field
    async def pipeline_detail(self, info: strawberry.Info[Any, Any]) -> Pipeline | None:
        found: Pipeline = await info.context["pipelines"].load(self.pipeline.id)
        return found


def record(kind: type[Record], payload: dict[str, Any] | None, **parts: Any) -> Record | None:
    """An object of this type out of GitLab's JSON; `parts` are the fields that are objects."""
    if payload is None:
        return None
    fields = (one.name for one in dataclasses.fields(kind) if one.init)  # type: ignore[arg-type]  # Strawberry's types are dataclasses
    return kind(**({name: payload.get(name) for name in fields} | parts))


def job(payload: dict[str, Any]) -> Job | None:
    return record(
        Job,
        payload,
        commit=record(Commit, payload["commit"]),
        artifacts_file=record(ArtifactsFile, payload.get("artifacts_file")),
        artifacts=[record(Artifact, artifact) for artifact in payload["artifacts"]],
        pipeline=record(EmbeddedPipeline, payload["pipeline"]),
        runner=record(Runner, payload["runner"]),
        user=record(User, payload["user"]),
    )


class GitLab:
    """GitLab, for one caller."""

    def __init__(self, client: httpx.AsyncClient, token: str) -> None:
        self._client = client
        self._headers = {"PRIVATE-TOKEN": token}

    async def call(self, method: str, path: str) -> Any:
        response = await self._client.request(method, path, headers=self._headers)
        response.raise_for_status()
        return response.json()

    async def pipelines(self, ids: Sequence[int]) -> Sequence[Pipeline | None]:
        paths = (f"/projects/1/pipelines/{one}" for one in ids)
        payloads = await asyncio.gather(*(self.call("GET", path) for path in paths))
        return [record(Pipeline, payload) for payload in payloads]


@strawberry.type
class Query:
    @strawberry.field
    async def jobs(
        self, info: strawberry.Info[Any, Any], project_id: int, per_page: int = 20
    ) -> list[Job]:
        path = f"/projects/{project_id}/jobs?per_page={per_page}"
        payloads = await info.context["gitlab"].call("GET", path)
        return [made for payload in payloads if (made := job(payload))]

    @strawberry.field
    async def job(self, info: strawberry.Info[Any, Any], project_id: int, id: int) -> Job | None:
        return job(await info.context["gitlab"].call("GET", f"/projects/{project_id}/jobs/{id}"))


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def retry_job(
        self, info: strawberry.Info[Any, Any], project_id: int, id: int
    ) -> Job | None:
        path = f"/projects/{project_id}/jobs/{id}/retry"
        return job(await info.context["gitlab"].call("POST", path))


class Endpoint(GraphQL[Any, Any]):
    client: httpx.AsyncClient

    async def get_context(
        self,
        request: Request | WebSocket,
        response: Any,  # noqa: ARG002 - Strawberry hands it in by name
    ) -> dict[str, Any]:
        gitlab = GitLab(self.client, request.headers.get("private-token", ""))
        return {"gitlab": gitlab, "pipelines": DataLoader(load_fn=gitlab.pipelines)}


endpoint = Endpoint(strawberry.Schema(Query, Mutation))


@asynccontextmanager
async def lifespan(_: Starlette) -> AsyncIterator[None]:
    async with httpx.AsyncClient(base_url=f"{os.environ['UPSTREAM']}/api/v4") as client:
        endpoint.client = client
        yield


app = Starlette(routes=[Route("/graphql", endpoint)], lifespan=lifespan)
