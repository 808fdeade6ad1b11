"""Cancel a job: POST /projects/:id/jobs/:job_id/cancel.

GitLab answers 201 to the cancellation of any job, finished ones included, and then changes
nothing. The answer alone cannot tell a job canceled now from one canceled long ago, so the job is
read first; that is the one call by which this costs more than REST.
"""

from __future__ import annotations

from typing import Any

from resolvers.context import RequestContext
from resolvers.mutations.once import Payload
from resolvers.mutations.outcome import MutationErrorCode, Outcome, Refusal, target
from upstream.endpoints import jobs
from upstream.errors import Conflict


async def cancel_job(
    context: RequestContext,
    project_id: str | None,
    id: str,
    *,
    force: bool | None = None,
    client_mutation_id: str | None = None,
) -> Outcome:
    """Cancel a job; `force` ends one that hangs in CANCELING and needs a maintainer."""
    job = target(context, project_id, id, client_mutation_id, "Job")
    where = (context.upstream, context.credential, job.project, job.number)

    async def act() -> Payload:
        before = await jobs.get_job(*where)
        return {"before": before, "after": await jobs.cancel_job(*where, force=force)}

    try:
        seen = await job.once("cancel", {"force": force}, act)
    except Conflict as error:
        return job.refused(MutationErrorCode.CONFLICT, error, "id")
    if refusal := _no_effect(seen["before"], seen["after"], force=bool(force)):
        job.refusals.append(refusal)
    return job.answered(seen["after"])


def _no_effect(before: dict[str, Any], after: dict[str, Any], *, force: bool) -> Refusal | None:
    status = after.get("status")
    if status in ("canceled", "canceling") and status != before.get("status"):
        return None
    if status == "canceling" and not force:
        message = "The job is being canceled already; a maintainer may end it with `force: true`."
    elif force and status != "canceling" and before.get("status") == status:
        message = f"The job is {status}; `force` acts only on a job that is being canceled."
    else:
        message = f"The job is {status}; GitLab cancels only jobs that have not finished."
    return Refusal(MutationErrorCode.NO_EFFECT, message, ("input", "id"))
