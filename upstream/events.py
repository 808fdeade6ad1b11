"""What happens on the way to GitLab, for whoever wants to watch; knows no telemetry library.

`route` is a template such as "GET /projects/:id/jobs/:job_id": no id, no query, no credential.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class CallStarted:
    route: str


@dataclass(frozen=True, slots=True)
class CallFinished:
    """GitLab answered, with an error status perhaps. `size` is the body's bytes."""

    route: str
    status: int
    seconds: float
    size: int


@dataclass(frozen=True, slots=True)
class CallFailed:
    """No answer came, or none that could be read. `error` names the class of it."""

    route: str
    error: str
    seconds: float


Event = CallStarted | CallFinished | CallFailed


class Hook(Protocol):
    def __call__(self, event: Event, /) -> None: ...


def no_hook(_event: Event, /) -> None:
    """Watches nothing."""
