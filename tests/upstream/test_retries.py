"""What is sent again, when, and how often."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upstream.config import Repeating
from upstream.credentials import Credential
from upstream.errors import (
    CircuitOpen,
    ConnectFailed,
    Disconnected,
    InvalidRequest,
    InvalidResponse,
    Overloaded,
    Phase,
    ResponseTooLarge,
    TlsFailed,
    UpstreamError,
    UpstreamTimeout,
)
from upstream.events import CallRepeated, Event, RepeatWithheld
from upstream.retries import MOST_SAVED, RESERVE, Budget, Retries
from upstream.transports.base import Request, Response

GET = Request("GET", "/api/v4/job")
POST = Request("POST", "/api/v4/projects/1/jobs/2/play")
QUICK = Repeating(repeats=2, share=0.1, first_wait=0.0)
OK = Response(200, {}, b"{}")


def answer(status: int, **headers: str) -> Response:
    return Response(status, {name.replace("_", "-"): value for name, value in headers.items()}, b"")


def late(phase: Phase) -> UpstreamTimeout:
    return UpstreamTimeout("too late", phase=phase, seconds=1.0)


Came = UpstreamError | Response


@dataclass
class Wire:
    """Gives each call the next of what it was told; the last one again and again."""

    comes: list[Came]
    sent: list[Request] = field(default_factory=list)

    async def __call__(self, _label: str, request: Request, _whose: Credential | None) -> Response:
        self.sent.append(request)
        came = self.comes[min(len(self.sent), len(self.comes)) - 1]
        if isinstance(came, UpstreamError):
            raise came
        return came


async def outcome(
    wire: Wire, request: Request = GET, retries: Retries | None = None
) -> Response | UpstreamError:
    try:
        return await (retries or Retries(QUICK)).send(wire, "GET /job", request, None)
    except UpstreamError as error:
        return error


PASSING: dict[str, Came] = {
    "no connection": ConnectFailed("refused"),
    "no connection in time": late("connect"),
    "a broken connection": Disconnected("cut"),
    "502": answer(502),
    "503": answer(503),
    "504": answer(504),
    "429 with a short wait": answer(429, retry_after="0"),
}
LASTING: dict[str, Came] = {
    "a certificate": TlsFailed("expired"),
    "silence": late("read"),
    "a call without end": late("total"),
    "no place for the call": late("pool"),
    "an answer that is none": InvalidResponse("html"),
    "too much of an answer": ResponseTooLarge("bomb"),
    "a bad request": InvalidRequest("no id"),
    "too many calls": Overloaded("full", retry_after=1.0),
    "an open breaker": CircuitOpen("open", retry_after=1.0),
    "500": answer(500),
    "501": answer(501),
    "400": answer(400),
    "401": answer(401),
    "403": answer(403),
    "404": answer(404),
    "409": answer(409),
    "429 without a word": answer(429),
    "429 with a long wait": answer(429, retry_after="60"),
    "503 with a long wait": answer(503, retry_after="60"),
    "another limit than the one that shows": answer(
        429, ratelimit_remaining="7", ratelimit_reset="1"
    ),
}


@pytest.mark.parametrize("came", PASSING.values(), ids=PASSING)
async def test_a_get_is_sent_again_after_what_may_pass(came: Came) -> None:
    wire = Wire([came, came, OK])
    assert await outcome(wire) is OK
    assert wire.sent == [GET] * 3


@pytest.mark.parametrize("came", PASSING.values(), ids=PASSING)
async def test_and_no_more_often_than_is_allowed(came: Came) -> None:
    wire = Wire([came])
    assert await outcome(wire) is came
    assert len(wire.sent) == 3


@pytest.mark.parametrize("came", LASTING.values(), ids=LASTING)
async def test_what_will_not_pass_is_told_at_once(came: Came) -> None:
    wire = Wire([came, OK])
    assert await outcome(wire) is came
    assert len(wire.sent) == 1


UNSENT: dict[str, UpstreamError] = {
    "no connection": ConnectFailed("refused"),
    "no connection in time": late("connect"),
    "a connection that was closed before": Disconnected("closed", sent=False),
}


@pytest.mark.parametrize("came", UNSENT.values(), ids=UNSENT)
async def test_an_action_that_never_left_is_sent_again(came: UpstreamError) -> None:
    wire = Wire([came, OK])
    assert await outcome(wire, POST) is OK
    assert wire.sent == [POST] * 2


MAYBE_ARRIVED = {
    name: came
    for name, came in (PASSING | LASTING).items()
    if isinstance(came, Response) or came.may_have_arrived
}


@pytest.mark.parametrize("came", MAYBE_ARRIVED.values(), ids=MAYBE_ARRIVED)
async def test_an_action_that_may_have_arrived_never_is(came: Came) -> None:
    wire = Wire([came, OK])
    assert await outcome(wire, POST) is came
    assert len(wire.sent) == 1


def waits(events: Iterable[Event]) -> list[float]:
    return [event.wait for event in events if isinstance(event, CallRepeated)]


async def test_waits_are_random_and_twice_as_long_each_time() -> None:
    events: list[Event] = []
    drawn = iter([0.5, 1.0, 0.25])
    config = Repeating(repeats=3, first_wait=0.002, longest_wait=1.0)
    retries = Retries(config, events.append, chance=lambda: next(drawn))
    await outcome(Wire([answer(502)]), retries=retries)
    assert waits(events) == [0.001, 0.004, 0.002]


async def test_no_wait_grows_beyond_the_longest() -> None:
    events: list[Event] = []
    config = Repeating(repeats=4, first_wait=0.001, longest_wait=0.002)
    await outcome(Wire([answer(502)]), retries=Retries(config, events.append, chance=lambda: 1.0))
    assert waits(events) == [0.001, 0.002, 0.002, 0.002]


async def test_those_who_were_told_the_same_moment_do_not_come_back_together() -> None:
    events: list[Event] = []
    config = Repeating(repeats=1, first_wait=0.004, longest_wait=1.0)
    retries = Retries(config, events.append, chance=lambda: 0.5)
    await outcome(Wire([answer(429, retry_after="0"), OK]), retries=retries)
    assert waits(events) == [0.002]


@pytest.mark.parametrize(("left", "sent"), [(None, 2), (2.0, 2), (0.0, 1), (-1.0, 1)])
async def test_a_wait_beyond_the_end_of_the_request_is_none(left: float | None, sent: int) -> None:
    retries = Retries(
        Repeating(repeats=1, first_wait=0.001), chance=lambda: 1.0, remaining=lambda: left
    )
    wire = Wire([answer(503), OK])
    await outcome(wire, retries=retries)
    assert len(wire.sent) == sent


async def test_a_repeat_is_told_of_with_its_reason() -> None:
    events: list[Event] = []
    wire = Wire([Disconnected("cut"), answer(502), OK])
    await outcome(wire, retries=Retries(QUICK, events.append))
    assert events == [
        CallRepeated("GET /job", "Disconnected", 1, 0.0),
        CallRepeated("GET /job", "502", 2, 0.0),
    ]


async def test_while_all_fails_repeats_are_a_share_of_the_calls() -> None:
    events: list[Event] = []
    retries = Retries(Repeating(repeats=3, share=0.1, first_wait=0.0), events.append)
    wire = Wire([answer(502)])
    for _ in range(400):
        await outcome(wire, retries=retries)
    assert len(wire.sent) - 400 == pytest.approx(40 + RESERVE, abs=1)
    assert RepeatWithheld("GET /job", "502") in events


@given(st.floats(0, 1), st.lists(st.sampled_from("cccr"), max_size=400))
def test_the_budget_is_never_overdrawn(share: float, steps: list[str]) -> None:
    budget, calls, repeats = Budget(share), 0, 0
    for step in steps:
        if step == "c":
            calls += 1
            budget.earn()
        else:
            repeats += budget.spend()
        assert repeats <= share * calls + RESERVE + 1e-6
    if share == 0:
        assert repeats == 0


def test_a_quiet_year_does_not_save_up_for_a_storm() -> None:
    budget = Budget(1.0)
    for _ in range(10_000):
        budget.earn()
    assert sum(budget.spend() for _ in range(10_000)) == MOST_SAVED


async def test_nothing_is_sent_again_while_the_gateway_stops() -> None:
    retries = Retries(QUICK)
    retries.close()
    wire = Wire([Disconnected("the gateway stopped"), OK])
    assert isinstance(await outcome(wire, retries=retries), Disconnected)


async def test_one_who_gives_up_while_waiting_sends_nothing() -> None:
    told = asyncio.Event()
    hook: Callable[[Event], None] = lambda _event: told.set()  # noqa: E731 - shorter than a def
    retries = Retries(Repeating(first_wait=60.0, longest_wait=60.0), hook, chance=lambda: 1.0)
    wire = Wire([answer(503), OK])
    waiting = asyncio.create_task(outcome(wire, retries=retries))
    await told.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert len(wire.sent) == 1
