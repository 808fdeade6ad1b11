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


@dataclass(frozen=True, slots=True)
class CacheHit:
    """Answered from what is kept, without a call."""

    route: str


@dataclass(frozen=True, slots=True)
class CacheRevalidated:
    """GitLab answered 304. `shared`: what it confirmed had come for another credential."""

    route: str
    shared: bool


@dataclass(frozen=True, slots=True)
class CacheMiss:
    """GitLab sent the answer anew: nothing was kept, or it had changed."""

    route: str


@dataclass(frozen=True, slots=True)
class FlightShared:
    """Waits for a call that is in flight already, instead of making one."""

    route: str


@dataclass(frozen=True, slots=True)
class CallRepeated:
    """A call is about to be sent again, `wait` seconds from now, as the `repeat`th time (from 1).

    `reason` is the status that came, or the name of the error's class.
    """

    route: str
    reason: str
    repeat: int
    wait: float


@dataclass(frozen=True, slots=True)
class RepeatWithheld:
    """A call would have been sent again, had not too many of the others been."""

    route: str
    reason: str


@dataclass(frozen=True, slots=True)
class CallRefused:
    """Not sent: the breaker is open."""

    route: str


@dataclass(frozen=True, slots=True)
class BreakerChanged:
    """`state` is "closed", "open" or "half-open"; `reason` says what opened it, else ""."""

    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class StaleServed:
    """GitLab could not be reached; the answer is `age` seconds old."""

    route: str
    age: float


Event = (
    CallStarted
    | CallFinished
    | CallFailed
    | CacheHit
    | CacheRevalidated
    | CacheMiss
    | FlightShared
    | CallRepeated
    | RepeatWithheld
    | CallRefused
    | BreakerChanged
    | StaleServed
)


class Hook(Protocol):
    def __call__(self, event: Event, /) -> None: ...


def no_hook(_event: Event, /) -> None:
    """Watches nothing."""
