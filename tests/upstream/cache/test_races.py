"""Answers that are on their way while something changes."""

from __future__ import annotations

import asyncio

import orjson
import pytest

from tests.upstream.cache.payloads import job
from tests.upstream.conftest import CREDENTIAL
from tests.upstream.desk import JOB, Office, office
from upstream.answer import Answer
from upstream.config import Reuse
from upstream.credentials import Credential, TokenKind

OTHER = Credential(TokenKind.PRIVATE_TOKEN, "glpat-0ther")
ONE = "/projects/1/jobs/7"
OLD, NEW = orjson.dumps(job()), orjson.dumps(job(name="new"))


@pytest.fixture(params=[True, False], ids=["sharing", "not sharing"])
def place(request: pytest.FixtureRequest) -> Office:
    return office(Reuse(single_flight=request.param))


async def get(place: Office, credential: Credential = CREDENTIAL) -> asyncio.Task[Answer]:
    return await place.get(ONE, credential, JOB)


async def test_what_was_asked_before_an_action_is_not_handed_out_after_it(place: Office) -> None:
    reading = await get(place, OTHER)
    acting = await place.post()
    asked, posted = place.desk.asked
    posted.answer(b"{}", 201)
    await acting
    asked.answer(OLD, etag='"old"')
    await reading
    await get(place, OTHER)
    assert len(place.desk.asked) == 3


async def test_what_was_asked_during_an_action_is_not_handed_out_after_it(place: Office) -> None:
    acting = await place.post()
    reading = await get(place)
    posted, asked = place.desk.asked
    posted.answer(b"{}", 201)
    await acting
    asked.answer(OLD, etag='"old"')
    await reading
    await get(place)
    assert len(place.desk.asked) == 3


async def test_what_was_answered_during_an_action_is_not_handed_out_after_it(place: Office) -> None:
    acting = await place.post()
    reading = await get(place, OTHER)
    posted, asked = place.desk.asked
    asked.answer(OLD, etag='"old"')
    await reading
    posted.answer(b"{}", 201)
    await acting
    await get(place, OTHER)
    assert len(place.desk.asked) == 3


async def test_an_action_that_is_given_up_may_have_changed_anything(place: Office) -> None:
    reading = await get(place, OTHER)
    place.desk.asked[0].answer(OLD, etag='"old"')
    await reading
    acting = await place.post()
    acting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await acting
    await get(place, OTHER)
    assert len(place.desk.asked) == 3


async def test_what_was_offered_may_go_while_gitlab_confirms_it(place: Office) -> None:
    reading = await get(place, OTHER)
    place.desk.asked[0].answer(OLD, etag='"old"')
    await reading
    borrowing = await get(place)
    assert ("if-none-match", '"old"') in place.desk.asked[1].request.headers
    refused = asyncio.create_task(place.upstream.post(f"{JOB}/retry", f"{ONE}/retry", OTHER))
    await asyncio.sleep(0)
    place.desk.asked[2].answer(b"{}", 201)
    await refused
    assert place.upstream.statistics.entries == 0
    place.desk.asked[1].answer(b"", 304)
    assert orjson.dumps((await borrowing).payload) == OLD
    assert place.upstream.statistics.entries == 1
    assert place.upstream.statistics.bytes > 0


async def test_the_newest_of_all_answers_is_offered(place: Office) -> None:
    for credential, body, tag in ((CREDENTIAL, OLD, '"old"'), (OTHER, NEW, '"new"')):
        reading = await get(place, credential)
        place.desk.asked[-1].answer(body, etag=tag)
        await reading
    acting = await place.post()
    place.desk.asked[-1].answer(b'{"message": "403 Forbidden"}', 403)
    with pytest.raises(Exception, match="Forbidden"):
        await acting
    await get(place)
    assert ("if-none-match", '"new"') in place.desk.asked[-1].request.headers
