"""Which handler answers a request, and what it is given.

Paths are matched as they came over the wire: `group%2Fproject` is one segment, which a router
that looks at the decoded path could not tell from two.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from upstream.demo.answers import Answer, ApiError, message, not_found
from upstream.demo.auth import Caller
from upstream.demo.entities.view import View
from upstream.demo.records import Bridge, Build, Pipeline, Project
from upstream.demo.world import World


class Login(enum.Enum):
    """Who must say who they are: all callers, those who change something, or only jobs."""

    ALWAYS = enum.auto()
    WRITES = enum.auto()
    JOB = enum.auto()


@dataclass(slots=True)
class Context:
    """One request: `url` is its address without the query, `query` that query."""

    world: World
    base_url: str
    caller: Caller
    method: str
    params: dict[str, Any]
    url: str
    query: str

    def view(self, project: Project | None = None) -> View:
        details = project is not None and self.caller.can_maintain(project)
        return View(self.world, self.base_url, runner_details=details)

    def project(self) -> Project:
        """The project of the path, if the caller may see it; a hidden one is not found."""
        key = str(self.params["id"])
        project = self.world.project(key)
        moved = None if project else self.world.moved_project(key)
        found = project or moved
        if found is None or not self.caller.can_read(found):
            raise not_found("Project")
        if moved is not None:
            raise self._moved(key, moved)
        return found

    def _moved(self, key: str, project: Project) -> ApiError:
        if self.method not in ("GET", "HEAD"):
            return message(405, "405 Method Not Allowed")
        old = key.replace("/", "%2F")
        target = self.url.replace(f"/projects/{old}", f"/projects/{project.id}", 1)
        if self.query:
            target += f"?{self.query}"
        text = f"This resource has been moved permanently to {target}."
        return ApiError(301, text, {"location": target})


def find_build(project: Project, number: int) -> Build:
    build = project.builds.get(number)
    if build is None:
        raise not_found()
    return build


def find_job(project: Project, number: int) -> Build | Bridge:
    """Builds and bridges alike; only play and retry know bridges by their id."""
    bridge = project.bridges.get(number)
    return bridge if bridge is not None else find_build(project, number)


def find_pipeline(project: Project, number: int) -> Pipeline:
    pipeline = project.pipelines.get(number)
    if pipeline is None:
        raise not_found()
    return pipeline


Handler = Callable[[Context], Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """`template` is the path below /api/v4 with `:name` for what varies."""

    method: str
    template: str
    handler: Handler
    login: Login = Login.ALWAYS
    job_token: bool = False

    @property
    def name(self) -> str:
        return f"{self.method} {self.template}"


@dataclass(frozen=True, slots=True)
class Match:
    """What a path leads to: a route with its arguments, or the methods that it has."""

    route: Route | None
    arguments: dict[str, str]
    allowed: tuple[str, ...] = ()


class Router:
    def __init__(self, routes: Sequence[Route]) -> None:
        self._routes = [(route, route.template.strip("/").split("/")) for route in routes]

    def match(self, method: str, path: str) -> Match:
        """`path` is the raw path below /api/v4, percent-encoded."""
        segments = path.strip("/").split("/")
        wanted = "GET" if method == "HEAD" else method
        allowed = []
        for route, pattern in self._routes:
            arguments = _arguments(pattern, segments)
            if arguments is None:
                continue
            if route.method == wanted:
                return Match(route, arguments)
            allowed.append(route.method)
        return Match(None, {}, tuple(allowed))


def _arguments(pattern: Sequence[str], segments: Sequence[str]) -> dict[str, str] | None:
    if len(pattern) != len(segments):
        return None
    arguments = {}
    for expected, segment in zip(pattern, segments, strict=True):
        if expected.startswith(":") and segment:
            arguments[expected[1:]] = unquote(segment)
        elif expected != segment:
            return None
    return arguments
