"""The event loop that serves in earnest keeps the same promises."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
import uvloop

from tests.upstream.transports import (
    test_lean_keepalive,
    test_lean_lifetime,
    test_lean_pool,
    test_lean_tls,
    test_lean_wire,
)

Scenario = Callable[[], Awaitable[None]]

SCENARIOS: list[Scenario] = [
    test_lean_keepalive.test_a_get_is_repeated_on_a_new_connection,
    test_lean_keepalive.test_a_post_is_not_repeated,
    test_lean_keepalive.test_a_post_finds_a_closed_connection_before_it_is_sent,
    test_lean_keepalive.test_a_post_finds_news_that_the_event_loop_has_not_read_yet,
    test_lean_pool.test_no_more_connections_than_allowed,
    test_lean_pool.test_those_in_line_are_served_in_order,
    test_lean_pool.test_the_wait_for_a_connection_ends,
    test_lean_pool.test_a_cancelled_call_gives_its_place_back_but_not_its_connection,
    test_lean_pool.test_a_call_cancelled_while_it_connects_gives_its_place_back,
    test_lean_lifetime.test_an_idle_connection_is_closed_in_time,
    test_lean_lifetime.test_bytes_that_nobody_asked_for_end_an_idle_connection,
    test_lean_lifetime.test_closing_ends_what_is_under_way_and_refuses_what_comes,
    test_lean_lifetime.test_timeouts_are_kept_on_a_connection_that_is_used_again,
    test_lean_tls.test_a_connection_is_used_again_and_closed_with_a_goodbye,
    test_lean_tls.test_the_certificate_of_another_host_is_refused,
    test_lean_tls.test_a_server_that_never_finishes_the_handshake_is_given_up,
    test_lean_tls.test_a_large_body_goes_both_ways,
    test_lean_wire.test_a_large_body_arrives_whole,
    test_lean_wire.test_an_answer_that_comes_before_the_body_is_sent_is_taken,
    test_lean_wire.test_a_body_that_is_not_taken_in_is_given_up,
    test_lean_wire.test_a_cancelled_upload_ends_its_connection,
    test_lean_wire.test_a_slow_reader_makes_the_server_wait,
    test_lean_wire.test_a_slow_reader_is_not_a_slow_server,
    test_lean_wire.test_a_refused_address_gives_way_to_the_next,
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__[5:])
def test_on_uvloop(scenario: Scenario) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:

        async def main() -> None:
            await scenario()

        runner.run(main())
