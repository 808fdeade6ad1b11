"""The routes that are handed on: those with an equivalent in GraphQL, and the artifacts beside."""

from __future__ import annotations

from typing import NamedTuple

from gateway.migrate import routes as translated
from gateway.migrate.routes import match_template

# Artifacts are files, which GraphQL tells of and does not carry. "*" stands for the rest of a path.
_JOB = "/projects/:id/jobs/:job_id"
_FILES = (
    ("GET", f"{_JOB}/artifacts"),
    ("DELETE", f"{_JOB}/artifacts"),
    ("POST", f"{_JOB}/artifacts/keep"),
    ("GET", f"{_JOB}/artifacts/*path"),
    ("GET", "/projects/:id/jobs/artifacts/:ref/download"),
    ("GET", "/projects/:id/jobs/artifacts/:ref/raw/*path"),
)
# What REST clients ask before anything else: who they are, what answers them, which project.
_GREETINGS = (("GET", "/user"), ("GET", "/version"), ("GET", "/projects/:id"))


class Passage(NamedTuple):
    """A route by its template; `anchor` is where its successor is described, "" for the top."""

    method: str
    template: str
    anchor: str


def _anchor(documentation: str) -> str:
    return documentation.partition("#")[2]


def _passages() -> tuple[Passage, ...]:
    known = [
        Passage(route.method, route.template, _anchor(route.documentation))
        for route in translated.ROUTES
    ]
    (job,) = (each.anchor for each in known if (each.method, each.template) == ("GET", _JOB))
    files = [Passage(method, template, job) for method, template in _FILES]
    return (*known, *files, *(Passage(method, template, "") for method, template in _GREETINGS))


PASSAGES = _passages()


def passage(method: str, path: str) -> Passage | None:
    """The passage for a percent-encoded path below /api/v4; a HEAD goes where a GET would."""
    wanted = "GET" if method == "HEAD" else method
    for each in PASSAGES:
        if each.method == wanted and match_template(each.template, path) is not None:
            return each
    return None


def methods_of(path: str) -> tuple[str, ...]:
    """The methods that a path is served by; none for a path that is not served."""
    found = {each.method for each in PASSAGES if match_template(each.template, path) is not None}
    if "GET" in found:
        found.add("HEAD")
    return tuple(sorted(found))
