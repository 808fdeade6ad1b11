"""What a mutation comes to: the job as GitLab answered it, or what GitLab refused and why.

A refusal that the user can act on is part of the payload. Missing rights, missing jobs and faults
are raised, and become top-level errors.
"""

from __future__ import annotations

import enum
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from resolvers.arguments import project_reference
from resolvers.context import RequestContext
from resolvers.ids import TypeName, locate
from resolvers.mutations.once import Payload, key_of
from resolvers.projection import BridgeRecord, JobRecord
from upstream.errors import ResponseError


class MutationErrorCode(enum.StrEnum):
    NOT_CANCELABLE = "NOT_CANCELABLE"
    NOT_RETRYABLE = "NOT_RETRYABLE"
    NOT_ERASABLE = "NOT_ERASABLE"
    NOT_PLAYABLE = "NOT_PLAYABLE"
    NO_EFFECT = "NO_EFFECT"
    INVALID_INPUT = "INVALID_INPUT"
    CONFLICT = "CONFLICT"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One entry of a payload's `errors`; `path` leads to the input that it is about."""

    code: MutationErrorCode
    message: str
    path: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    job: JobRecord | BridgeRecord | None
    errors: tuple[Refusal, ...] = ()
    client_mutation_id: str | None = None


@dataclass(slots=True)
class Target:
    """The job that a mutation names, and what the payload hands back of the input.

    `is_bridge` is known from a global id only; a number does not tell.
    """

    context: RequestContext
    project: str
    number: int
    is_bridge: bool
    client_mutation_id: str | None
    refusals: list[Refusal] = field(default_factory=list)

    async def once(
        self, verb: str, given: Mapping[str, Any], act: Callable[[], Awaitable[Payload]]
    ) -> Payload:
        """What `act` gives; a mutation that is sent again gets what it gave the first time."""
        context = self.context
        name = context.mutation_name(self.client_mutation_id)
        input_ = [self.project, self.number, self.client_mutation_id, given]
        return await context.actions.once(key_of(context.credential, name, verb, input_), act)

    def answered(self, payload: Mapping[str, Any]) -> Outcome:
        """The outcome over GitLab's answer; what this request had loaded before is stale now."""
        self.context.forget()
        # GitLab plays bridges by the same route and shows them with this key; those that it
        # retries it shows as jobs, and would not find again as such.
        is_bridge = self.is_bridge or "downstream_pipeline" in payload
        kind = BridgeRecord if is_bridge else JobRecord
        record = kind(self.context, payload, self.project)
        return Outcome(record, tuple(self.refusals), self.client_mutation_id)

    def refused(self, code: MutationErrorCode, error: ResponseError, *path: str) -> Outcome:
        """The outcome when GitLab refused for a reason that the user can act on."""
        self.context.forget()
        return Outcome(
            None, (Refusal(code, error.message, ("input", *path)),), self.client_mutation_id
        )


def target(
    context: RequestContext,
    project_id: str | None,
    id: str,
    client_mutation_id: str | None,
    *types: TypeName,
) -> Target:
    """The job that `projectId` and `id` name together, or a global id alone."""
    located = locate(project_id, id, *types)
    project = project_reference(located.project)
    is_bridge = located.type_name == "Bridge"
    return Target(context, project, int(located.number), is_bridge, client_mutation_id)
