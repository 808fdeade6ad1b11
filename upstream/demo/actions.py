"""What users do to jobs, with GitLab's refusals.

Rights are checked by the routes; here stands what the state of a job allows.
"""

from __future__ import annotations

from upstream.demo.lifecycle import cancel, enqueue, finish, retry
from upstream.demo.records import AnyJob, Bridge, Build, User
from upstream.demo.statuses import CANCELABLE, COMPLETED, RETRYABLE
from upstream.demo.world import World


class RefusedError(Exception):
    """The state of the job rules the action out."""


def cancel_job(world: World, job: Build, *, force: bool) -> None:
    """A job that cannot be canceled stays as it is: GitLab says nothing about that.

    `force` only ends a job that hangs in `canceling`.
    """
    if force:
        finish(world, job, "canceled", expected="canceling")
    elif job.status in CANCELABLE:
        cancel(world, job)


def retry_job(world: World, job: AnyJob, user: User) -> AnyJob:
    if not _retryable(job):
        raise RefusedError("Job is not retryable")
    return retry(world, job, user)


def erase_job(world: World, job: Build) -> None:
    if not erasable(job):
        raise RefusedError("Job is not erasable!")
    job.artifacts.clear()
    job.artifacts_expire_at = None
    job.erased_at = world.now


def play_job(world: World, job: AnyJob, user: User, variables: dict[str, str]) -> AnyJob:
    """Start a waiting job now; a finished one is played again as a new job.

    The new attempt loses the variables, as on GitLab, where this way leads through a retry.
    """
    if not _playable(job):
        raise RefusedError("Unplayable Job")
    if job.status not in ("manual", "scheduled"):
        return retry(world, job, user)
    job.user = user
    if isinstance(job, Build):
        job.variables = variables
    enqueue(world, job, expected=job.status)
    return job


def erasable(job: Build) -> bool:
    has_log = job.started_at is not None
    return job.status in COMPLETED and job.erased_at is None and (has_log or bool(job.artifacts))


def _retryable(job: AnyJob) -> bool:
    return job.status in RETRYABLE and not job.retried


def _playable(job: AnyJob) -> bool:
    if isinstance(job, Bridge):
        return job.status == "manual"
    return job.is_action and (job.status in ("manual", "scheduled") or _retryable(job))
