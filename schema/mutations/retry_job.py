"""The retryJob mutation: its input, its payload, and what it hands on."""

from __future__ import annotations

from typing import Any

import strawberry

from resolvers.arguments import json_object
from resolvers.mutations import retry
from schema._fields import Info, attribute
from schema.ci_job import CiJob
from schema.mutations.mutation_error import MutationError
from schema.scalars import JSON

DESCRIPTION = "Retry a finished job or bridge: a new attempt starts, with a new id."


@strawberry.input(description="Which job to retry, and how.")
class RetryJobInput:
    id: strawberry.ID = strawberry.field(
        description="REST's number together with `projectId`, or a global id alone."
    )
    project_id: strawberry.ID | None = strawberry.field(
        default=None, description="The project's number or full path, beside a number."
    )
    inputs: JSON | None = strawberry.field(
        default=None,
        description="Values of the job's inputs by name, where this GitLab offers job inputs.",
    )
    client_mutation_id: str | None = strawberry.field(
        default=None,
        description="Handed back in the payload as it is. The same mutation, sent again under it, "
        "is answered with what it came to the first time.",
    )


@strawberry.type(description="What came of it.")
class RetryJobPayload:
    job: CiJob | None = attribute("The new attempt, with a new id; null when GitLab refused.")
    errors: list[MutationError] = attribute("What GitLab refused; empty when it did as asked.")
    client_mutation_id: str | None = attribute("The input's `clientMutationId`.")


async def retry_job(info: Info, input: RetryJobInput) -> Any:
    return await retry.retry_job(
        info.context,
        input.project_id,
        input.id,
        inputs=json_object(input.inputs, "inputs"),
        client_mutation_id=input.client_mutation_id,
    )
