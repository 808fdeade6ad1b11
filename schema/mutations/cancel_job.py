"""The cancelJob mutation: its input, its payload, and what it hands on."""

from __future__ import annotations

from typing import Any

import strawberry

from resolvers.mutations import cancel
from schema._fields import Info, attribute
from schema.ci_job import CiJob
from schema.mutations.mutation_error import MutationError

DESCRIPTION = (
    "Cancel a job. GitLab accepts the cancellation of a finished job and changes nothing; that is "
    "said by NO_EFFECT."
)


@strawberry.input(description="Which job to cancel, and how.")
class CancelJobInput:
    id: strawberry.ID = strawberry.field(
        description="REST's number together with `projectId`, or a global id alone."
    )
    project_id: strawberry.ID | None = strawberry.field(
        default=None, description="The project's number or full path, beside a number."
    )
    force: bool | None = strawberry.field(
        default=None, description="End a job that hangs in CANCELING; needs a maintainer."
    )
    client_mutation_id: str | None = strawberry.field(
        default=None,
        description="Handed back in the payload as it is. The same mutation, sent again under it, "
        "is answered with what it came to the first time.",
    )


@strawberry.type(description="What came of it.")
class CancelJobPayload:
    job: CiJob | None = attribute("The job as GitLab answered; null when it refused.")
    errors: list[MutationError] = attribute("What GitLab refused; empty when it did as asked.")
    client_mutation_id: str | None = attribute("The input's `clientMutationId`.")


async def cancel_job(info: Info, input: CancelJobInput) -> Any:
    return await cancel.cancel_job(
        info.context,
        input.project_id,
        input.id,
        force=input.force,
        client_mutation_id=input.client_mutation_id,
    )
