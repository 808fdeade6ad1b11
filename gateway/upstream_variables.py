"""The environment variables that say how GitLab is called: patience, repetition, bounds."""

from __future__ import annotations

from gateway import kinds
from gateway.environment import Variable
from upstream.config import Breaking, Limits, Repeating, Timeouts

GIB = 1024 * 1024 * 1024

_TIMEOUTS = Timeouts()
_LIMITS = Limits()
_REPEATING = Repeating()
_BREAKING = Breaking()

WAY_TO_GITLAB: tuple[Variable, ...] = (
    Variable(
        "GATEWAY_CONNECT_TIMEOUT",
        kinds.seconds(0.1, 300),
        default=_TIMEOUTS.connect,
        purpose="How long a connection to GitLab may take to come about.",
        unit="seconds",
    ),
    Variable(
        "GATEWAY_READ_TIMEOUT",
        kinds.seconds(0.1, 600),
        default=_TIMEOUTS.read,
        purpose="How long GitLab may stay silent during an answer.",
        unit="seconds",
    ),
    Variable(
        "GATEWAY_POOL_TIMEOUT",
        kinds.seconds(0.1, 300),
        default=_TIMEOUTS.pool,
        purpose="How long a call may wait for its turn.",
        unit="seconds",
    ),
    Variable(
        "GATEWAY_CALL_TIMEOUT",
        kinds.seconds(0.1, 3600),
        default=_TIMEOUTS.total,
        purpose="How long GitLab may take for an answer as a whole, however it comes.",
        unit="seconds",
    ),
    Variable(
        "GATEWAY_LOG_TIMEOUT",
        kinds.seconds(0.1, 3600),
        default=_TIMEOUTS.log,
        purpose="The same for a job's log.",
        unit="seconds",
    ),
    Variable(
        "GATEWAY_RETRIES",
        kinds.whole(0, 10),
        default=_REPEATING.repeats,
        purpose="How often a read that failed on its way is sent again; see reliability.md.",
    ),
    Variable(
        "GATEWAY_RETRY_PERCENT",
        kinds.whole(0, 100),
        default=round(_REPEATING.share * 100),
        purpose="How many of all calls may be such repeats.",
        unit="percent",
    ),
    Variable(
        "GATEWAY_RETRY_WAIT",
        kinds.seconds(0, 300),
        default=_REPEATING.longest_wait,
        purpose="The longest wait before a repeat. Where GitLab asks for more, there is none.",
        unit="seconds",
    ),
    Variable(
        "GATEWAY_BREAKER_PERCENT",
        kinds.whole(0, 100),
        default=round(_BREAKING.bad_share * 100),
        purpose=(
            "How many of the calls of the last 10 seconds have to fail, or be slow, for GitLab to "
            "be left alone for a while; 0 never leaves it alone."
        ),
        unit="percent",
    ),
    Variable(
        "GATEWAY_BREAKER_CALLS",
        kinds.whole(1, 100_000),
        default=_BREAKING.fewest_calls,
        purpose="Fewer calls than this in 10 seconds say nothing about GitLab.",
    ),
    Variable(
        "GATEWAY_BREAKER_SLOW_SECONDS",
        kinds.seconds(0, 600),
        default=_BREAKING.slow_seconds,
        purpose="A call that takes this long is slow; 0 finds none slow.",
        unit="seconds",
    ),
    Variable(
        "GATEWAY_BREAKER_SECONDS",
        kinds.seconds(0.1, 600),
        default=_BREAKING.open_seconds,
        purpose="How long GitLab is left alone before one call tries again.",
        unit="seconds",
    ),
    Variable(
        "GATEWAY_UPSTREAM_CONNECTIONS",
        kinds.whole(1, 10_000),
        default=_LIMITS.connections,
        purpose="Connections to GitLab at the same time.",
    ),
    Variable(
        "GATEWAY_UPSTREAM_IN_FLIGHT",
        kinds.whole(1, 10_000),
        default=_LIMITS.in_flight,
        purpose="Calls to GitLab at the same time, over all requests.",
    ),
    Variable(
        "GATEWAY_UPSTREAM_WAITING",
        kinds.whole(0, 100_000),
        default=_LIMITS.waiting,
        purpose="Calls that may wait for their turn; more are refused at once.",
    ),
    Variable(
        "GATEWAY_RESPONSE_BYTES",
        kinds.whole(64 * 1024, GIB),
        default=_LIMITS.body_bytes,
        purpose="The largest JSON answer that is taken from GitLab.",
        unit="bytes",
    ),
)
