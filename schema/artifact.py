"""One file that a job left with GitLab."""

from __future__ import annotations

import strawberry

from schema._fields import plain
from schema.scalars import BigInt


@strawberry.type(description="One file that a job left with GitLab.")
class Artifact:
    file_type: str = plain("archive, metadata, trace, junit, ... An open list, hence text.")
    size: BigInt | None = plain("Bytes.")
    filename: str | None = plain("Name of the file.")
    file_format: str | None = plain("raw, zip or gzip.")
