"""A line of a job's log."""

from __future__ import annotations

import strawberry

from schema._fields import attribute, computed
from schema.enums import LogStream
from schema.page_info import PageInfo
from schema.scalars import DateTime


@strawberry.type(description="A line of a log, without ANSI codes, markers and timestamp.")
class JobLogLine:
    number: int = attribute("Its number in the whole log, from 1.")
    text: str = attribute("What it says.")
    timestamp: DateTime | None = attribute("When it was written, where the runner notes that.")
    stream: LogStream | None = computed(
        lambda line: line.stream and line.stream.value,
        "What it was written to, where the runner notes that.",
    )
    section: str | None = attribute("Name of the innermost section that it stands in.")


@strawberry.type(description="A line in a list.")
class JobLogLineEdge:
    node: JobLogLine = attribute("The line.")
    cursor: str = attribute("Where the line stands: an `after` to go on behind it.")


@strawberry.type(description="A page of lines.")
class JobLogLineConnection:
    edges: list[JobLogLineEdge] = attribute("The lines, each with its cursor.")
    nodes: list[JobLogLine] = attribute("The lines, without their cursors.")
    page_info: PageInfo = attribute("Where this page stands in the log.")
    total_count: int | None = computed(
        lambda lines: lines.total_count, "How many lines there are in all that match."
    )
