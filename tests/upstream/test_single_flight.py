from __future__ import annotations

import asyncio

import pytest
from starlette.responses import JSONResponse, Response

from tests.upstream.conftest import CREDENTIAL, Received, World
from tests.upstream.desk import JOBS, Office, settled
from tests.upstream.desk import office as office_with
from upstream.client import Upstream
from upstream.config import NO_REUSE, Reuse, UpstreamConfig
from upstream.credentials import Credential, TokenKind
from upstream.errors import Disconnected, ServerError
from upstream.events import FlightShared

OTHER = Credential(TokenKind.PRIVATE_TOKEN, "glpat-0ther")
SHARING = Reuse(single_flight=True, cache_bytes=0)


def office(reuse: Reuse = SHARING, **limits: int) -> Office:
    return office_with(reuse, **limits)


async def test_the_same_get_in_flight_is_one_call() -> None:
    place = office()
    tasks = [await place.get() for _ in range(3)]
    (asked,) = place.desk.asked
    asked.answer(b'[{"id":1}]')
    answers = await asyncio.gather(*tasks)
    assert [answer.payload for answer in answers] == [[{"id": 1}]] * 3
    assert answers[0] is answers[1] is answers[2]
    assert place.events.count(FlightShared(f"GET {JOBS}")) == 2
    assert place.upstream.statistics.shared == 2


async def test_nothing_is_kept_of_a_call_that_has_ended() -> None:
    place = office()
    for number in (1, 2):
        task = await place.get()
        place.desk.asked[-1].answer(b"[%d]" % number)
        assert (await task).payload == [number]
    assert len(place.desk.asked) == 2


@pytest.mark.parametrize("credential", [OTHER, None, Credential(TokenKind.BEARER, "glpat-s3cret")])
async def test_no_call_is_shared_between_credentials(credential: Credential | None) -> None:
    place = office()
    tasks = [await place.get(), await place.get(credential=credential)]
    for number, asked in enumerate(place.desk.asked):
        asked.answer(b"[%d]" % number)
    assert [(await task).payload for task in tasks] == [[0], [1]]


async def test_anonymous_callers_share_among_themselves() -> None:
    place = office()
    tasks = [await place.get(credential=None) for _ in range(2)]
    (asked,) = place.desk.asked
    asked.answer()
    await asyncio.gather(*tasks)


async def test_another_query_is_another_call() -> None:
    place = office()
    tasks = [await place.get("/projects/1/jobs"), await place.get("/projects/2/jobs")]
    assert len(place.desk.asked) == 2
    for asked in place.desk.asked:
        asked.answer()
    await asyncio.gather(*tasks)


@pytest.mark.parametrize("leaving", [0, 1, 2])
async def test_one_who_gives_up_leaves_the_others_waiting(leaving: int) -> None:
    place = office()
    tasks = [await place.get() for _ in range(3)]
    tasks[leaving].cancel()
    await settled()
    assert tasks[leaving].cancelled()
    (asked,) = place.desk.asked
    asked.answer(b"[1]")
    staying = [task for task in tasks if task is not tasks[leaving]]
    assert [(await task).payload for task in staying] == [[1], [1]]


async def test_the_last_who_gives_up_takes_the_call_along() -> None:
    place = office(in_flight=1, waiting=0)
    tasks = [await place.get() for _ in range(2)]
    (asked,) = place.desk.asked
    for task in tasks:
        assert not asked.cancelled.is_set()
        task.cancel()
        await settled()
    assert asked.cancelled.is_set()
    again = await place.get()  # neither joins what is being cancelled, nor finds the gate shut
    place.desk.asked[1].answer(b"[2]")
    assert (await again).payload == [2]


async def test_an_error_is_shared_with_those_who_wait_and_with_nobody_after() -> None:
    place = office()
    tasks = [await place.get() for _ in range(2)]
    place.desk.asked[0].response.set_exception(Disconnected("gone"))
    for task in tasks:
        with pytest.raises(Disconnected, match="gone"):
            await task
    after = await place.get()
    place.desk.asked[1].answer(b"[1]")
    assert (await after).payload == [1]


async def test_an_error_that_nobody_waits_for_complains_nowhere() -> None:
    # Warnings are errors, and asyncio would warn of an exception that was never looked at.
    place = office()
    task = await place.get()
    place.desk.asked[0].response.set_exception(Disconnected("gone"))
    task.cancel()
    await settled()
    assert task.cancelled()


async def test_after_an_action_nobody_joins_what_was_asked_before_it() -> None:
    place = office()
    before = await place.get()
    action = await place.post()
    during = await place.get()
    first, posted, second = place.desk.asked
    posted.answer(b"{}", 201)
    await action
    after = await place.get()
    third = place.desk.asked[3]
    for number, asked in enumerate([first, second, third]):
        asked.answer(b"[%d]" % number)
    assert [(await task).payload for task in (before, during, after)] == [[0], [1], [2]]


@pytest.mark.parametrize("error", [Disconnected("gone"), ServerError("502", status=502)])
async def test_an_action_that_fails_ends_the_sharing_too(error: Exception) -> None:
    place = office()
    action = await place.post()
    during = await place.get()
    place.desk.asked[0].response.set_exception(error)
    with pytest.raises(type(error)):
        await action
    after = await place.get()
    assert len(place.desk.asked) == 3
    for asked in place.desk.asked[1:]:
        asked.answer()
    await asyncio.gather(during, after)


async def test_actions_are_never_shared() -> None:
    place = office()
    tasks = [await place.post() for _ in range(2)]
    assert len(place.desk.asked) == 2
    for asked in place.desk.asked:
        asked.answer(b"{}", 201)
    await asyncio.gather(*tasks)


async def test_those_who_join_need_no_place_in_the_line() -> None:
    place = office(in_flight=1, waiting=0)
    tasks = [await place.get() for _ in range(50)]
    place.desk.asked[0].answer()
    assert len(await asyncio.gather(*tasks)) == 50


async def test_switched_off_each_get_is_a_call() -> None:
    place = office(NO_REUSE)
    tasks = [await place.get() for _ in range(3)]
    assert len(place.desk.asked) == 3
    for asked in place.desk.asked:
        asked.answer()
    await asyncio.gather(*tasks)
    assert place.upstream.statistics.shared == 0


async def test_over_sockets_gitlab_sees_one_of_many(world: World) -> None:
    def answer(_: Received) -> Response:
        return JSONResponse([{"id": 1}])

    gitlab = await world.gitlab(answer)
    config = UpstreamConfig(gitlab.url, reuse=SHARING)
    async with Upstream(config) as upstream:
        answers = await asyncio.gather(
            *(upstream.get(JOBS, "/projects/1/jobs", CREDENTIAL) for _ in range(20)),
            *(upstream.get(JOBS, "/projects/1/jobs", OTHER) for _ in range(20)),
        )
    assert [answer.payload for answer in answers] == [[{"id": 1}]] * 40
    assert len(gitlab.received) == 2
    tokens = {received.headers["private-token"] for received in gitlab.received}
    assert tokens == {CREDENTIAL.token, OTHER.token}
