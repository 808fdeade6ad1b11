"""A mutation that is sent again is not done again."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from resolvers.mutations.once import MAX_ACTIONS, Actions, key_of
from tests.conftest import Graphql
from upstream.credentials import Credential, TokenKind
from upstream.demo import DEVELOPER_TOKEN, MAINTAINER_TOKEN, DemoGitLab, Fault, examples
from upstream.demo.effects import Respond
from upstream.errors import ConnectFailed, Disconnected, Forbidden, ServerError, UpstreamError

RETRY = "POST /projects/:id/jobs/:job_id/retry"
MUTATION = """
mutation ($id: ID!, $name: String) {
  retryJob(input: {projectId: "1", id: $id, clientMutationId: $name}) {
    clientMutationId job { databaseId } errors { code }
  }
}
"""
JOB = str(examples.FAILED_JOB)


def retries(demo: DemoGitLab) -> int:
    return demo.calls.routes().count(RETRY)


async def test_a_double_click_acts_once_and_answers_twice(
    demo: DemoGitLab, graphql: Graphql
) -> None:
    click = {"id": JOB, "name": "click"}
    answers = await asyncio.gather(graphql(MUTATION, click), graphql(MUTATION, click))
    assert answers[0] == answers[1]
    assert answers[0]["data"]["retryJob"]["errors"] == []
    assert answers[0]["data"]["retryJob"]["clientMutationId"] == "click"
    assert await graphql(MUTATION, click) == answers[0]
    assert retries(demo) == 1


@pytest.mark.parametrize(
    ("change", "token"),
    [
        ({"name": "other"}, MAINTAINER_TOKEN),
        ({"id": str(examples.FINISHED_JOB)}, MAINTAINER_TOKEN),
        ({}, DEVELOPER_TOKEN),
    ],
)
async def test_another_name_input_or_credential_is_another_mutation(
    demo: DemoGitLab, graphql: Graphql, change: dict[str, str], token: str
) -> None:
    click = {"id": JOB, "name": "click"}
    await graphql(MUTATION, click)
    await graphql(MUTATION, click | change, token)
    assert retries(demo) == 2


async def test_without_a_name_each_is_done(demo: DemoGitLab, graphql: Graphql) -> None:
    for _ in range(2):
        await graphql(MUTATION, {"id": JOB})
    assert retries(demo) == 2


async def test_the_idempotency_key_header_names_a_mutation(
    demo: DemoGitLab, gateway_url: str
) -> None:
    body = {"query": MUTATION, "variables": {"id": JOB}}
    headers = {"private-token": MAINTAINER_TOKEN, "idempotency-key": "b5c7-1"}
    async with httpx.AsyncClient(base_url=gateway_url, headers=headers) as client:
        first, second = [(await client.post("/graphql", json=body)).json() for _ in range(2)]
        assert first == second
        assert retries(demo) == 1
        headers = {"idempotency-key": "b5c7-2"}
        third = (await client.post("/graphql", json=body, headers=headers)).json()
        assert third["data"]["retryJob"]["errors"] == [{"code": "NOT_RETRYABLE"}]


@pytest.mark.parametrize("value", ["", "with blank", "x" * 256])
async def test_a_key_that_is_none_is_refused(
    demo: DemoGitLab, gateway_url: str, value: str
) -> None:
    body = {"query": MUTATION, "variables": {"id": JOB}}
    async with httpx.AsyncClient(base_url=gateway_url) as client:
        headers = {"idempotency-key": value}
        answer = await client.post("/graphql", json=body, headers=headers)
    assert answer.status_code == 400
    assert "Idempotency-Key header must be" in answer.json()["errors"][0]["message"]
    assert retries(demo) == 0


async def test_a_refusal_is_not_remembered(demo: DemoGitLab, graphql: Graphql) -> None:
    click = {"id": JOB, "name": "click"}
    demo.faults.add(Fault(Respond(403, b'{"message": "403 Forbidden"}'), route=RETRY))
    assert (await graphql(MUTATION, click))["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert (await graphql(MUTATION, click))["data"]["retryJob"]["errors"] == []


async def test_cancelling_twice_under_one_name_is_no_second_cancellation(graphql: Graphql) -> None:
    cancel = MUTATION.replace("retryJob", "cancelJob")
    click = {"id": str(examples.RUNNING_JOB), "name": "click"}
    first, second = await graphql(cancel, click), await graphql(cancel, click)
    assert first["data"]["cancelJob"]["errors"] == []
    assert second == first


# The memory by itself, by a clock of its own.


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def named(name: str) -> bytes:
    key = key_of(Credential(TokenKind.BEARER, "t"), ("header", name), "play", {})
    assert key is not None
    return key


class Acting:
    """Counts how often it acts; raises what it is given."""

    def __init__(self, *errors: BaseException) -> None:
        self.errors = list(errors)
        self.acted = 0

    async def __call__(self) -> dict[str, Any]:
        self.acted += 1
        await asyncio.sleep(0)
        if self.errors:
            raise self.errors.pop(0)
        return {"id": self.acted}


async def test_a_window_ends() -> None:
    clock, acting = Clock(), Acting()
    actions = Actions(60, clock=clock)
    assert (await actions.once(named("a"), acting))["id"] == 1
    clock.now = 59.9
    assert (await actions.once(named("a"), acting))["id"] == 1
    clock.now = 60.0
    assert (await actions.once(named("a"), acting))["id"] == 2
    assert len(actions) == 1
    assert actions.spared == 1


async def test_a_window_of_nothing_remembers_nothing() -> None:
    actions, acting = Actions(0), Acting()
    for _ in range(2):
        await actions.once(named("a"), acting)
    assert (acting.acted, len(actions)) == (2, 0)


@pytest.mark.parametrize(
    ("error", "acts"),
    [
        (ConnectFailed("refused"), 2),
        (Forbidden("no", status=403), 2),
        (Disconnected("cut"), 1),
        (ServerError("oops", status=500), 1),
    ],
)
async def test_only_what_may_have_been_done_is_remembered(error: UpstreamError, acts: int) -> None:
    actions, acting = Actions(), Acting(error)
    with pytest.raises(type(error)):
        await actions.once(named("a"), acting)
    if acts == 1:
        with pytest.raises(type(error)):
            await actions.once(named("a"), acting)
    else:
        await actions.once(named("a"), acting)
    assert acting.acted == acts


async def test_a_first_attempt_that_was_given_up_may_have_acted() -> None:
    actions, begun = Actions(), asyncio.Event()

    async def act() -> dict[str, Any]:
        begun.set()
        await asyncio.Event().wait()
        return {}

    first = asyncio.create_task(actions.once(named("a"), act))
    await begun.wait()
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    with pytest.raises(Disconnected, match="given up on its way"):
        await actions.once(named("a"), Acting())


async def test_one_who_gives_up_waiting_leaves_the_others_waiting() -> None:
    actions, go = Actions(), asyncio.Event()

    async def act() -> dict[str, Any]:
        await go.wait()
        return {"id": 1}

    first, second, third = [asyncio.create_task(actions.once(named("a"), act)) for _ in range(3)]
    await asyncio.sleep(0)
    second.cancel()
    go.set()
    assert await first == await third == {"id": 1}


async def test_what_is_remembered_is_bounded() -> None:
    actions, acting = Actions(), Acting()
    for number in range(MAX_ACTIONS + 10):
        await actions.once(named(str(number)), acting)
    assert len(actions) == MAX_ACTIONS
    before = acting.acted
    await actions.once(named(str(MAX_ACTIONS + 9)), acting)
    assert acting.acted == before


def test_a_key_shows_neither_token_nor_name() -> None:
    key = key_of(Credential(TokenKind.BEARER, "glpat-secret"), ("header", "name"), "play", {})
    assert key is not None
    assert b"secret" not in key
    assert len(key) == 32
