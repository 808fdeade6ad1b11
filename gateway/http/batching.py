"""Several operations in one request: each is prepared and answered as if it had come alone."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import OperationType
from starlette.types import Receive

from gateway.errors import ErrorCode, masked
from gateway.execution.operation import Operation
from gateway.execution.sharing import Outcome
from gateway.http.attendance import Attendance, Visit
from gateway.http.body import ClientGoneError
from gateway.http.observation import Observation, Observer, Observing
from gateway.http.responses import error_body

logger = logging.getLogger("gateway.http")

Run = Callable[[Operation, Receive, Observation], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class Prepared:
    """One operation of a batch, or the answer that it gets without being run."""

    operation: Operation | bytes
    seen: Observation

    @property
    def is_mutation(self) -> bool:
        operation = self.operation
        return isinstance(operation, Operation) and operation.kind is OperationType.MUTATION


async def answer_batch(
    batch: Sequence[Prepared],
    run: Run,
    receive: Receive,
    *,
    attendance: Attendance,
    observer: Observer | None,
) -> bytes:
    """JSON list of the answers in order; `observer` is told of each operation.

    Where one operation is a mutation they run one after the other, since that is what their order
    says; a client that hangs up then does not stop them.
    """
    if any(each.is_mutation for each in batch):
        bodies = [await _answer(each, run, observer) for each in batch]
    else:
        visit = attendance.enter(receive)
        try:
            bodies = await _side_by_side([_answer(each, run, observer) for each in batch], visit)
        finally:
            attendance.leave(visit)
    return b"[" + b",".join(bodies) + b"]"


async def _side_by_side(answers: Sequence[Awaitable[bytes]], visit: Visit) -> list[bytes]:
    try:
        return await asyncio.gather(*answers)
    except asyncio.CancelledError:
        if not visit.gone:
            raise
        visit.task.uncancel()
        raise ClientGoneError from None


async def _answer(prepared: Prepared, run: Run, observer: Observer | None) -> bytes:
    seen = prepared.seen
    with Observing(observer, seen) if observer is not None else contextlib.nullcontext():
        body = await _body(prepared, run)
        seen.answered(200, len(body))
    return body


async def _body(prepared: Prepared, run: Run) -> bytes:
    if isinstance(prepared.operation, bytes):
        return prepared.operation
    try:
        # One of them may not take the word that the client is gone from the others.
        body = (await run(prepared.operation, _never, prepared.seen)).body
    except Exception:
        request_id = prepared.seen.head.request_id.decode()
        logger.exception("request %s: unexpected error in a batch", request_id)
        prepared.seen.codes = (ErrorCode.INTERNAL_SERVER_ERROR.value,)
        return error_body(masked())
    return body if isinstance(body, bytes) else b"".join(body)


async def _never() -> Any:
    await asyncio.get_running_loop().create_future()
