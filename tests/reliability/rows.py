"""What a row of the table of docs/reliability.md is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.reliability.places import Kind, Open

# The settings of the tests: what the page calls C, R, T, and the longest wait of W.
CONNECT, READ, CALL, WAIT = 0.25, 0.4, 0.8, 0.02
ENVIRON = {
    "GATEWAY_CONNECT_TIMEOUT": str(CONNECT),
    "GATEWAY_READ_TIMEOUT": str(READ),
    "GATEWAY_CALL_TIMEOUT": str(CALL),
    "GATEWAY_POOL_TIMEOUT": "0.3",
    "GATEWAY_RETRY_WAIT": str(WAIT),
    "GATEWAY_RESPONSE_BYTES": "65536",
}
# What "at most" says, in seconds of the tests; W is the sum of the waits before two repeats.
AT_MOST = {
    "W": 2 * WAIT,
    "0": 0.0,
    "R": READ,
    "T": CALL,
    "3 C + W": 3 * CONNECT + 2 * WAIT,
}


@dataclass(frozen=True)
class Cell:
    """What one question comes to: an answer where `code` is None, and how many calls went out.

    `again` is the error's `retryable`, `after` its `retryAfter`.
    """

    code: str | None
    calls: int
    again: bool = False
    after: int | None = None

    def __str__(self) -> str:
        calls = f"{self.calls} call{'' if self.calls == 1 else 's'}"
        return f"{f'`{self.code}`' if self.code else 'served'}, {calls}"


class Cells(NamedTuple):
    query: Cell
    nested: Cell
    mutation: Cell


@dataclass(frozen=True, eq=False)
class Row:
    """A fault, with what a test of it has to know.

    `cuts`: a GET on a connection that had been kept open may have gone out once more. `both`: over
    both transports, where what they do with the fault may differ. `whole`: nothing of GitLab can be
    reached, the list of the nested query neither. `first`: everything is asked for once before the
    fault begins. `opened`: a call has failed before. `value`: it is a value that is wrong, so that
    what was to be done is done. `says` stands in each message.
    """

    fault: str
    gitlab: Open
    cells: Cells
    at_most: str
    cuts: bool = False
    both: bool = False
    whole: bool = False
    first: bool = False
    opened: bool = False
    value: bool = False
    stale: bool = False
    says: str = ""
    environ: Mapping[str, str] = field(default_factory=dict)

    def cell(self, kind: Kind) -> Cell:
        cell: Cell = getattr(self.cells, kind)
        return cell

    def __str__(self) -> str:
        return f"| {' | '.join(map(str, (self.fault, *self.cells, self.at_most)))} |"


UNAVAILABLE, TIMEOUT, INVALID = "UPSTREAM_UNAVAILABLE", "UPSTREAM_TIMEOUT", "UPSTREAM_INVALID"


def alike(code: str | None, calls: int, *, again: bool = False) -> Cells:
    """The same for all three."""
    cell = Cell(code, calls, again)
    return Cells(cell, cell, cell)


def reads(code: str | None, calls: int) -> Cells:
    """The same for reads; an action is sent once, and nobody is told to send it again."""
    cell = Cell(code, calls, again=True)
    return Cells(cell, cell, Cell(code, 1))
