"""What is known of one request, for whoever keeps account of requests."""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import Literal, Protocol

from gateway.execution.documents import Document
from gateway.execution.operation import Operation
from gateway.http.head import Head
from upstream.credentials import Credential
from upstream.journal import Journal, close_journal, open_journal

UNKNOWN_KIND = "unknown"
REST_KIND = "rest"
BATCH_KIND = "batch"  # of the request as a whole: its operations are seen one by one

# What became of a request. Plain text, since looking up an enum's member costs more than the rest.
Result = Literal[
    "ok",  # executed without an error
    "errors",  # executed, and some of its fields have failed; or refused by GitLab
    "refused",  # not executed, for a reason that its answer tells
    "failed",  # by a fault of the gateway
    "gone",  # nobody waited for the answer any more
]


class Observation:
    """One request for GraphQL, or to a REST route of GitLab's; filled in as far as it has come.

    `trace_id` is of the distributed trace that it is a part of. `asked_name` is the operationName
    that it gave, `route` the REST route's template. `cost` is what it was reckoned to cost at most,
    in REST calls. `batch`: it brought a list of operations. `codes` has each error's code once.
    `shared`: the answer is that of an identical query in flight. `status` and `size`, in bytes, are
    of the answer, None and 0 where nobody waited for one. `seconds` ends when the answer is there,
    not when the client has taken it.
    """

    journal: Journal | None = None
    trace_id: str | None = None
    asked_name: str | None = None
    route: str | None = None
    credential: Credential | None = None
    document: Document | None = None
    operation: Operation | None = None
    cost: int | None = None
    executed = False
    batch = False
    shared = False
    codes: tuple[str, ...] = ()
    status: int | None = None
    size = 0
    seconds = 0.0

    def __init__(self, head: Head) -> None:
        self.head = head
        self.started = time.perf_counter()

    def another(self) -> Observation:
        """For one operation of several that came in this request."""
        seen = Observation(self.head)
        seen.credential = self.credential
        return seen

    def answered(self, status: int, size: int) -> None:
        self.status = status
        self.size = size
        self.seconds = time.perf_counter() - self.started

    def ended(self) -> None:
        if self.status is None:
            self.seconds = time.perf_counter() - self.started

    @property
    def name(self) -> str | None:
        """The operation's name; where no operation was found, what was asked for."""
        if self.operation is not None and self.operation.node.name is not None:
            return self.operation.node.name.value
        return self.asked_name or self.route

    @property
    def kind(self) -> str:
        """query, mutation, subscription, rest, batch, or unknown where no operation was found."""
        if self.operation is not None:
            return self.operation.kind.value
        if self.batch:
            return BATCH_KIND
        return UNKNOWN_KIND if self.route is None else REST_KIND

    @property
    def result(self) -> Result:
        if self.status is None:
            return "gone"
        if self.executed:
            fine = not self.codes and self.status < HTTPStatus.BAD_REQUEST
            return "ok" if fine else "errors"
        return "failed" if self.status == HTTPStatus.INTERNAL_SERVER_ERROR else "refused"


class Observer(Protocol):
    def began(self, observation: Observation) -> None:
        """Nothing but the head is known yet. A journal that is given to it will be kept."""
        ...

    def ended(self, observation: Observation) -> None:
        """The answer has been sent, or nobody waits for it any more."""
        ...


class Observing:
    """A context in which a request is answered, under the eyes of `observer`."""

    __slots__ = ("_observer", "_seen", "_token")

    def __init__(self, observer: Observer, seen: Observation) -> None:
        self._observer = observer
        self._seen = seen

    def __enter__(self) -> None:
        self._observer.began(self._seen)
        self._token = open_journal(self._seen.journal)

    def __exit__(self, *_: object) -> None:
        close_journal(self._token)
        self._seen.ended()
        self._observer.ended(self._seen)
