"""The GraphQL endpoint: POST and GET by the GraphQL over HTTP specification.

Plain ASGI, because it is the hot path: a request's headers are read once, its body goes straight
into orjson, and everything that can be known before the first request is made at start.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from functools import partial
from typing import Any, Protocol

import orjson
from graphql import OperationType
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.errors import ErrorCode, masked
from gateway.execution.documents import Documents
from gateway.execution.encoding import MANY_ITEMS, Body, encode, encode_long, size_of
from gateway.execution.engine import ERRORS_AT_A_TIME, Engine
from gateway.execution.names import all_sent
from gateway.execution.operation import Operation, OperationNotFoundError, select_operation
from gateway.execution.reporting import format_errors_in_turns, format_refusals
from gateway.execution.sharing import Outcome, Sharing
from gateway.execution.staleness import stale_answers
from gateway.http.attendance import Attendance
from gateway.http.batching import Prepared, answer_batch
from gateway.http.body import ClientGoneError, read_body
from gateway.http.head import Head, read_credential, read_head, read_idempotency_key
from gateway.http.negotiation import MediaType, negotiate
from gateway.http.observation import Observation, Observer, Observing
from gateway.http.parameters import Parameters, check_content_type, from_json, from_url
from gateway.http.refusal import Headers, Refusal, method_not_allowed
from gateway.http.responses import error_body, send_json
from gateway.limits.config import RequestLimits
from gateway.limits.variable_values import check as check_variables
from upstream.credentials import Credential
from upstream.journal import current_journal
from upstream.turns import let_go

logger = logging.getLogger("gateway.http")


class Closable(Protocol):
    async def aclose(self) -> None: ...


class MakeContext(Protocol):
    def __call__(
        self, credential: Credential | None, idempotency_key: str | None = None
    ) -> Closable: ...


class GraphQLEndpoint:
    """`make_context` makes what the resolvers of one request share; it is closed at its end.

    `page` answers a browser's GET; None where there is no page. `sharing` is what identical queries
    in flight meet in; without it each is executed by itself. `observer` is told of each request as
    it begins and ends.
    """

    def __init__(
        self,
        documents: Documents,
        engine: Engine,
        make_context: MakeContext,
        *,
        limits: RequestLimits | None = None,
        fallback: Credential | None = None,
        page: ASGIApp | None = None,
        sharing: Sharing | None = None,
        observer: Observer | None = None,
    ) -> None:
        self._documents = documents
        self._engine = engine
        self._make_context = make_context
        self._limits = limits or RequestLimits()
        self._fallback = fallback
        self._page = page
        self._sharing = sharing
        self._observer = observer
        self._names = documents.hidden_names
        self._attendance = Attendance()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        head = read_head(scope)
        offers_page = self._page is not None and scope["method"] == "GET"
        media_type = negotiate(head.get(b"accept"), html=offers_page)
        if media_type is MediaType.HTML and self._page is not None:
            await self._page(scope, receive, send)
            return
        seen = Observation(head)
        observer = self._observer
        if observer is None:
            await self._respond(scope, receive, send, media_type, seen)
            return
        with Observing(observer, seen):
            await self._respond(scope, receive, send, media_type, seen)

    async def _respond(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        media_type: MediaType | None,
        seen: Observation,
    ) -> None:
        request_id = seen.head.request_id
        headers: Headers = ()
        body: Body
        try:
            status, body = await self._answer(scope, receive, media_type, seen)
        except Refusal as refusal:
            status, body, headers = refusal.status, error_body(refusal.fault), refusal.headers
            seen.codes = (refusal.fault.code.value,)
        except ClientGoneError:
            return
        except Exception:
            logger.exception("request %s: unexpected error", request_id.decode())
            status, body = 500, error_body(masked())
            seen.codes = (ErrorCode.INTERNAL_SERVER_ERROR.value,)
        seen.answered(status, size_of(body))
        await send_json(
            send,
            status,
            body,
            media_type=(media_type or MediaType.JSON).value,
            request_id=request_id,
            headers=headers,
        )

    async def _answer(
        self, scope: Scope, receive: Receive, media_type: MediaType | None, seen: Observation
    ) -> tuple[int, Body]:
        if media_type is None:
            raise _not_acceptable()
        parameters = await self._parameters(scope, receive, seen.head)
        seen.credential = read_credential(seen.head, self._fallback)
        if isinstance(parameters, list):
            return 200, await self._answer_batch(parameters, receive, seen)
        known = self._documents.misses
        operation = self._prepare(parameters, scope["method"], seen)
        if isinstance(operation, bytes):
            return _refused(media_type, operation)
        if self._documents.misses != known:
            await asyncio.sleep(0)  # it took a while to read, and to plan it takes another
        outcome = await self._run(operation, receive, seen)
        return (200, outcome.body) if outcome.started else _refused(media_type, outcome.body)

    async def _parameters(
        self, scope: Scope, receive: Receive, head: Head
    ) -> Parameters | list[Parameters | Refusal]:
        method = scope["method"]
        if method == "POST":
            check_content_type(head.get(b"content-type"), head.get(b"content-encoding"))
            body = await read_body(receive, head, self._limits.body_bytes)
            return from_json(body, batch=self._limits.batch)
        if method == "GET":
            return from_url(scope["query_string"])
        raise method_not_allowed("GraphQL is served by POST and GET.", b"GET, POST")

    def _prepare(self, parameters: Parameters, method: str, seen: Observation) -> Operation | bytes:
        """The operation to be run, or the answer that it gets without being run."""
        seen.asked_name = parameters.operation_name
        document = seen.document = self._documents.get(parameters.query)
        variables = parameters.variables
        if document.errors:
            seen.codes = (document.code.value,)
            shown = format_refusals(document.errors, document.code)
            return _errors(self._discreet(shown, document.text, variables))
        if variables:
            limits = self._limits.variables
            excess = check_variables(variables, limits, request_bytes=parameters.size)
            if excess is not None:
                seen.codes = (ErrorCode.LIMIT_EXCEEDED.value,)
                return error_body(excess.fault())
        try:
            operation = select_operation(document, parameters.operation_name, variables)
        except OperationNotFoundError as error:
            plain = _plain(ErrorCode.OPERATION_RESOLUTION_FAILURE, error.message)
            seen.codes = (ErrorCode.OPERATION_RESOLUTION_FAILURE.value,)
            return _errors([plain])
        seen.operation = operation
        _check_kind(operation.kind, method)
        return operation

    def _discreet(
        self, errors: list[dict[str, Any]], text: str, variables: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        if self._names is None:
            return errors
        return self._names.hide_in(errors, all_sent(text, variables))

    async def _run(self, operation: Operation, receive: Receive, seen: Observation) -> Outcome:
        request_id = seen.head.request_id
        if operation.kind is OperationType.QUERY:
            outcome = await self._query(operation, seen.credential, receive, request_id)
        else:
            outcome = await self._mutate(operation, seen.credential, seen.head)
        seen.codes, seen.executed = outcome.codes, outcome.started
        seen.shared = outcome.request_id is not request_id  # two may have sent the same
        return outcome

    async def _answer_batch(
        self, batch: list[Parameters | Refusal], receive: Receive, seen: Observation
    ) -> bytes:
        seen.batch = True
        prepared: list[Prepared] = []
        for entry in batch:
            prepared.append(self._prepared_of_batch(entry, seen.another()))
            await asyncio.sleep(0)  # a new document takes a while to read
        answers = await answer_batch(
            prepared, self._run, receive, attendance=self._attendance, observer=self._observer
        )
        seen.codes = tuple(dict.fromkeys(code for each in prepared for code in each.seen.codes))
        seen.executed = any(each.seen.executed for each in prepared)
        return answers

    def _prepared_of_batch(self, entry: Parameters | Refusal, seen: Observation) -> Prepared:
        try:
            if isinstance(entry, Refusal):
                raise entry
            return Prepared(self._prepare(entry, "POST", seen), seen)
        except Refusal as refusal:
            seen.codes = (refusal.fault.code.value,)
            return Prepared(error_body(refusal.fault), seen)

    async def _query(
        self,
        operation: Operation,
        credential: Credential | None,
        receive: Receive,
        request_id: bytes,
    ) -> Outcome:
        """The answer to a query, which is given up once nobody waits for it any more."""
        sharing = self._sharing
        visit = self._attendance.enter(receive)
        try:
            key = None if sharing is None else sharing.key(operation, credential)
            if sharing is None or key is None:
                return await self._execute(operation, credential, request_id)
            execute = partial(self._execute, operation, credential, request_id)
            outcome = await sharing.run(key, execute, visit)
        except asyncio.CancelledError:
            if not visit.gone:
                raise
            visit.task.uncancel()
            raise ClientGoneError from None
        finally:
            self._attendance.leave(visit)
        if outcome.masked and outcome.request_id != request_id:
            logger.error(
                "request %s: unexpected error, told of under request %s",
                request_id.decode(),
                outcome.request_id.decode(),
            )
        return outcome

    async def _mutate(
        self, operation: Operation, credential: Credential | None, head: Head
    ) -> Outcome:
        key = read_idempotency_key(head)
        try:
            return await self._execute(operation, credential, head.request_id, key)
        finally:
            if self._sharing is not None:
                self._sharing.seal()

    async def _execute(
        self,
        operation: Operation,
        credential: Credential | None,
        request_id: bytes,
        idempotency_key: str | None = None,
    ) -> Outcome:
        context = self._make_context(credential, idempotency_key)
        try:
            result = await self._engine.execute(operation, context)
        finally:
            await context.aclose()
        if not result.started:
            shown = format_refusals(result.errors, ErrorCode.BAD_USER_INPUT)
            discreet = self._discreet(shown, operation.document.text, operation.variables)
            return Outcome(_errors(discreet), request_id, started=False, codes=_codes(shown))
        answer: dict[str, Any] = {"data": result.data}
        shown = []
        if result.errors:
            acting = operation.kind is OperationType.MUTATION
            shown = await format_errors_in_turns(
                result.errors, request_id=request_id.decode(), acting=acting
            )
            text, variables = operation.document.text, operation.variables
            answer["errors"] = shown = self._discreet(shown, text, variables)
            if len(shown) > ERRORS_AT_A_TIME:
                let_go(list(result.errors))
        codes = _codes(shown)
        masked = ErrorCode.INTERNAL_SERVER_ERROR.value in codes
        journal = current_journal()
        if journal is not None and journal.stale:
            answer["extensions"] = {"stale": stale_answers(journal)}
        body: Body
        if result.items + len(shown) > MANY_ITEMS:
            lists = [(answer, "errors", shown)] if shown else []
            body = await encode_long(answer, [*lists, *result.long_lists])
        else:
            body = encode(answer)
        return Outcome(body, request_id, masked=masked, codes=codes)


def _check_kind(kind: OperationType, method: str) -> None:
    if kind is OperationType.MUTATION and method == "GET":
        raise method_not_allowed("A mutation must be sent by POST: a GET changes nothing.", b"POST")
    if kind is OperationType.SUBSCRIPTION:
        raise Refusal(
            400, ErrorCode.OPERATION_RESOLUTION_FAILURE, "Subscriptions are not served here."
        )


def _codes(errors: list[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(error["extensions"]["code"] for error in errors))


def _refused(media_type: MediaType, body: Body) -> tuple[int, Body]:
    """application/json promises 200 for whatever GraphQL itself has to say."""
    return 400 if media_type is MediaType.GRAPHQL else 200, body


def _errors(errors: list[dict[str, Any]]) -> bytes:
    return orjson.dumps({"errors": errors})


def _plain(code: ErrorCode, message: str) -> dict[str, Any]:
    return {"message": message, "extensions": {"code": code.value, "retryable": False}}


def _not_acceptable() -> Refusal:
    return Refusal(
        406,
        ErrorCode.NOT_ACCEPTABLE,
        "Answers are application/graphql-response+json or application/json, in UTF-8: "
        "name one of them in the Accept header.",
    )
