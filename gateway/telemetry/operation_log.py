"""One log line for each request to the GraphQL endpoint."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from gateway.http.observation import Observation
from gateway.telemetry.account import account_of
from gateway.telemetry.client import client_name, client_version, shortened
from gateway.telemetry.logs import Log
from gateway.telemetry.propagation import request_id_of
from gateway.telemetry.rendering import Event

EVENT = "operation"


class OperationLog:
    """`sample` is the share of the successful queries that get a line; everything else does.

    Written past logging and structlog: the way through them would cost more than the line itself.
    """

    def __init__(
        self, log: Log, sample: float = 1.0, *, chance: Callable[[], float] = random.random
    ) -> None:
        self._log = log
        self._sample = sample
        self._chance = chance

    def write(self, ended: Iterable[Observation]) -> None:
        # What was measured by a clock that never goes back, as the time of day.
        ahead = time.time() - time.perf_counter()
        self._log.write_all(
            self._line(seen, ahead) for seen in ended if not self._is_left_out(seen)
        )

    def _line(self, seen: Observation, ahead: float) -> Event:
        account = account_of(seen.journal)
        head = seen.head
        name = seen.name
        return {
            "timestamp": datetime.fromtimestamp(ahead + seen.started + seen.seconds, UTC),
            "level": "info",
            "event": EVENT,
            "request_id": request_id_of(head),
            "trace_id": seen.trace_id,
            "operation": shortened(name) if name else None,
            "hash": seen.document.digest if seen.document else None,
            "kind": seen.kind,
            "client": client_name(head),
            "client_version": client_version(head),
            "credential": seen.credential.fingerprint() if seen.credential else None,
            "result": seen.result,
            "status": seen.status,
            "codes": seen.codes,
            "seconds": round(seen.seconds, 6),
            "bytes": seen.size,
            "shared": seen.shared,
            "rest_calls": account.calls,
            "rest_failed": account.failed,
            "rest_revalidated": account.revalidated,
            "rest_shared": account.shared,
            "cache_hits": account.hits,
            "rest_seconds": round(account.seconds, 6),
            "rest_bytes": account.size,
            "cost": seen.cost,
            "sample": self._sample,
        }

    def _is_left_out(self, seen: Observation) -> bool:
        if self._sample >= 1.0:
            return False
        plain = seen.result == "ok" and seen.kind == "query"
        return plain and self._chance() >= self._sample
