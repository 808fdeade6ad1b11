"""The things that the demo GitLab keeps: people, machines, projects, commits, pipelines, jobs.

All times are seconds since the epoch. Wire shapes are made in `entities`.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from upstream.demo.templates import JobSpec, Trigger

Visibility = Literal["public", "private"]
LogSource = bytes | Callable[[], Iterable[bytes]]


class Role(enum.IntEnum):
    """Access levels, by GitLab's numbers."""

    GUEST = 10
    REPORTER = 20
    DEVELOPER = 30
    MAINTAINER = 40


@dataclass(slots=True, eq=False)
class User:
    id: int
    username: str
    name: str
    created_at: float
    job_title: str = ""
    location: str | None = None
    bot: bool = False


@dataclass(slots=True, eq=False)
class Runner:
    """A runner with its one manager.

    `stamps_lines`: the log's lines begin with a time and a stream tag. `cancels_softly`: the
    runner knows `after_script` on cancel, so that its jobs pass through `canceling`.
    """

    id: int
    description: str
    runner_type: str
    created_at: float
    version: str
    revision: str
    stamps_lines: bool
    cancels_softly: bool


@dataclass(slots=True, eq=False)
class Commit:
    sha: str
    parent_sha: str | None
    title: str
    body: str
    author: User
    authored_at: float
    committed_at: float
    utc_offset_minutes: int
    additions: int
    deletions: int
    trailers: dict[str, str]

    @property
    def message(self) -> str:
        trailers = "\n".join(f"{key}: {value}" for key, value in self.trailers.items())
        return "\n\n".join(part for part in (self.title, self.body, trailers) if part) + "\n"


@dataclass(slots=True, eq=False)
class Artifact:
    file_type: str
    filename: str
    size: int
    file_format: str | None


@dataclass(slots=True, eq=False)
class Job:
    """What builds and bridges share; `attempt` counts from 1 over the retries of one name."""

    id: int
    spec: JobSpec
    pipeline: Pipeline
    user: User
    created_at: float
    attempt: int = 1
    status: str = "created"
    queued_at: float | None = None
    started_at: float | None = None
    finished_at: float | None = None
    erased_at: float | None = None
    coverage: float | None = None
    failure_reason: str | None = None
    retried: bool = False
    immediate: bool = False  # played or retried: does not wait to be played again

    @property
    def allow_failure(self) -> bool:
        return self.spec.allow_failure

    @property
    def is_action(self) -> bool:
        return self.spec.when in ("manual", "delayed")


@dataclass(slots=True, eq=False)
class Build(Job):
    """A job that a runner executes.

    `log_seconds` is how long its log takes to be written;
    `log` replaces what the demo would write.
    """

    runner: Runner | None = None
    artifacts: list[Artifact] = field(default_factory=list)
    artifacts_expire_at: float | None = None
    log_seconds: float = 0.0
    will_fail: bool = False
    variables: dict[str, str] = field(default_factory=dict)
    log: LogSource | None = None
    log_size: int | None = None


@dataclass(slots=True, eq=False)
class Bridge(Job):
    downstream: Pipeline | None = None

    @property
    def trigger(self) -> Trigger:
        if self.spec.trigger is None:
            raise ValueError(f"bridge {self.id} has no trigger")
        return self.spec.trigger


AnyJob = Build | Bridge


@dataclass(slots=True, eq=False)
class Pipeline:
    id: int
    iid: int
    project: Project
    commit: Commit
    ref: str
    tag: bool
    source: str
    user: User
    created_at: float
    updated_at: float
    before_sha: str
    name: str | None = None
    status: str = "created"
    started_at: float | None = None
    finished_at: float | None = None
    jobs: list[AnyJob] = field(default_factory=list)
    upstream: Bridge | None = None
    pinned: bool = False

    @property
    def builds(self) -> list[Build]:
        return [job for job in self.jobs if isinstance(job, Build)]

    def latest(self) -> list[AnyJob]:
        """The jobs without the attempts that were retried."""
        return [job for job in self.jobs if not job.retried]


@dataclass(slots=True, eq=False)
class Project:
    """`variables_role`: the least role that may set variables on a play.

    `heads` are the commits that refs point to; of these `branches` stay for good.
    """

    id: int
    path: str
    name: str
    description: str
    visibility: Visibility
    runner: Runner
    specs: tuple[JobSpec, ...]
    created_at: float
    next_job_id: int
    public_builds: bool = True
    variables_role: Role = Role.DEVELOPER
    next_iid: int = 1
    members: dict[int, Role] = field(default_factory=dict)
    protected: frozenset[str] = frozenset({"main"})
    branches: set[str] = field(default_factory=set)
    heads: dict[str, Commit] = field(default_factory=dict)
    commits: dict[str, Commit] = field(default_factory=dict)
    pipelines: dict[int, Pipeline] = field(default_factory=dict)
    builds: dict[int, Build] = field(default_factory=dict)
    bridges: dict[int, Bridge] = field(default_factory=dict)
