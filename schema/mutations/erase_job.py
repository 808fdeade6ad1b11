"""The eraseJob mutation: its input, its payload, and what it hands on."""

from __future__ import annotations

from typing import Any

import strawberry

from resolvers.mutations import erase
from schema._fields import Info, attribute
from schema.ci_job import CiJob
from schema.mutations.mutation_error import MutationError

DESCRIPTION = "Erase a finished job's log and artifacts; the job itself stays."


@strawberry.input(description="Which job to erase, and how.")
class EraseJobInput:
    id: strawberry.ID = strawberry.field(
        description="REST's number together with `projectId`, or a global id alone."
    )
    project_id: strawberry.ID | None = strawberry.field(
        default=None, description="The project's number or full path, beside a number."
    )
    client_mutation_id: str | None = strawberry.field(
        default=None,
        description="Handed back in the payload as it is. The same mutation, sent again under it, "
        "is answered with what it came to the first time.",
    )


@strawberry.type(description="What came of it.")
class EraseJobPayload:
    job: CiJob | None = attribute("The job, erased; null when GitLab refused.")
    errors: list[MutationError] = attribute("What GitLab refused; empty when it did as asked.")
    client_mutation_id: str | None = attribute("The input's `clientMutationId`.")


async def erase_job(info: Info, input: EraseJobInput) -> Any:
    return await erase.erase_job(
        info.context,
        input.project_id,
        input.id,
        client_mutation_id=input.client_mutation_id,
    )
