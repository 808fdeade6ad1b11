"""Erase a job: POST /projects/:id/jobs/:job_id/erase, which removes its artifacts and its log."""

from __future__ import annotations

from resolvers.context import RequestContext
from resolvers.mutations.outcome import MutationErrorCode, Outcome, target
from upstream.endpoints import jobs
from upstream.errors import Conflict, Forbidden


async def erase_job(
    context: RequestContext,
    project_id: str | None,
    id: str,
    *,
    client_mutation_id: str | None = None,
) -> Outcome:
    """Erase a finished job; a second time there is nothing left to erase."""
    job = target(context, project_id, id, client_mutation_id, "Job")
    try:
        payload = await job.once(
            "erase",
            {},
            lambda: jobs.erase_job(context.upstream, context.credential, job.project, job.number),
        )
    except Forbidden as error:
        # GitLab says 403 both to a user without rights and to a job in the wrong state.
        if "not erasable" in error.message:
            return job.refused(MutationErrorCode.NOT_ERASABLE, error, "id")
        raise
    except Conflict as error:
        return job.refused(MutationErrorCode.CONFLICT, error, "id")
    return job.answered(payload)
