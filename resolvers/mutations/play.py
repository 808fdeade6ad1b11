"""Play a manual or delayed job, or a bridge: POST /projects/:id/jobs/:job_id/play."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from resolvers.context import RequestContext
from resolvers.mutations.outcome import MutationErrorCode, Outcome, Refusal, target
from upstream.endpoints import jobs
from upstream.errors import BadRequest, Conflict


async def play_job(
    context: RequestContext,
    project_id: str | None,
    id: str,
    *,
    variables: Sequence[Mapping[str, str]] = (),
    inputs: Mapping[str, Any] | None = None,
    client_mutation_id: str | None = None,
) -> Outcome:
    """Start a job that waits for a person or for its time; `variables` are `{key, value}` each."""
    job = target(context, project_id, id, client_mutation_id, "Job", "Bridge")
    try:
        payload = await job.once(
            "play",
            {"variables": variables, "inputs": inputs},
            lambda: jobs.play_job(
                context.upstream,
                context.credential,
                job.project,
                job.number,
                variables=variables,
                inputs=inputs,
            ),
        )
    except BadRequest as error:
        if "Unplayable" in error.message:
            return job.refused(MutationErrorCode.NOT_PLAYABLE, error, "id")
        return job.refused(MutationErrorCode.INVALID_INPUT, error)
    except Conflict as error:
        return job.refused(MutationErrorCode.CONFLICT, error, "id")
    if (variables or inputs) and payload.get("id") != job.number:
        # A finished manual job is retried instead, and GitLab retries without what was sent.
        job.refusals.append(
            Refusal(
                MutationErrorCode.NO_EFFECT,
                "The job had run before, so GitLab started a new attempt and left out the "
                "variables and inputs.",
                ("input", "variables" if variables else "inputs"),
            )
        )
    return job.answered(payload)
