"""Arguments that several fields share."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Annotated

import strawberry

from schema.enums import JobStatus

FIRST = "How many at most: 1 to 500 as a rule (a setting of the gateway); 100 take one REST call."

First = Annotated[int | None, strawberry.argument(description=FIRST)]
After = Annotated[
    str | None,
    strawberry.argument(description="A cursor of this very list; what comes behind it is shown."),
]
Scope = Annotated[
    list[JobStatus] | None,
    strawberry.argument(description="Only those in one of these states; all when left out."),
]
ProjectId = Annotated[
    strawberry.ID | None,
    strawberry.argument(
        description="The project's number or full path, as REST's `:id`. Left out beside a "
        "global id."
    ),
]


def rest_name(status: Enum | None) -> str | None:
    """REST's own word for a status given as an argument."""
    return None if status is None else str(status.value)


def rest_names(statuses: Iterable[Enum] | None) -> list[str] | None:
    """REST's own words for statuses given as an argument."""
    return None if statuses is None else [str(status.value) for status in statuses]
