"""What may be kept, for how long it may be handed out, and when it has to go. Pure.

GitLab lets its answers be kept by one reader and wants to be asked before each use
(`max-age=0, private, must-revalidate`). That holds here for everything but three kinds of things
whose further life is known: a job, a pipeline and a commit that have come to rest. Those change by
an action (which drops them), by an artifact's expiry (which is looked at), and by what people do
past the gateway; so they are handed out without a call for a bounded time only, and only to the
credential that GitLab gave or confirmed them for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from upstream.config import Reuse
from upstream.records import FINISHED_STATUSES

# Nothing runs in a skipped job or pipeline, but a retry of what went before brings it to life.
AT_REST = FINISHED_STATUSES - {"skipped"}

# A page's place in its list is told by headers, which an entity tag does not cover.
PAGING_HEADERS = frozenset(
    {
        "link",
        "x-next-cursor",
        "x-next-page",
        "x-page",
        "x-per-page",
        "x-prev-cursor",
        "x-prev-page",
        "x-total",
        "x-total-pages",
    }
)

OK = 200
NOT_MODIFIED = 304
UNAUTHORIZED = 401
RATE_LIMITED = 429
_DENIALS = frozenset({301, 302, 303, 307, 308, 401, 403, 404, 410})
_REFUSALS = frozenset(range(300, 500)) - {NOT_MODIFIED, RATE_LIMITED}

_FULL_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_ENTITY_TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e]*"')  # as RFC 9110 8.8.3 has it, ASCII only


@dataclass(frozen=True, slots=True)
class Rest:
    """How long an answer may be handed out, and GitLab's number of the project it is of."""

    seconds: float
    project: str


def tag_to_keep(status: int, headers: Mapping[str, str]) -> str | None:
    """The entity tag of an answer that may be kept; None where it may not."""
    if status != OK or forbids_keeping(headers):
        return None
    tag = headers.get("etag")
    return tag if tag is not None and _ENTITY_TAG.fullmatch(tag) else None


def forbids_keeping(headers: Mapping[str, str]) -> bool:
    return "no-store" in headers.get("cache-control", "").lower()


def refuses(status: int) -> bool:
    """Whether an answer says that the credential has, as of now, no claim to what was kept."""
    return status in _REFUSALS


def denies(status: int) -> bool:
    """Whether a refusal puts the whole project in doubt, and not only what was asked for."""
    return status in _DENIALS


def confirms(headers: Mapping[str, str], offered: str) -> bool:
    """Whether a 304 with these headers speaks of the entity tag that was offered."""
    return headers.get("etag", offered).removeprefix("W/") == offered.removeprefix("W/")


def paging_headers(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: headers[name] for name in PAGING_HEADERS & headers.keys()}


def confirmed_headers(headers: Mapping[str, str], kept: Mapping[str, str]) -> Mapping[str, str]:
    """The headers of an answer that a 304 confirms.

    Where the 304 tells of paging it tells all of it; one that is silent has been cut short on its
    way, and what this credential was told before still holds.
    """
    return headers if PAGING_HEADERS & headers.keys() else {**kept, **headers}


class Policy:
    """How long what has come to rest is handed out without a call; the rest never is.

    For `stale_seconds` anything may be handed out where no call gets through.
    """

    def __init__(self, reuse: Reuse) -> None:
        self._rules: dict[str, Callable[[str, Mapping[str, Any], float], Rest | None]] = {
            "/projects/:id/jobs/:job_id": self._job,
            "/projects/:id/pipelines/:pipeline_id": self._pipeline,
            "/projects/:id/repository/commits/:sha": self._commit,
        }
        self._reuse = reuse
        self.stale_seconds = reuse.stale_seconds

    def rest(self, route: str, path: str, payload: Any, now: float) -> Rest | None:
        """None for what has to be asked for each time; `now` is seconds since the epoch."""
        rule = self._rules.get(route)
        found = rule(path, payload, now) if rule and isinstance(payload, dict) else None
        return found if found is not None and found.seconds > 0 else None

    def _job(self, _path: str, job: Mapping[str, Any], now: float) -> Rest | None:
        pipeline = _at_rest(job.get("pipeline"))
        if pipeline is None or not _ended(job):
            return None
        expiry = _moment(job.get("artifacts_expire_at"))
        seconds = self._reuse.job_seconds
        if expiry is not None and expiry > now:
            seconds = min(seconds, expiry - now)
        return _rest(seconds, pipeline)

    def _pipeline(self, _path: str, pipeline: Mapping[str, Any], _now: float) -> Rest | None:
        found = _at_rest(pipeline)
        return None if found is None else _rest(self._reuse.pipeline_seconds, found)

    def _commit(self, path: str, commit: Mapping[str, Any], _now: float) -> Rest | None:
        """A commit never changes, but its answer also tells the state of its last pipeline."""
        sha = path.rpartition("/")[2]
        if not _FULL_SHA.fullmatch(sha) or commit.get("id") != sha:
            return None  # a branch's or tag's name, which moves on
        if _at_rest(commit.get("last_pipeline")) is None or not _ended(commit):
            return None
        return _rest(self._reuse.commit_seconds, commit)


def project_number(payload: Any) -> str | None:
    """GitLab's number of the project that a job, pipeline or commit, or a list of them, is of."""
    if isinstance(payload, list) and payload:
        payload = payload[0]
    if not isinstance(payload, dict):
        return None
    number = payload.get("project_id")
    if number is None and isinstance(payload.get("pipeline"), dict):
        number = payload["pipeline"].get("project_id")
    return str(number) if number.__class__ is int else None


def _rest(seconds: float, owned: Mapping[str, Any]) -> Rest | None:
    # Without it no action could be told to concern this answer.
    project = project_number(owned)
    return None if project is None else Rest(seconds, project)


def _at_rest(pipeline: Any) -> Mapping[str, Any] | None:
    return pipeline if isinstance(pipeline, dict) and _ended(pipeline) else None


def _ended(thing: Mapping[str, Any]) -> bool:
    status = thing.get("status")
    return isinstance(status, str) and status in AT_REST


def _moment(text: Any) -> float | None:
    try:
        return datetime.fromisoformat(text).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None
