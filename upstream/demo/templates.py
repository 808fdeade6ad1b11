"""What runs in the pipelines of each project: the demo's .gitlab-ci.yml files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

When = Literal["on_success", "manual", "delayed"]
Outcome = Literal["success", "failed"]
FOREVER = float("inf")

WEBSITE = "demo/website"
API = "demo/shop/api"
SHOP = "demo/shop"


@dataclass(frozen=True, slots=True)
class Trigger:
    """The downstream of a bridge; `depend` makes the bridge wait for it.

    `project` None is a child pipeline, with `specs` as its jobs.
    """

    project: str | None
    depend: bool = False
    specs: tuple[JobSpec, ...] = ()


@dataclass(frozen=True, slots=True)
class JobSpec:
    """One job as configured: `seconds` is the range of its run time, `outcome` None is chance."""

    name: str
    stage: str
    seconds: tuple[float, float] = (6.0, 20.0)
    failure_rate: float = 0.0
    failure_reason: str = "script_failure"
    allow_failure: bool = False
    when: When = "on_success"
    delay: float = 0.0
    retries: int = 0
    coverage: tuple[float, float] | None = None
    archive: bool = False
    reports: tuple[str, ...] = ()
    tags: tuple[str, ...] = ("docker", "linux")
    environment: str | None = None
    waits_for_resource: bool = False
    trigger: Trigger | None = None
    outcome: Outcome | None = None


def _rspec(part: int) -> JobSpec:
    return JobSpec(
        f"rspec {part}/3",
        "test",
        seconds=(14.0, 32.0),
        failure_rate=0.06,
        coverage=(81.0, 94.0),
        reports=("junit",),
        retries=1 if part == 3 else 0,  # noqa: PLR2004 - the last of the three
    )


DOCS_CHILD = (
    JobSpec("docs:build", "build", archive=True),
    JobSpec("docs:links", "test", failure_rate=0.1, allow_failure=True),
)

SHOP_SPECS = (
    JobSpec("compile", "build", seconds=(10.0, 24.0), failure_rate=0.03, archive=True),
    JobSpec("lint", "build", failure_rate=0.2, allow_failure=True, reports=("codequality",)),
    _rspec(1),
    _rspec(2),
    _rspec(3),
    JobSpec("e2e", "test", seconds=(25.0, 50.0), failure_rate=0.18, retries=1, archive=True),
    JobSpec("secrets", "test", reports=("secret_detection",), tags=()),
    JobSpec("docs", "test", trigger=Trigger(None, specs=DOCS_CHILD)),
    JobSpec("image", "package", seconds=(12.0, 30.0), archive=True, tags=("docker", "privileged")),
    JobSpec("trigger-api", "package", failure_rate=0.04, trigger=Trigger(API, depend=True)),
    JobSpec(
        "staging",
        "deploy",
        environment="staging",
        waits_for_resource=True,
        failure_rate=0.05,
        failure_reason="runner_system_failure",
    ),
    JobSpec("production", "deploy", when="manual", allow_failure=True, environment="production"),
    JobSpec("rollout 10%", "deploy", when="delayed", delay=90.0, environment="production"),
    JobSpec(
        "trigger-website",
        "deploy",
        when="manual",
        allow_failure=True,
        trigger=Trigger(WEBSITE),
    ),
)

API_SPECS = (
    JobSpec("build", "build", archive=True),
    JobSpec(
        "contract-tests",
        "test",
        seconds=(10.0, 40.0),
        failure_rate=0.12,
        failure_reason="stuck_or_timeout_failure",
        coverage=(70.0, 80.0),
        reports=("junit",),
    ),
    JobSpec("migrate", "deploy", environment="review", waits_for_resource=True),
)

WEBSITE_SPECS = (
    JobSpec("hugo", "build", archive=True, tags=("saas-linux-small-amd64",)),
    JobSpec("check-links", "test", failure_rate=0.15, allow_failure=True, retries=1),
    JobSpec("approve", "deploy", when="manual"),
    JobSpec("pages", "publish", environment="production", archive=True),
)

VAULT_SPECS = (
    JobSpec("rotate-keys", "build", seconds=(3.0, 6.0)),
    JobSpec("audit", "test", seconds=(3.0, 9.0), reports=("sast",)),
)
