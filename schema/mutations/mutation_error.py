"""What GitLab refused for a reason that the user can act on."""

from __future__ import annotations

import strawberry

from schema._fields import attribute
from schema.enums import MutationErrorCode


@strawberry.type(
    description="What GitLab refused for a reason that the user can act on. Missing rights, "
    "missing jobs and faults are top-level errors instead."
)
class MutationError:
    code: MutationErrorCode = attribute("The reason, for programs.")
    message: str = attribute("The reason, for people; GitLab's own words where it gave some.")
    path: list[str] | None = attribute("The input that it is about, such as [input, id].")
