"""A section of a job's log."""

from __future__ import annotations

import strawberry

from schema._fields import attribute
from schema.scalars import DateTime


@strawberry.type(description="A part of a log that the runner or the script marked as a section.")
class JobLogSection:
    name: str = attribute("Its name, such as step_script.")
    header: str | None = attribute("The text on its first line.")
    started_at: DateTime | None = attribute("When it began.")
    finished_at: DateTime | None = attribute("When it ended; null while it goes on.")
    duration: float | None = attribute("Seconds from begin to end.")
    first_line: int = attribute("Number of its first line.")
    last_line: int | None = attribute("Number of its last line; null while it goes on.")
