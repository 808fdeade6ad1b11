"""What is known of one request to the GraphQL endpoint, for whoever keeps account of requests."""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import Literal, Protocol

from gateway.execution.documents import Document
from gateway.execution.operation import Operation
from gateway.http.head import Head
from upstream.credentials import Credential
from upstream.journal import Journal

UNKNOWN_KIND = "unknown"

# What became of a request. Plain text, since looking up an enum's member costs more than the rest.
Result = Literal[
    "ok",  # executed without an error
    "errors",  # executed, and some of its fields have failed
    "refused",  # not executed, for a reason that its answer tells
    "failed",  # by a fault of the gateway
    "gone",  # nobody waited for the answer any more
]


class Observation:
    """One request, filled in as far as it has come.

    `trace_id` is of the distributed trace that it is a part of. `asked_name` is the operationName
    that it gave; `cost` what it was reckoned to cost at most, in REST calls. `codes` has each
    error's code once. `shared`: the answer is that of an identical query in flight. `status` and
    `size`, in bytes, are of the answer, None and 0 where nobody waited for one. `seconds` ends when
    the answer is there, not when the client has taken it.
    """

    journal: Journal | None = None
    trace_id: str | None = None
    asked_name: str | None = None
    credential: Credential | None = None
    document: Document | None = None
    operation: Operation | None = None
    cost: int | None = None
    executed = False
    shared = False
    codes: tuple[str, ...] = ()
    status: int | None = None
    size = 0
    seconds = 0.0

    def __init__(self, head: Head) -> None:
        self.head = head
        self.started = time.perf_counter()

    def answered(self, status: int, size: int) -> None:
        self.status = status
        self.size = size
        self.seconds = time.perf_counter() - self.started

    def ended(self) -> None:
        if self.status is None:
            self.seconds = time.perf_counter() - self.started

    @property
    def name(self) -> str | None:
        """The operation's name; where no operation was found, the one that was asked for."""
        if self.operation is not None and self.operation.node.name is not None:
            return self.operation.node.name.value
        return self.asked_name

    @property
    def kind(self) -> str:
        """query, mutation, subscription, or unknown where no operation was found."""
        return UNKNOWN_KIND if self.operation is None else self.operation.kind.value

    @property
    def result(self) -> Result:
        if self.status is None:
            return "gone"
        if self.executed:
            return "errors" if self.codes else "ok"
        return "failed" if self.status == HTTPStatus.INTERNAL_SERVER_ERROR else "refused"


class Observer(Protocol):
    def began(self, observation: Observation) -> None:
        """Nothing but the head is known yet. A journal that is given to it will be kept."""
        ...

    def ended(self, observation: Observation) -> None:
        """The answer has been sent, or nobody waits for it any more."""
        ...
