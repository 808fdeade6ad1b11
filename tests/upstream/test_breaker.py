"""When GitLab is left alone, and when it is tried again."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from upstream.breaker import Breaker
from upstream.config import NO_BREAKING, Breaking
from upstream.errors import (
    CircuitOpen,
    ConnectFailed,
    Disconnected,
    InvalidResponse,
    Phase,
    UpstreamError,
    UpstreamTimeout,
)
from upstream.events import BreakerChanged, CallRefused, Event

CONFIG = Breaking(bad_share=0.5, fewest_calls=10, slow_seconds=3.0, open_seconds=5.0, window=10.0)


@dataclass
class Watched:
    """A breaker on a clock of the test's own; `ends` lets calls go through it and end."""

    config: Breaking = CONFIG
    now: float = 1000.0
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.breaker = Breaker(self.config, self.events.append, clock=lambda: self.now)

    def ends(
        self,
        came: int | BaseException = 200,
        times: int = 1,
        *,
        seconds: float = 0.1,
        caller: int = 1,
    ) -> None:
        for _ in range(times):
            ticket = self.breaker.admit("GET /job")
            if isinstance(came, int):
                self.breaker.answered(ticket, came, seconds, caller)
            else:
                self.breaker.failed(ticket, came, seconds, caller)

    @property
    def state(self) -> str:
        return self.breaker.state

    @property
    def refuses(self) -> bool:
        try:
            self.breaker.check("GET /job")
        except CircuitOpen:
            return True
        return False

    @property
    def changes(self) -> list[BreakerChanged]:
        return [event for event in self.events if isinstance(event, BreakerChanged)]


@pytest.fixture
def watched() -> Watched:
    return Watched()


def late(phase: Phase) -> UpstreamTimeout:
    return UpstreamTimeout("too late", phase=phase, seconds=1.0)


FAILURES: dict[str, int | UpstreamError] = {
    "no connection": ConnectFailed("refused"),
    "a broken connection": Disconnected("cut"),
    "no connection in time": late("connect"),
    "silence": late("read"),
    "a body not taken": late("write"),
    "an answer without end": late("total"),
    "502": 502,
    "503": 503,
    "504": 504,
}


@pytest.mark.parametrize("came", FAILURES.values(), ids=FAILURES)
def test_it_opens_when_half_of_the_calls_fail(watched: Watched, came: int | UpstreamError) -> None:
    watched.ends(200, 5)
    watched.ends(came, 4)
    assert (watched.state, watched.refuses) == ("closed", False)
    watched.ends(came)
    assert (watched.state, watched.refuses) == ("open", True)
    assert watched.changes == [BreakerChanged("open", "errors")]


def test_it_opens_when_half_of_the_calls_are_slow(watched: Watched) -> None:
    watched.ends(200, 5)
    watched.ends(200, 5, seconds=3.0)
    assert watched.changes == [BreakerChanged("open", "slowness")]


def test_what_failed_and_what_was_slow_adds_up(watched: Watched) -> None:
    watched.ends(200, 5)
    watched.ends(200, 2, seconds=3.0)
    watched.ends(503, 3)
    assert watched.changes == [BreakerChanged("open", "errors")]


ANSWERS = [200, 201, 204, 302, 304, 400, 401, 403, 404, 409, 422, 429, 500]


@pytest.mark.parametrize("status", ANSWERS)
def test_an_answer_is_an_answer(watched: Watched, status: int) -> None:
    watched.ends(status, 100)
    assert watched.state == "closed"


NOT_GITLABS_FAULT: dict[str, BaseException] = {
    "no place for the call": late("pool"),
    "an answer that is none": InvalidResponse("html"),
    "a client that went away": asyncio.CancelledError(),
}


@pytest.mark.parametrize("came", NOT_GITLABS_FAULT.values(), ids=NOT_GITLABS_FAULT)
def test_what_says_nothing_about_gitlab_does_not_open_it(
    watched: Watched, came: BaseException
) -> None:
    watched.ends(came, 100)
    assert watched.state == "closed"


def test_a_call_that_was_given_up_was_slow_if_it_had_taken_long(watched: Watched) -> None:
    watched.ends(asyncio.CancelledError(), 10, seconds=3.0)
    assert watched.changes == [BreakerChanged("open", "slowness")]


def test_few_calls_say_nothing(watched: Watched) -> None:
    watched.ends(503, 9)
    assert watched.state == "closed"


def test_what_lies_back_is_forgotten(watched: Watched) -> None:
    for _ in range(9):
        watched.ends(503)
        watched.now += 1.3
    watched.ends(503)
    assert watched.state == "closed"


def test_one_caller_does_not_take_gitlab_from_the_others(watched: Watched) -> None:
    watched.ends(late("read"), 10, caller=7)
    assert watched.state == "open"  # alone, he is all that is known of GitLab

    watched = Watched()
    for caller in (1, 2):
        watched.ends(200, 5, caller=caller)
    watched.ends(late("read"), 1000, caller=7)
    assert watched.state == "closed"
    watched.ends(late("read"), caller=2)
    assert watched.state == "open"


def opened() -> Watched:
    watched = Watched()
    watched.ends(503, 10)
    assert watched.state == "open"
    return watched


def test_an_open_one_says_when_to_come_back() -> None:
    watched = opened()
    watched.now += 2.0
    with pytest.raises(CircuitOpen) as caught:
        watched.breaker.admit("POST /job")
    assert caught.value.retry_after == 3.0
    assert not caught.value.may_have_arrived
    assert watched.events[-1] == CallRefused("POST /job")


def test_one_call_tries_again_and_the_others_wait() -> None:
    watched = opened()
    watched.now += 5.0
    probe = watched.breaker.admit("GET /job")
    assert watched.state == "half-open"
    assert watched.refuses
    watched.breaker.answered(probe, 404, 0.1, 1)
    assert (watched.state, watched.refuses) == ("closed", False)
    assert [change.state for change in watched.changes] == ["open", "half-open", "closed"]


@pytest.mark.parametrize(
    ("came", "seconds", "reason"),
    [(Disconnected("cut"), 0.1, "errors"), (503, 0.1, "errors"), (200, 3.0, "slowness")],
)
def test_a_probe_that_fails_opens_it_again(
    came: int | UpstreamError, seconds: float, reason: str
) -> None:
    watched = opened()
    watched.now += 5.0
    watched.ends(came, seconds=seconds)
    assert watched.changes[-1] == BreakerChanged("open", reason)
    watched.now += 4.9
    assert watched.refuses
    watched.now += 0.1
    assert not watched.refuses


def test_a_probe_that_was_given_up_leaves_its_place_to_the_next() -> None:
    watched = opened()
    watched.now += 5.0
    watched.ends(asyncio.CancelledError())
    assert (watched.state, watched.refuses) == ("half-open", False)
    watched.ends(200)
    assert watched.state == "closed"


def test_once_closed_the_past_is_past() -> None:
    watched = opened()
    watched.now += 5.0
    watched.ends(200)
    watched.ends(503, 9)
    assert watched.state == "closed"


def test_calls_from_before_change_nothing() -> None:
    watched = Watched()
    old = [watched.breaker.admit("GET /job") for _ in range(20)]
    watched.ends(503, 10)
    watched.breaker.answered(old.pop(), 200, 0.1, 1)
    assert watched.state == "open"
    watched.now += 5.0
    probe = watched.breaker.admit("GET /job")
    watched.breaker.failed(old.pop(), Disconnected("cut"), 0.1, 1)
    assert watched.state == "half-open"
    watched.breaker.answered(probe, 200, 0.1, 1)
    for ticket in old:
        watched.breaker.failed(ticket, Disconnected("cut"), 0.1, 1)
    assert watched.state == "closed"


def test_switched_off_it_never_opens() -> None:
    watched = Watched(NO_BREAKING)
    watched.ends(503, 1000)
    assert watched.state == "closed"


def test_without_a_bound_no_call_is_slow() -> None:
    watched = Watched(Breaking(fewest_calls=1, slow_seconds=0.0))
    watched.ends(200, 100, seconds=1e6)
    assert watched.state == "closed"
