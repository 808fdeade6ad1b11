"""REST routes that have no equivalent, and what comes nearest to each."""

from __future__ import annotations

import re

from gateway.migrate.problems import Untranslatable
from gateway.migrate.routes import ROUTES, match_template, methods_of

_FILE = "it answers with a file, and GraphQL answers with JSON"
_FILES_LIST = "Job.artifacts and Job.artifactsFile tell which files there are, with their sizes"
_ARTIFACTS = "GitLab's Jobs API has no part in it: it belongs to the Job Artifacts API"
_PIPELINE_ACTION = "the gateway acts on jobs, not on whole pipelines"
_EACH_JOB = "act on its jobs: Pipeline.jobs lists them"

# Method, template, why there is none, what is nearest.
_ELSEWHERE: tuple[tuple[str, str, str, str], ...] = (
    ("GET", "/projects/:id/jobs/:job_id/artifacts", _FILE, _FILES_LIST),
    ("GET", "/projects/:id/jobs/:job_id/artifacts/*path", _FILE, _FILES_LIST),
    ("GET", "/projects/:id/jobs/artifacts/*path", _FILE, _FILES_LIST),
    (
        "POST",
        "/projects/:id/jobs/:job_id/artifacts/keep",
        _ARTIFACTS,
        "Job.artifactsExpireAt tells when the artifacts go",
    ),
    (
        "DELETE",
        "/projects/:id/jobs/:job_id/artifacts",
        _ARTIFACTS,
        "eraseJob removes a job's artifacts together with its log",
    ),
    ("DELETE", "/projects/:id/artifacts", _ARTIFACTS, "eraseJob, job by job"),
    ("POST", "/projects/:id/pipeline", _PIPELINE_ACTION, ""),
    ("POST", "/projects/:id/pipelines/:pipeline_id/retry", _PIPELINE_ACTION, _EACH_JOB),
    ("POST", "/projects/:id/pipelines/:pipeline_id/cancel", _PIPELINE_ACTION, _EACH_JOB),
    ("DELETE", "/projects/:id/pipelines/:pipeline_id", _PIPELINE_ACTION, ""),
    ("PUT", "/projects/:id/pipelines/:pipeline_id/metadata", _PIPELINE_ACTION, ""),
    (
        "GET",
        "/projects/:id/pipelines/latest",
        "the schema has no field for it",
        "project(id:) { pipelines(ref:, first: 1) { nodes } } gives the newest one",
    ),
    (
        "GET",
        "/projects/:id/pipelines/:pipeline_id/*rest",
        "the schema has no field for it",
        "Pipeline.jobs and Pipeline.bridges",
    ),
    (
        "GET",
        "/projects/:id/repository/commits/:sha/*rest",
        "the schema has no field for it",
        "Commit.status and Commit.lastPipeline",
    ),
    (
        "GET",
        "/projects/:id/repository/commits",
        "the schema lists no commits",
        "project(id:) { commit(sha:) } gives one, by its hash or by a branch",
    ),
    (
        "GET",
        "/projects/:id",
        "a project is a handle here, and tells nothing of itself",
        "project(id:) leads to its jobs, pipelines and commits",
    ),
    (
        "GET",
        "/runners/:id/jobs",
        "the schema has no field for it",
        "Job.runner tells for each job which runner took it",
    ),
)
_UNENCODED = re.compile(r"/projects/[^/]+/[^/]+(?:/[^/]+)*/(?:jobs|pipelines|repository)(?:/|\Z)")
_PLAIN = re.compile(r"[a-z_]{2,30}")


def no_equivalent(method: str, path: str) -> Untranslatable:
    """Why the call cannot be translated.

    Of the path only words such as GitLab's routes are made of are repeated.
    """
    known = methods_of(path)
    if known and method == "HEAD":
        return Untranslatable(
            "HEAD asks for headers alone, and GraphQL answers with a body",
            "translate the GET; totalCount and pageInfo say what the headers of a list do",
        )
    if known:
        return Untranslatable(
            f"GitLab has no {_shown_method(method)} for this path", f"{known[0]} {_shown(path)}"
        )
    if (named := other_route(method, path)) is not None:
        return named
    if _UNENCODED.match(path):
        return Untranslatable(
            "there is no such route",
            "the path of a project is one segment: /projects/group%2Fproject/jobs",
        )
    return Untranslatable(f"{_shown_method(method)} {_shown(path)} is no part of the Jobs API")


def other_route(method: str, path: str) -> Untranslatable | None:
    """What is known of a route of GitLab that has no equivalent."""
    for wanted, template, reason, nearest in _ELSEWHERE:
        if wanted == method and match_template(template, path) is not None:
            return Untranslatable(f"{method} {template}: {reason}", nearest)
    return None


def endpoints() -> list[str]:
    """The routes that can be translated."""
    return [route.name for route in ROUTES]


def _shown_method(method: str) -> str:
    known = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
    return method if method in known else "such method"


def _shown(path: str) -> str:
    """The words of a path; whatever else stands in it may be a secret."""
    parts = path.strip("/").split("/")
    return "/" + "/".join(part if _PLAIN.fullmatch(part) else ":…" for part in parts)
