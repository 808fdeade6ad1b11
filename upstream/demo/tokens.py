"""The demo's tokens: public knowledge, worth nothing anywhere else."""

from __future__ import annotations

from typing import Final

MAINTAINER_TOKEN: Final = "demo-maintainer"  # noqa: S105 - published on purpose
DEVELOPER_TOKEN: Final = "demo-developer"  # noqa: S105 - published on purpose
REPORTER_TOKEN: Final = "demo-reporter"  # noqa: S105 - published on purpose
OUTSIDER_TOKEN: Final = "demo-outsider"  # noqa: S105 - published on purpose
JOB_TOKEN_PREFIX: Final = "demo-job-"  # noqa: S105 - published on purpose


def job_token(job_id: int) -> str:
    """The token of a job; GitLab knows it only while the job runs."""
    return f"{JOB_TOKEN_PREFIX}{job_id}"
