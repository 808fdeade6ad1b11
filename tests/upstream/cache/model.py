"""A GitLab whose every answer is written down, and answered when the test says so."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson

from upstream.errors import ConnectFailed
from upstream.transports import base

PREFIX = "/api/v4"
NAMES = {"1": 1, "group%2Fshop": 1, "2": 2}  # what paths call the two projects
AT_REST = ("success", "failed")


@dataclass
class Told:
    """One answer: what GitLab showed to whom, by its state at a moment."""

    moment: int
    token: str
    target: str
    payload: Any


@dataclass
class Pending:
    """An answer that is made already and has not been sent."""

    response: base.Response | Exception
    go: asyncio.Future[None]
    told: Told | None


@dataclass
class ModelGitLab:
    """A transport; `holding` keeps back the answers that it makes from now on."""

    moment: int = 0
    versions: dict[int, int] = field(default_factory=lambda: {1: 0, 2: 0})
    statuses: dict[int, str] = field(default_factory=lambda: {1: "success", 2: "success"})
    readers: dict[str, set[int]] = field(default_factory=dict)
    shared_look: bool = True
    bare_304: bool = False
    no_store: bool = False
    holding: bool = False
    failing_actions: str = ""
    down: bool = False
    denied: dict[tuple[str, int], int] = field(default_factory=dict)  # when it last said so
    pending: list[Pending] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)

    async def send(self, request: base.Request) -> base.Response:
        self.moment += 1
        moment = self.moment
        answer, told = self._answer(request)
        if self.holding and request.method == "GET":
            waiting = Pending(answer, asyncio.get_running_loop().create_future(), told)
            self.pending.append(waiting)
            await waiting.go
        if told is not None:
            self.told.append(told)
        if isinstance(answer, Exception):
            raise answer
        if request.method == "GET" and answer.status == 404:
            token = dict(request.headers)["private-token"]
            denied = token, self._project(request.target)
            self.denied[denied] = max(moment, self.denied.get(denied, 0))
        return answer

    @asynccontextmanager
    async def stream(
        self, request: base.Request, *, origin: str | None = None
    ) -> AsyncIterator[base.StreamedResponse]:
        raise AssertionError(f"no stream of {request} is wanted from {origin}")
        yield

    async def aclose(self) -> None:
        """Holds nothing."""

    def shows(self, token: str, target: str) -> Any:
        """What a token sees now; None where it sees nothing."""
        project = self._project(target)
        if project not in self.readers.get(token, set()):
            return None
        pipeline = {"id": 3, "project_id": project, "status": self.statuses[project]}
        job = {
            "id": 7,
            "status": self.statuses[project],
            "version": self.versions[project],
            "for": "all" if self.shared_look else token,
            "pipeline": pipeline,
        }
        return job if target.endswith("/7") else [job]

    def _answer(self, request: base.Request) -> tuple[base.Response | Exception, Told | None]:
        if self.down:
            return ConnectFailed("refused"), None
        headers = dict(request.headers)
        token = headers.get("private-token", "")
        if request.method == "POST":
            return self._act(request.target, token), None
        payload = self.shows(token, request.target)
        if payload is None:
            return base.Response(404, {}, b'{"message": "404 Not found"}'), None
        body = orjson.dumps(payload)
        project = self._project(request.target)
        tag = f'W/"{hash(body):x}"'
        paging = {"x-total": f"{self.versions[project]} for {token}"}
        more = {"etag": tag, **({"cache-control": "no-store"} if self.no_store else {})}
        told = Told(self.moment, token, request.target, copy.deepcopy(payload))
        if headers.get("if-none-match") == tag:
            return base.Response(304, more if self.bare_304 else {**more, **paging}, b""), told
        return base.Response(200, {**more, **paging}, body), told

    def _act(self, target: str, token: str) -> base.Response | Exception:
        project = self._project(target)
        if self.failing_actions == "refused" or project not in self.readers.get(token, set()):
            return base.Response(403, {}, b'{"message": "403 Forbidden"}')
        self.versions[project] += 1
        if self.failing_actions == "lost":
            return base.Response(502, {}, b"<html>")
        return base.Response(201, {}, orjson.dumps(self.shows(token, f"/projects/{project}/7")))

    @staticmethod
    def _project(target: str) -> int:
        return NAMES[target.removeprefix(PREFIX).split("/")[2]]
