"""The log of a job."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry

from schema._arguments import After
from schema._fields import attribute, resolved
from schema.job_log_line import JobLogLineConnection
from schema.job_log_section import JobLogSection
from schema.scalars import BigInt

Raw = Annotated[
    bool | None,
    strawberry.argument(
        description="The bytes as they are: with ANSI codes, section markers and timestamps."
    ),
]
Tail = Annotated[int | None, strawberry.argument(description="Only the last so many lines.")]
FirstLines = Annotated[
    int | None, strawberry.argument(description="How many lines at most, from the front.")
]
LastLines = Annotated[
    int | None, strawberry.argument(description="How many lines at most, from the end.")
]
Search = Annotated[
    str | None,
    strawberry.argument(description="Only lines that contain this text, in either case."),
]


@strawberry.type(
    description="A job's log. It is read from GitLab once, whatever is asked of it; GitLab gets it "
    "from the runner about once a minute while the job runs."
)
class JobLog:
    size: BigInt = attribute("Bytes of the whole log as GitLab stores it.")

    @resolved(
        str,
        "The log as text. Without `raw`, ANSI codes, section markers and runner timestamps are "
        "taken out. A very large log must be asked for by `tail` or `lines`.",
    )
    async def text(self: Any, raw: Raw = False, tail: Tail = None) -> Any:
        return await self.text(raw=bool(raw), tail=tail)

    @resolved(JobLogLineConnection, "The log line by line, numbered from 1.")
    async def lines(
        self: Any,
        first: FirstLines = 100,
        after: After = None,
        last: LastLines = None,
        search: Search = None,
    ) -> Any:
        return await self.lines(first, after, last, search)

    @resolved(list[JobLogSection], "The sections that the runner and the script marked.")
    async def sections(self: Any) -> Any:
        return await self.sections()
