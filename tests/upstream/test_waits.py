"""When GitLab wants to be asked again, in each form in which it says so."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upstream.waits import LONGEST_WAIT_SECONDS, asked_wait


def date(seconds: float, start: datetime | None = None) -> str:
    """A moment so many seconds after `start`, or from now."""
    return format_datetime((start or datetime.now(UTC)) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("60", 60.0),
        (" 0 ", 0.0),
        ("999999999999", LONGEST_WAIT_SECONDS),
        ("-5", None),
        ("1.5", None),
        ("\u0663", None),
        ("soon", None),
        ("", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_WAIT_SECONDS),
        ("Wed, 99 Oct 2015 07:28:00 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: float | None) -> None:
    assert asked_wait(503, {"retry-after": value}) == seconds


def test_a_date_to_come_is_counted_from_now() -> None:
    seconds = asked_wait(503, {"retry-after": date(90)})
    assert seconds is not None
    assert 80 < seconds <= 90


def test_a_date_is_counted_by_gitlabs_clock_where_it_tells_the_time() -> None:
    late = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
    headers = {"retry-after": date(7, late), "date": date(0, late)}
    assert asked_wait(503, headers) == 7.0


def test_a_limit_ends_at_its_reset() -> None:
    headers = {"ratelimit-remaining": "0", "ratelimit-reset": str(int(time.time()) + 30)}
    seconds = asked_wait(429, headers)
    assert seconds is not None
    assert 28 < seconds <= 30


def test_a_reset_may_be_a_date_alone() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    headers = {"ratelimit-resettime": date(4, start), "date": date(0, start)}
    assert asked_wait(429, headers) == 4.0


def test_retry_after_goes_before_the_reset() -> None:
    headers = {"retry-after": "3", "ratelimit-reset": str(int(time.time()) + 30)}
    assert asked_wait(429, headers) == 3.0


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (429, {}),
        (429, {"ratelimit-remaining": "12", "ratelimit-reset": "99999999999"}),
        (429, {"ratelimit-remaining": "0", "ratelimit-reset": "soon"}),
        (200, {"ratelimit-remaining": "0", "ratelimit-reset": "99999999999"}),
        (503, {"ratelimit-remaining": "0", "ratelimit-reset": "99999999999"}),
    ],
    ids=["silent", "another limit", "no number", "an answer", "not the limiter"],
)
def test_nothing_is_made_up(status: int, headers: dict[str, str]) -> None:
    assert asked_wait(status, headers) is None


HEADERS = ("retry-after", "ratelimit-remaining", "ratelimit-reset", "ratelimit-resettime", "date")


@given(st.sampled_from([429, 503]), st.dictionaries(st.sampled_from(HEADERS), st.text()))
def test_no_header_breaks_it(status: int, headers: dict[str, str]) -> None:
    wait = asked_wait(status, headers)
    assert wait is None or 0 <= wait <= LONGEST_WAIT_SECONDS
