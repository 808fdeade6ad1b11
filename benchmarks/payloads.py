"""GitLab's JSON, made up: one project's jobs and pipelines, the same from the same seed.

The keys, types and nulls are those of GitLab's job, pipeline, commit, user and runner entities. Ids
stay below 2^31, although GitLab's do not, because GraphQL's Int ends there and most peers use it.
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

SEED = 17
JOBS_OF_A_PIPELINE = 4
FIRST_JOB = 7_000_001
FIRST_PIPELINE = 500_001
FIRST_RETRIED = 9_000_001

_HOST = "https://gitlab.example.com"
_PROJECT = f"{_HOST}/demo/shop"
_START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
_STAGES = (
    ("build", "compile"),
    ("test", "unit tests"),
    ("test", "end to end: checkout"),
    ("deploy", "staging"),
)
_JOB_STATUSES = ("success", "success", "success", "failed", "running", "pending", "canceled")
_PIPELINE_STATUSES = ("success", "failed", "running", "canceled")
_PEOPLE = (("amara", "Amara Obi"), ("jun", "Jun Takeda"), ("lena", "Lena Brandt"))
_TITLES = ("Round prices up", "Speed up the basket", "Keep the session alive", "Tidy the checkout")


@dataclass(frozen=True, slots=True)
class Payloads:
    """By id, in rising order of ids; `retried` is the answer to a retry, by the old job's id."""

    jobs: dict[int, dict[str, Any]]
    pipelines: dict[int, dict[str, Any]]
    retried: dict[int, dict[str, Any]]


def make_payloads(jobs: int, *, seed: int = SEED) -> Payloads:
    """A project of so many jobs, four to a pipeline."""
    chance = random.Random(seed)  # noqa: S311 - made-up data that must be the same every time
    made = Payloads({}, {}, {})
    for number in range(jobs):
        group, place = divmod(number, JOBS_OF_A_PIPELINE)
        if place == 0:
            pipeline = _pipeline(chance, group)
            made.pipelines[pipeline["id"]] = pipeline
            commit = _commit(chance, pipeline)
        job = _job(chance, number, pipeline, commit)
        made.jobs[job["id"]] = job
        made.retried[job["id"]] = _retried(job, number)
    return made


def newest(payloads: Payloads, count: int) -> list[dict[str, Any]]:
    """As GitLab lists them."""
    return list(payloads.jobs.values())[: -count - 1 : -1]


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _pipeline(chance: random.Random, number: int) -> dict[str, Any]:
    """As `GET /projects/:id/pipelines/:pipeline_id` answers; jobs carry a part of it."""
    created = _START + timedelta(minutes=7 * number)
    identity = FIRST_PIPELINE + number
    name, full_name = chance.choice(_PEOPLE)
    status = chance.choice(_PIPELINE_STATUSES)
    return {
        "id": identity,
        "iid": number + 1,
        "project_id": 1,
        "sha": _sha(chance, identity),
        "ref": chance.choice(("main", "main", "feature/basket", "release-26.3")),
        "status": status,
        "source": chance.choice(("push", "web", "schedule")),
        "created_at": _time(created),
        "updated_at": _time(created + timedelta(seconds=412)),
        "web_url": f"{_PROJECT}/-/pipelines/{identity}",
        "before_sha": "0" * 40,
        "tag": False,
        "yaml_errors": None,
        "user": {
            "id": 30 + len(name),
            "username": name,
            "name": full_name,
            "state": "active",
            "locked": False,
            "avatar_url": None,
            "web_url": f"{_HOST}/{name}",
        },
        "started_at": _time(created + timedelta(seconds=4)),
        "finished_at": _time(created + timedelta(seconds=410)),
        "committed_at": None,
        "duration": chance.randrange(60, 900),
        "queued_duration": chance.randrange(1, 20),
        "coverage": f"{chance.uniform(40, 99):.2f}" if chance.randrange(5) else None,
        "detailed_status": {
            "icon": f"status_{status}",
            "text": status.capitalize(),
            "label": status,
            "group": status,
            "tooltip": status,
            "has_details": True,
            "details_path": f"/demo/shop/-/pipelines/{identity}",
            "illustration": None,
            "favicon": f"/assets/ci_favicons/favicon_status_{status}.png",
        },
        "archived": False,
        "name": None,
    }


_EMBEDDED = ("id", "iid", "project_id", "sha", "ref", "status", "source")
_TIMES_AND_LINK = ("created_at", "updated_at", "web_url")


def _commit(chance: random.Random, pipeline: dict[str, Any]) -> dict[str, Any]:
    name, full_name = chance.choice(_PEOPLE)
    title = f"{chance.choice(_TITLES)} (#{pipeline['iid']})"
    written = pipeline["created_at"].replace("Z", "+02:00")
    return {
        "id": pipeline["sha"],
        "short_id": pipeline["sha"][:8],
        "created_at": written,
        "title": title,
        "message": f"{title}\n",
        "author_name": full_name,
        "author_email": f"{name}@example.com",
        "web_url": f"{_PROJECT}/-/commit/{pipeline['sha']}",
    }


def _job(
    chance: random.Random, number: int, pipeline: dict[str, Any], commit: dict[str, Any]
) -> dict[str, Any]:
    stage, name = _STAGES[number % JOBS_OF_A_PIPELINE]
    identity = FIRST_JOB + number
    status = chance.choice(_JOB_STATUSES)
    created = datetime.fromisoformat(pipeline["created_at"])
    started = None if status == "pending" else created + timedelta(seconds=chance.uniform(1, 30))
    running = status in ("pending", "running")
    seconds = round(chance.uniform(2, 600), 6)
    finished = None if running or not started else started + timedelta(seconds=seconds)
    job: dict[str, Any] = {
        "id": identity,
        "status": status,
        "stage": stage,
        "name": name,
        "ref": pipeline["ref"],
        "tag": False,
        "coverage": round(chance.uniform(40, 99), 2) if stage == "test" else None,
        "allow_failure": not chance.randrange(10),
        "created_at": _time(created),
        "started_at": _time(started) if started else None,
        "finished_at": _time(finished) if finished else None,
        "erased_at": None,
        "duration": seconds if started else None,
        "queued_duration": round(chance.uniform(0.1, 30), 6),
        "user": _user(chance),
        "commit": commit,
        "pipeline": {key: pipeline[key] for key in (*_EMBEDDED, *_TIMES_AND_LINK)},
        "web_url": f"{_PROJECT}/-/jobs/{identity}",
        "project": {"ci_job_token_scope_enabled": False},
        "artifacts": [],
        "runner": _runner(chance) if started else None,
        "artifacts_expire_at": None,
        "tag_list": ["docker", "linux"] if stage == "build" else [],
    }
    if status == "failed":
        job["failure_reason"] = "script_failure"
    if finished:
        _add_artifacts(job, chance, finished)
    return job


def _add_artifacts(job: dict[str, Any], chance: random.Random, finished: datetime) -> None:
    size = chance.randrange(1_000, 90_000)
    trace = {"file_type": "trace", "size": size, "filename": "job.log", "file_format": None}
    job["artifacts"] = [trace]
    if job["stage"] == "build":
        archive = {"filename": "artifacts.zip", "size": 10 * size}
        job["artifacts_file"] = archive
        job["artifacts"] = [{"file_type": "archive", "file_format": "zip", **archive}, trace]
        job["artifacts_expire_at"] = _time(finished + timedelta(days=30))


def _user(chance: random.Random) -> dict[str, Any]:
    name, full_name = chance.choice(_PEOPLE)
    return {
        "id": 30 + len(name),
        "username": name,
        "name": full_name,
        "state": "active",
        "avatar_url": f"{_HOST}/uploads/-/user/avatar/{name}.png",
        "web_url": f"{_HOST}/{name}",
        "created_at": "2021-02-03T09:15:27.614Z",
        "bio": "",
        "location": None,
        "public_email": None,
        "linkedin": "",
        "twitter": "",
        "website_url": "",
        "organization": "Shop",
        "job_title": "Engineer",
        "bot": False,
    }


def _runner(chance: random.Random) -> dict[str, Any]:
    number = chance.randrange(1, 9)
    return {
        "id": 40 + number,
        "description": f"docker-{number}",
        "ip_address": None,
        "active": True,
        "paused": False,
        "is_shared": True,
        "runner_type": "instance_type",
        "name": "gitlab-runner",
        "online": True,
        "status": "online",
    }


def _retried(job: dict[str, Any], number: int) -> dict[str, Any]:
    """The new attempt: a new id, and nothing of the old one's outcome."""
    identity = FIRST_RETRIED + number
    new = {
        **job,
        "id": identity,
        "status": "pending",
        "coverage": None,
        "started_at": None,
        "finished_at": None,
        "duration": None,
        "queued_duration": 0.05,
        "web_url": f"{_PROJECT}/-/jobs/{identity}",
        "artifacts": [],
        "artifacts_expire_at": None,
        "runner": None,
    }
    new.pop("failure_reason", None)
    new.pop("artifacts_file", None)
    return new


def _sha(chance: random.Random, number: int) -> str:
    return hashlib.sha1(f"{number} {chance.random()}".encode(), usedforsecurity=False).hexdigest()
