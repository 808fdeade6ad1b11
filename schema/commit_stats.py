"""How much a commit changed."""

from __future__ import annotations

import strawberry

from schema._fields import plain


@strawberry.type(description="How many lines a commit changed.")
class CommitStats:
    additions: int = plain("Lines added.")
    deletions: int = plain("Lines removed.")
    total: int = plain("Both together.")
