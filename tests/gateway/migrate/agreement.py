"""Whether REST and GraphQL say the same; nothing of the code that is tested is used for that."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from typing import Any

import httpx

from gateway.app import create_app
from gateway.migrate.call import RestCall
from gateway.migrate.translation import Translation
from gateway.settings import read_settings
from tests.support.serving import serve
from upstream.demo import MAINTAINER_TOKEN, DemoGitLab, ManualClock

# Fields whose name is not the key in camelCase, by the object that the key stands in.
RENAMED = {("commit", "id"): "sha"}
# What the schema leaves out.
DROPPED = frozenset({"is_followed", "created_by", "illustration"})
# Handed on as JSON, whole.
WHOLE = frozenset({"configuration", "groups", "trailers", "extended_trailers"})
PIPELINES = frozenset({"pipeline", "downstream_pipeline", "last_pipeline"})


class Sides:
    """The demo and the gateway before it, on real ports, in a thread of their own."""

    def __init__(self, demo: DemoGitLab, gitlab: str, gateway: str, client: httpx.Client) -> None:
        self.demo = demo
        self.gitlab = gitlab
        self.gateway = gateway
        self._client = client

    def rest(self, call: RestCall, token: str | None = MAINTAINER_TOKEN) -> httpx.Response:
        url = httpx.URL(f"{self.gitlab}/api/v4{call.path}").copy_merge_params(list(call.query))
        return self._client.request(call.method, url, json=call.body, headers=_headers(token))

    def graphql(self, translation: Translation, token: str | None = MAINTAINER_TOKEN) -> Any:
        body = {
            "query": translation.operation.text,
            "variables": translation.variables,
            "operationName": translation.operation.name,
        }
        url = f"{self.gateway}/graphql"
        return self._client.post(url, json=body, headers=_headers(token)).json()

    def calls(self) -> list[str]:
        """The routes that GitLab was asked for since the last time."""
        made = [call.route or call.path for call in self.demo.calls]
        self.demo.calls.clear()
        return made


def _headers(token: str | None) -> dict[str, str]:
    if token is None:
        return {}
    return {"JOB-TOKEN" if token.startswith("demo-job") else "PRIVATE-TOKEN": token}


@contextmanager
def both_sides(**environ: str) -> Iterator[Sides]:
    """Servers whose time stands still, so that two answers can be compared."""
    demo = DemoGitLab(ManualClock())
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    stack = AsyncExitStack()

    async def start() -> tuple[str, str]:
        gitlab = await stack.enter_async_context(serve(demo.app))
        settings = read_settings({"GITLAB_URL": gitlab, **environ})
        return gitlab, await stack.enter_async_context(serve(create_app(settings)))

    try:
        gitlab, gateway = asyncio.run_coroutine_threadsafe(start(), loop).result()
        with httpx.Client(timeout=20) as client:
            yield Sides(demo, gitlab, gateway, client)
    finally:
        asyncio.run_coroutine_threadsafe(stack.aclose(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def answer_of(translation: Translation, answer: Mapping[str, Any]) -> Any:
    """What stands in a GraphQL answer where REST's answer does."""
    assert "errors" not in answer, answer["errors"]
    found = answer["data"]
    for step in translation.operation.answer:
        found = found[step] if found is not None else None
    if translation.window is not None:
        found = found[translation.window[0] : translation.window[1]]
    return found


def field_of(key: str, owner: str) -> str:
    if (owner, key) in RENAMED:
        return RENAMED[owner, key]
    head, *tail = key.split("_")
    return "databaseId" if key == "id" else head + "".join(part.title() for part in tail)


def agree(rest: Any, shown: Any, owner: str, path: str = "") -> int:
    """Asserts that each value of REST's answer is shown; returns how many there were.

    `owner` is the key that the object stands under, or what the route answers with.
    """
    if isinstance(rest, list) and owner not in WHOLE and not all(_is_leaf(each) for each in rest):
        assert len(rest) == len(shown), path
        pairs = zip(rest, shown, strict=True)
        return sum(
            agree(one, other, owner, f"{path}[{at}]") for at, (one, other) in enumerate(pairs)
        )
    if isinstance(rest, Mapping) and owner not in WHOLE:
        keys = [key for key in rest if key not in DROPPED]
        names = {field_of(key, owner) for key in keys}
        told = {name for name in shown if name != "__typename" and shown[name] not in (None, [])}
        assert told <= names, path
        return sum(
            agree(_formed(rest[key], owner, key), shown[field_of(key, owner)], key, f"{path}.{key}")
            for key in keys
        )
    assert rest == shown, path
    assert isinstance(rest, bool) is isinstance(shown, bool), path
    return 1


def _is_leaf(value: Any) -> bool:
    return not isinstance(value, Mapping | list)


def _formed(value: Any, owner: str, key: str) -> Any:
    """A job's and a pipeline's status is an enum; a pipeline's coverage is text in REST alone."""
    if key == "status" and isinstance(value, str) and owner in {"job", *PIPELINES}:
        return value.upper()
    if key == "coverage" and owner in PIPELINES and value is not None:
        return float(value)
    return value
