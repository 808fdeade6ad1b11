"""Retry a job: POST /projects/:id/jobs/:job_id/retry, which starts a new attempt with a new id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from resolvers.context import RequestContext
from resolvers.mutations.outcome import MutationErrorCode, Outcome, target
from upstream.endpoints import jobs
from upstream.errors import BadRequest, Conflict, Forbidden


async def retry_job(
    context: RequestContext,
    project_id: str | None,
    id: str,
    *,
    inputs: Mapping[str, Any] | None = None,
    client_mutation_id: str | None = None,
) -> Outcome:
    """Retry a job or a bridge; the outcome's job is the new attempt."""
    job = target(context, project_id, id, client_mutation_id, "Job", "Bridge")
    try:
        payload = await job.once(
            "retry",
            {"inputs": inputs},
            lambda: jobs.retry_job(
                context.upstream, context.credential, job.project, job.number, inputs=inputs
            ),
        )
    except Forbidden as error:
        # GitLab says 403 both to a user without rights and to a job in the wrong state.
        if "not retryable" in error.message:
            return job.refused(MutationErrorCode.NOT_RETRYABLE, error, "id")
        if inputs and "input" in error.message.lower():
            return job.refused(MutationErrorCode.INVALID_INPUT, error, "inputs")
        raise
    except BadRequest as error:
        return job.refused(MutationErrorCode.INVALID_INPUT, error, "inputs" if inputs else "id")
    except Conflict as error:
        return job.refused(MutationErrorCode.CONFLICT, error, "id")
    return job.answered(payload)
