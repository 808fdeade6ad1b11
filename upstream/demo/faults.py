"""The second door: what can go wrong on the way to GitLab and back, on demand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from upstream.demo.calls import Call
from upstream.demo.effects import Effect


@dataclass(slots=True, eq=False)
class Fault:
    """An effect, and the calls that it strikes.

    `route` is a template ("GET /projects/:id/jobs"), `path` a pattern of the raw path with `*`.
    The first `skip` matching calls pass, then `times` are struck (None: all of them).

        demo.faults.add(Fault(Delay(0.2), route="GET /projects/:id/jobs/:job_id", skip=1))
    """

    effect: Effect
    method: str | None = None
    route: str | None = None
    path: str | None = None
    skip: int = 0
    times: int | None = 1
    seen: int = field(default=0, init=False)
    hits: int = field(default=0, init=False)

    def strikes(self, call: Call) -> bool:
        """Whether this call is struck; counts it."""
        if self.times is not None and self.hits >= self.times:
            return False
        if not self._matches(call):
            return False
        self.seen += 1
        if self.seen <= self.skip:
            return False
        self.hits += 1
        return True

    def _matches(self, call: Call) -> bool:
        return (
            (self.method is None or self.method == call.method)
            and (self.route is None or self.route == call.route)
            and (self.path is None or fnmatchcase(call.path, self.path))
        )


class Faults:
    """The faults in the order in which they were added; a call meets the first that strikes."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def __iter__(self) -> Iterator[Fault]:
        return iter(tuple(self._faults))

    def __len__(self) -> int:
        return len(self._faults)

    def add(self, fault: Fault) -> Fault:
        self._faults.append(fault)
        return fault

    def remove(self, fault: Fault) -> None:
        self._faults.remove(fault)

    def clear(self) -> None:
        self._faults.clear()

    def pick(self, call: Call) -> Fault | None:
        return next((fault for fault in self._faults if fault.strikes(call)), None)
