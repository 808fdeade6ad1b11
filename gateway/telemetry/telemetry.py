"""Log, metrics and traces joined: the endpoint's one observer, and Upstream's hook."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Protocol

from prometheus_client.core import Metric

from gateway.execution.documents import Documents
from gateway.execution.sharing import Sharing
from gateway.http.health import Readiness
from gateway.http.observation import Observation
from gateway.telemetry import state
from gateway.telemetry.logs import Log
from gateway.telemetry.loop_lag import LoopLag
from gateway.telemetry.metrics import Metrics
from gateway.telemetry.operation_log import OperationLog
from gateway.telemetry.propagation import REQUEST_ID, request_id_of, trace_id_of, trace_of
from upstream.client import Upstream
from upstream.events import Event, Hook, no_hook
from upstream.journal import Journal

BATCH = 64  # operations or events, some half a millisecond's work
SETTLE_SECONDS = 0.02


class Tracing(Protocol):
    """Gives each request a journal whose calls are spans."""

    def began(self, seen: Observation) -> None: ...

    def ended(self, seen: Observation) -> None:
        """May come a little after the end."""
        ...

    def close(self) -> None:
        """Hands on what is not handed on yet; may take seconds."""
        ...


class Telemetry:
    """What is None is off. Without all of them, ids are still handed on to GitLab.

    What has happened is put down at once and accounted for in batches: beside a request, this code
    would find nothing of what it needs in the processor's caches, and take three times as long.
    """

    def __init__(
        self,
        *,
        operations: OperationLog | None = None,
        metrics: Metrics | None = None,
        tracing: Tracing | None = None,
        log: Log | None = None,
    ) -> None:
        self._operations = operations
        self._metrics = metrics
        self._tracing = tracing
        self._log = log
        self._accounts = any(part is not None for part in (operations, metrics, tracing))
        self._in_flight = 0
        self._ended: list[Observation] = []
        self._events: list[Event] = []
        self._settling: asyncio.TimerHandle | None = None
        self._lag = LoopLag(also=self.settle)
        self._upstream: Upstream | None = None
        self._parts: tuple[Readiness, Documents, Sharing] | None = None

    @property
    def hook(self) -> Hook:
        """For `Upstream`, which makes no events where nobody takes them."""
        return no_hook if self._metrics is None else self._events.append

    def watch(self, readiness: Readiness, documents: Documents, sharing: Sharing) -> None:
        """Whose counts the metrics are to show."""
        self._parts = readiness, documents, sharing

    def opened(self, upstream: Upstream) -> None:
        """To be called in the event loop that serves."""
        self._upstream = upstream
        if self._metrics is not None:
            self._lag.start()

    async def aclose(self) -> None:
        self._lag.stop()
        self.settle()
        if self._tracing is not None:
            await asyncio.to_thread(self._tracing.close)

    def began(self, seen: Observation) -> None:
        self._in_flight += 1
        if self._tracing is None:
            trace = trace_of(seen.head)
            seen.trace_id = trace_id_of(trace)
            seen.journal = Journal(((REQUEST_ID, request_id_of(seen.head)), *trace))
        else:
            self._tracing.began(seen)

    def ended(self, seen: Observation) -> None:
        self._in_flight -= 1
        if not self._accounts:
            return
        self._ended.append(seen)
        if len(self._ended) >= BATCH:
            self.settle()
        elif self._settling is None:
            self._settle_later()

    def settle(self) -> None:
        """Accounts for all that has happened by now."""
        if self._settling is not None:
            self._settling.cancel()
            self._settling = None
        events = self._events.copy()
        self._events.clear()  # and not another list: the hook is the list's own method
        ended, self._ended = self._ended, []
        if self._metrics is not None:
            self._metrics.count(ended, events)
        if self._operations is not None:
            self._operations.write(ended)
        if self._tracing is not None:
            for seen in ended:
                self._tracing.ended(seen)

    def _settle_later(self) -> None:
        self._settling = asyncio.get_running_loop().call_later(SETTLE_SECONDS, self.settle)

    def families(self) -> Iterable[Metric]:
        """All metrics as they stand; those of a part that is not there yet are left out."""
        self.settle()
        yield state.build_info()
        if self._metrics is not None:
            yield from self._metrics.families()
        yield state.of_requests(self._in_flight)
        yield self._lag.family()
        if self._parts is not None:
            readiness, documents, sharing = self._parts
            yield state.of_readiness(readiness)
            yield from state.of_documents(documents)
            yield state.of_sharing(sharing)
        if self._upstream is not None:
            yield from state.of_upstream(self._upstream)
        if self._log is not None:
            yield state.of_log(self._log.sink)
