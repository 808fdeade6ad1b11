"""The playJob mutation: its input, its payload, and what it hands on."""

from __future__ import annotations

from typing import Any

import strawberry

from resolvers.arguments import json_object
from resolvers.mutations import play
from schema._fields import Info, attribute
from schema.ci_job import CiJob
from schema.mutations.job_variable_input import JobVariableInput
from schema.mutations.mutation_error import MutationError
from schema.scalars import JSON

DESCRIPTION = (
    "Start a manual or delayed job, or a manual bridge. Playing one that has run already starts a "
    "new attempt without the variables and inputs."
)


@strawberry.input(description="Which job to play, and how.")
class PlayJobInput:
    id: strawberry.ID = strawberry.field(
        description="REST's number together with `projectId`, or a global id alone."
    )
    project_id: strawberry.ID | None = strawberry.field(
        default=None, description="The project's number or full path, beside a number."
    )
    variables: list[JobVariableInput] | None = strawberry.field(
        default=None, description="Variables for this run alone: REST's `job_variables_attributes`."
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
class PlayJobPayload:
    job: CiJob | None = attribute(
        "The job, started, or a bridge if a bridge was played; null when GitLab refused."
    )
    errors: list[MutationError] = attribute("What GitLab refused; empty when it did as asked.")
    client_mutation_id: str | None = attribute("The input's `clientMutationId`.")


async def play_job(info: Info, input: PlayJobInput) -> Any:
    return await play.play_job(
        info.context,
        input.project_id,
        input.id,
        variables=[{"key": each.key, "value": each.value} for each in input.variables or ()],
        inputs=json_object(input.inputs, "inputs"),
        client_mutation_id=input.client_mutation_id,
    )
