from __future__ import annotations

import asyncio

import pytest

from benchmarks.dashboard import ALL_OFF, MODES, POLL_SECONDS, USERS, Day, LeapingLoop
from upstream.demo import ManualClock


def replay(mode: str, *, own_tokens: bool) -> tuple[int, int, int]:
    """Polls, calls and bytes of the first three polls of everybody."""
    minutes = 3 * POLL_SECONDS / 60
    outcome = Day(1, minutes, own_tokens=own_tokens, environ=MODES[mode]).run()
    return outcome.polls, outcome.calls, outcome.size


def test_waiting_moves_the_clock_and_takes_no_time() -> None:
    clock = ManualClock()
    loop = LeapingLoop(clock)
    begin = clock.now()
    loop.run_until_complete(asyncio.sleep(3600.0))
    loop.close()
    assert clock.now() - begin == pytest.approx(3600.0)


@pytest.mark.parametrize("own_tokens", [True, False])
def test_a_day_with_everything_on_takes_fewer_calls_and_bytes(own_tokens: bool) -> None:  # noqa: FBT001 - a parameter
    off = replay("all off", own_tokens=own_tokens)
    on = replay("all on, as by default", own_tokens=own_tokens)
    assert off[0] == on[0] == 3 * USERS
    assert on[1] < off[1]
    assert on[2] < off[2]


def test_the_same_day_takes_the_same_calls_again() -> None:
    assert ALL_OFF is MODES["all off"]
    assert replay("all off", own_tokens=True) == replay("all off", own_tokens=True)
