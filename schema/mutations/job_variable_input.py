"""A variable for one run of a job."""

from __future__ import annotations

import strawberry


@strawberry.input(description="A variable for one run of a job.")
class JobVariableInput:
    key: str = strawberry.field(description="Name of the variable.")
    value: str = strawberry.field(description="Its value.")
