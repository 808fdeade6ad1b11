"""What a GitLab may answer: payloads in its shapes, and the same with faults in them.

Each is made from a random generator of its own, so that the same request has the same answer.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from upstream.records import STATUSES

Payload = dict[str, Any]


class Flaw(enum.Enum):
    """What may be wrong with a value inside a payload."""

    DROPPED = enum.auto()
    NULL = enum.auto()
    STRING = enum.auto()
    NUMBER = enum.auto()
    BOOLEAN = enum.auto()
    OBJECT = enum.auto()
    LIST = enum.auto()
    HUGE = enum.auto()
    UNKNOWN_STATUS = enum.auto()


@dataclass(frozen=True, slots=True)
class Flaws:
    """`percent` of all values have one of `kinds`."""

    kinds: tuple[Flaw, ...] = ()
    percent: int = 0


NO_FLAWS = Flaws()

WRONG: dict[Flaw, tuple[Any, ...]] = {
    Flaw.NULL: (None,),
    Flaw.STRING: ("", "7", "-12", "nan", "Infinity", "1e400", " 68.49 ", "text", "2026-01-01"),
    Flaw.NUMBER: (0, 1, -7, 3.0, 2.5, -0.0, 1e22, 2**31 - 1),
    Flaw.BOOLEAN: (True, False),
    Flaw.OBJECT: ({}, {"id": 1}, {"id": "x", "name": None}),
    Flaw.LIST: ([], [None], ["a", 1], [{}], [{"id": 3, "filename": "f"}, None]),
    Flaw.HUGE: (2**31, -(2**31) - 1, 2**53, 2**63 - 1, 2**64 - 1, 1e308),
    Flaw.UNKNOWN_STATUS: ("brand_new", "unknown", "SUCCESS", ""),
}


def spoiled(value: Any, random: Random, flaws: Flaws) -> Any:
    """A copy of a payload with flaws in it, at any depth."""
    if isinstance(value, dict):
        entries = {}
        for key, each in value.items():
            kept, changed = _spoiled_entry(key, each, random, flaws)
            if kept:
                entries[key] = changed
        return entries
    if isinstance(value, list):
        return [_spoiled_entry("", each, random, flaws)[1] for each in value]
    return value


def _spoiled_entry(key: str, value: Any, random: Random, flaws: Flaws) -> tuple[bool, Any]:
    if not flaws.kinds or random.randrange(100) >= flaws.percent:
        return True, spoiled(value, random, flaws)
    flaw = random.choice(flaws.kinds)
    if flaw is Flaw.DROPPED:
        return False, value
    if flaw is Flaw.UNKNOWN_STATUS and key != "status":
        return True, spoiled(value, random, flaws)
    return True, random.choice(WRONG[flaw])


def date(random: Random) -> str:
    day, fraction = random.randint(1, 28), random.randrange(1000)
    return f"2026-{random.randint(1, 12):02}-{day:02}T10:00:00.{fraction:03}Z"


def some(random: Random, make: Callable[[Random], Any]) -> Any:
    """A value, or null as GitLab sends it where there is none."""
    return None if random.random() < 0.2 else make(random)


def same(random: Random, number: int) -> Random:
    """What decides over an object shown several times: as a rule it looks the same each time."""
    return Random(number) if random.random() < 0.7 else random


def user(random: Random) -> Payload:
    number = random.randint(1, 5)
    random = same(random, number)
    made: Payload = {
        "id": number,
        "username": f"user{number}",
        "name": f"Üser {number} \u2028",
        "state": "active",
        "locked": False,
        "avatar_url": None,
        "web_url": f"https://gitlab.test/user{number}",
    }
    if random.random() < 0.6:
        made |= {"created_at": date(random), "bio": "", "followers": 3, "following": 2**20}
        made |= {"local_time": "12:44 PM", "bot": False, "job_title": None, "public_email": ""}
    return made


def commit(random: Random, sha: str | None = None, *, whole: bool = False) -> Payload:
    if sha is None:
        number = random.randint(1, 4)
        sha, random = f"{number:040x}", same(random, number)
    made: Payload = {
        "id": sha,
        "short_id": sha[:8],
        "created_at": date(random),
        "parent_ids": [f"{number:040x}" for number in range(random.randrange(3))],
        "title": "Ändere\ttabs",
        "message": "Title\n\nBody\n",
        "author_name": "A",
        "author_email": "a@example.com",
        "authored_date": date(random),
        "committer_name": "B",
        "committer_email": "b@example.com",
        "committed_date": date(random),
        "trailers": some(random, lambda _: {"Changelog": "added"}),
        "extended_trailers": {"Co-authored-by": ["x", "y"]},
        "web_url": f"https://gitlab.test/commit/{sha}",
    }
    if whole:
        made |= {
            "stats": {"additions": 3, "deletions": 0, "total": 3},
            "status": some(random, lambda r: r.choice(sorted(STATUSES))),
            "project_id": 1,
            "last_pipeline": some(random, pipeline),
        }
    return made


def pipeline(random: Random, number: int | None = None, *, whole: bool = False) -> Payload:
    if number is None:
        number = random.randint(1, 3)
        random = same(random, number)
    made: Payload = {
        "id": number,
        "iid": random.randint(1, 90),
        "project_id": 1,
        "sha": f"{random.randint(1, 4):040x}",
        "ref": "main",
        "status": random.choice(sorted(STATUSES)),
        "source": "push",
        "created_at": date(random),
        "updated_at": some(random, date),
        "web_url": "https://gitlab.test/p",
    }
    if whole or random.random() < 0.3:
        made["name"] = some(random, lambda _: "nightly")
    if whole:
        made |= {
            "before_sha": "0" * 40,
            "tag": False,
            "yaml_errors": None,
            "user": some(random, user),
            "started_at": some(random, date),
            "finished_at": some(random, date),
            "committed_at": None,
            "duration": some(random, lambda r: r.randint(0, 900)),
            "queued_duration": some(random, lambda r: r.random()),
            "coverage": some(random, lambda r: f"{r.random() * 100:.2f}"),
            "detailed_status": {"icon": "i", "text": "passed", "label": "l", "group": "success"}
            | {"tooltip": "t", "has_details": True, "details_path": "/x", "favicon": "/f"},
        }
    return made


def ci_job(random: Random, number: int) -> Payload:
    made: Payload = {
        "id": number,
        "status": random.choice(sorted(STATUSES)),
        "stage": "test",
        "name": f"job {number} 😀",
        "ref": "main",
        "tag": False,
        "coverage": some(random, lambda r: r.choice((0, 12.5, 100, 99.9))),
        "allow_failure": False,
        "created_at": date(random),
        "started_at": some(random, date),
        "finished_at": some(random, date),
        "erased_at": None,
        "duration": some(random, lambda r: r.random() * 100),
        "queued_duration": some(random, lambda r: r.randint(0, 9)),
        "user": some(random, user),
        "commit": some(random, commit),
        "pipeline": pipeline(random),
        "web_url": f"https://gitlab.test/jobs/{number}",
        "project": {"ci_job_token_scope_enabled": random.random() < 0.5},
    }
    if made["status"] == "failed":
        made["failure_reason"] = "script_failure"
    return made


def job(random: Random, number: int) -> Payload:
    artifacts = [
        {"file_type": kind, "size": size, "filename": f"{kind}.zip", "file_format": "zip"}
        for kind, size in (("archive", 1000), ("trace", 2**40))[: random.randrange(3)]
    ]
    made = ci_job(random, number) | {
        "artifacts": artifacts,
        "runner": some(random, runner),
        "runner_manager": some(random, lambda _: {"id": 4, "system_id": "s_1", "version": "18"}),
        "artifacts_expire_at": None,
        "archived": False,
        "tag_list": ["docker", "linux"][: random.randrange(3)],
    }
    if artifacts:
        made["artifacts_file"] = {"filename": "archive.zip", "size": 1000}
    return made


def runner(random: Random) -> Payload:
    return {
        "id": random.randint(1, 3),
        "description": "shared",
        "ip_address": None,
        "active": True,
        "paused": False,
        "is_shared": True,
        "runner_type": "instance_type",
        "name": "gitlab-runner",
        "online": some(random, lambda _: True),
        "status": "online",
    }


def bridge(random: Random, number: int) -> Payload:
    return ci_job(random, number) | {"downstream_pipeline": some(random, pipeline)}


def allowed_agents(random: Random) -> Payload:
    configured = {"id": 9, "name": "n", "path": "p", "created_at": date(random)}
    return {
        "allowed_agents": [
            {"id": number, "config_project": configured, "configuration": {"a": [1, None]}}
            for number in range(random.randrange(3))
        ],
        "job": {"id": 5, "name": "build"},
        "pipeline": {"id": 2, "status": "running", "ref": "main"},
        "project": {"id": 1, "groups": [{"id": 7}]},
        "user": user(random) | {"roles_in_project": ["guest", "developer"]},
        "environment": some(random, lambda _: {"tier": "production", "slug": "prod"}),
    }


def log(random: Random) -> bytes:
    lines = (
        b"\x1b[0Ksection_start:1560896352:build[collapsed=true]\r\x1b[0KHeader",
        b"2026-02-13T10:00:00.000000Z 00O \x1b[32;1mgreen\x1b[0m",
        b"caf\xc3\xa9 \xff broken",
        b"progress 1\rprogress 2",
        b"section_end:1560896353:build\r\x1b[0K",
        b"",
    )
    return b"\n".join(random.choice(lines) for _ in range(random.randrange(12)))
