"""Both engines over one schema, each asked the same, and what they answered."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

import orjson
import strawberry
from graphql import OperationType

from gateway.execution.compiled.engine import CompiledEngine
from gateway.execution.documents import Documents
from gateway.execution.encoding import encode_long
from gateway.execution.engine import Engine, ExecutionResult
from gateway.execution.operation import Operation, select_operation
from gateway.execution.reporting import format_errors
from gateway.execution.stock import StockEngine
from gateway.limits.config import DocumentLimits
from resolvers.context import RequestContext
from tests.gateway.execution.compiled.gitlab import Behaviour, FakeGitLab
from upstream.client import Upstream
from upstream.config import UpstreamConfig
from upstream.credentials import Credential, TokenKind
from upstream.transports.base import Request

CREDENTIAL = Credential(TokenKind.PRIVATE_TOKEN, "of-a-test")
LONGEST_SECONDS = 60  # of one example, on a machine that is busy with other things
CONFIG = UpstreamConfig("https://gitlab.test")


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` is what goes out, byte for byte; `calls` are the REST calls that it took."""

    body: bytes
    calls: Counter[str]


class Engines:
    """`behind_compiled` is what the compiled engine falls back to."""

    def __init__(
        self,
        schema: strawberry.Schema,
        limits: DocumentLimits | None = None,
        *,
        behind_compiled: Engine | None = None,
    ) -> None:
        self.schema = schema
        self.documents = Documents(schema._schema, limits=limits)
        self.stock = StockEngine(schema)
        self.compiled = CompiledEngine(schema, behind_compiled or self.stock)

    def operation(
        self, text: str, variables: Mapping[str, Any] | None = None, name: str | None = None
    ) -> Operation:
        document = self.documents.get(text)
        assert document.errors == (), text
        return select_operation(document, name, variables or {})


async def ask(engine: Engine, operation: Operation, gitlab: FakeGitLab) -> Answer:
    before = asyncio.all_tasks()
    context = RequestContext(Upstream(CONFIG, gitlab), CREDENTIAL)
    result = await engine.execute(operation, context)
    body = body_of(operation, result)
    await _assert_long(result, body)
    # graphql-core lets go of fields whose answer no longer matters, and they run on.
    while others := asyncio.all_tasks() - before:
        await asyncio.gather(*others, return_exceptions=True)
    await context.aclose()
    return Answer(body, gitlab.calls)


async def _assert_long(result: ExecutionResult, body: bytes) -> None:
    """Encoded piece by piece, the answer is the same; this takes the result apart."""
    if result.long_lists and not result.errors:
        long = await encode_long({"data": result.data, "errors": []}, result.long_lists)
        assert isinstance(long, tuple)
        assert b"".join(long) == body


def body_of(operation: Operation, result: ExecutionResult) -> bytes:
    acting = operation.kind is OperationType.MUTATION
    errors = format_errors(result.errors, request_id="r", acting=acting)
    shown = {"data": result.data, "errors": errors} if result.started else {"errors": errors}
    return orjson.dumps(shown)


def gitlab_of(behaviour: Behaviour, schedule: int) -> FakeGitLab:
    """A GitLab whose answers arrive in another order with each schedule; 0 is the plain one."""

    def turns(request: Request) -> int:
        return Random(f"{schedule} {request.target}").randrange(6)

    return FakeGitLab(behaviour, turns if schedule else lambda _: 1)


def running(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Runs `main` in a loop of its own, which must not have had anything to complain about.

    An engine that waits for what never comes fails, rather than to hold up the whole suite.
    """
    complaints: list[dict[str, Any]] = []

    async def watched() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, each: complaints.append(each))
        async with asyncio.timeout(LONGEST_SECONDS):
            await main()

    asyncio.run(watched())
    assert complaints == []
