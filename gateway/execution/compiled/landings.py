"""What failed in a run: one error for each null that it led to."""

from __future__ import annotations

from graphql import GraphQLError

from gateway.execution.compiled.positions import Path, steps_of
from gateway.execution.engine import accounted


class Landings:
    """Errors by the position where null landed; None stands for all of `data`."""

    __slots__ = ("_errors",)

    def __init__(self) -> None:
        self._errors: dict[Path, GraphQLError] = {}

    def __bool__(self) -> bool:
        return bool(self._errors)

    def add(self, error: GraphQLError, path: Path) -> None:
        """Keeps the error, unless null has landed at its position already."""
        error.__traceback__ = None  # leads here; that of its cause is what the log may want
        self._errors.setdefault(path, error)

    async def take(self) -> tuple[GraphQLError, ...]:
        """The errors in order. Nothing of them is kept: by their tracebacks they lead back here."""
        errors, self._errors = self._errors, {}
        return await accounted((steps_of(path), error) for path, error in errors.items())
