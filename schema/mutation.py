"""Where mutations begin."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry

from schema._fields import Info, resolved
from schema.mutations import cancel_job, erase_job, play_job, retry_job
from schema.mutations.cancel_job import CancelJobInput, CancelJobPayload
from schema.mutations.erase_job import EraseJobInput, EraseJobPayload
from schema.mutations.play_job import PlayJobInput, PlayJobPayload
from schema.mutations.retry_job import RetryJobInput, RetryJobPayload

_INPUT = strawberry.argument(description="Which job, and how.")


@strawberry.type(
    description="What changes jobs. Each is sent to GitLab once. A job is named by REST's number "
    "together with `projectId`, or by its global id alone."
)
class Mutation:
    @resolved(CancelJobPayload, cancel_job.DESCRIPTION)
    async def cancel_job(self: Any, info: Info, input: Annotated[CancelJobInput, _INPUT]) -> Any:
        return await cancel_job.cancel_job(info, input)

    @resolved(RetryJobPayload, retry_job.DESCRIPTION)
    async def retry_job(self: Any, info: Info, input: Annotated[RetryJobInput, _INPUT]) -> Any:
        return await retry_job.retry_job(info, input)

    @resolved(EraseJobPayload, erase_job.DESCRIPTION)
    async def erase_job(self: Any, info: Info, input: Annotated[EraseJobInput, _INPUT]) -> Any:
        return await erase_job.erase_job(info, input)

    @resolved(PlayJobPayload, play_job.DESCRIPTION)
    async def play_job(self: Any, info: Info, input: Annotated[PlayJobInput, _INPUT]) -> Any:
        return await play_job.play_job(info, input)
