"""The artifacts archive of a job."""

from __future__ import annotations

import strawberry

from schema._fields import plain
from schema.scalars import BigInt


@strawberry.type(description="The archive of a job's artifacts.")
class ArtifactFile:
    filename: str = plain("Name of the archive.")
    size: BigInt | None = plain("Bytes.")
