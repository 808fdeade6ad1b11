"""The gateway on a real port, in front of a GitLab that nobody needs to ask."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import orjson

from gateway.app import create_app
from gateway.settings import read_settings
from schema import build_schema
from tests.support.serving import serve

SCHEMA = build_schema()
NO_GITLAB = {"GITLAB_URL": "http://127.0.0.1:9"}
GRAPHQL = "application/graphql-response+json"
JSON = "application/json"


@asynccontextmanager
async def gateway(**environ: str) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(read_settings({**NO_GITLAB, **environ}), schema=SCHEMA)
    async with serve(app) as url, httpx.AsyncClient(base_url=url) as client:
        yield client


async def post(client: httpx.AsyncClient, payload: Any, accept: str = GRAPHQL) -> httpx.Response:
    headers = {"content-type": JSON, "accept": accept}
    return await client.post("/graphql", content=orjson.dumps(payload), headers=headers)


def codes(answer: httpx.Response) -> set[str]:
    entries = answer.json()
    found = entries if isinstance(entries, list) else [entries]
    return {error["extensions"]["code"] for entry in found for error in entry.get("errors", ())}
