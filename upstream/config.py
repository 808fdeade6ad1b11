"""How GitLab is reached, as frozen value objects: seconds, bytes and counts, each with its default.

UpstreamConfig("https://gitlab.example.com", timeouts=Timeouts(read=10.0))
"""

from __future__ import annotations

from dataclasses import dataclass, field

MIB = 1024 * 1024

DEFAULT_CONNECT_SECONDS = 5.0
DEFAULT_WRITE_SECONDS = 10.0
DEFAULT_READ_SECONDS = 30.0  # GitLab ends a request after 60
DEFAULT_POOL_SECONDS = 10.0
DEFAULT_TOTAL_SECONDS = 60.0
DEFAULT_LOG_SECONDS = 300.0  # 100 MB, GitLab's own cap, at 3 Mbit/s
DEFAULT_CONNECTIONS = 128
DEFAULT_KEEPALIVE_SECONDS = 30.0  # below the 60 to 75 of the usual proxies before GitLab
DEFAULT_IN_FLIGHT = 256
DEFAULT_WAITING = 1024
DEFAULT_BODY_BYTES = 32 * MIB
DEFAULT_REDIRECTS = 3
DEFAULT_USER_AGENT = "gitlab-jobs-gateway"
DEFAULT_CACHE_BYTES = 32 * MIB
DEFAULT_CACHE_ENTRIES = 8192
DEFAULT_JOB_SECONDS = 60.0  # as long as a job's own `local_time` is right for
DEFAULT_PIPELINE_SECONDS = 30.0
DEFAULT_COMMIT_SECONDS = 300.0
DEFAULT_REPEATS = 2
DEFAULT_REPEAT_SHARE = 0.1
DEFAULT_FIRST_WAIT_SECONDS = 0.1
DEFAULT_LONGEST_WAIT_SECONDS = 5.0
DEFAULT_BAD_SHARE = 0.5
DEFAULT_FEWEST_CALLS = 20
DEFAULT_SLOW_SECONDS = 15.0
DEFAULT_OPEN_SECONDS = 5.0
DEFAULT_WINDOW_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to wait: to connect, for each write, for each read, for a free connection.

    `total` is for an exchange as a whole, of a stream up to the end of its head; `log` is for a
    stream as a whole. Without them a byte now and then would keep a call alive for ever.
    """

    connect: float = DEFAULT_CONNECT_SECONDS
    write: float = DEFAULT_WRITE_SECONDS
    read: float = DEFAULT_READ_SECONDS
    pool: float = DEFAULT_POOL_SECONDS
    total: float = DEFAULT_TOTAL_SECONDS
    log: float = DEFAULT_LOG_SECONDS


@dataclass(frozen=True, slots=True)
class Limits:
    """`in_flight` calls at once and `waiting` in line for them; `body_bytes` of one answer."""

    in_flight: int = DEFAULT_IN_FLIGHT
    waiting: int = DEFAULT_WAITING
    connections: int = DEFAULT_CONNECTIONS
    keepalive_seconds: float = DEFAULT_KEEPALIVE_SECONDS
    body_bytes: int = DEFAULT_BODY_BYTES
    redirects: int = DEFAULT_REDIRECTS


@dataclass(frozen=True, slots=True)
class Reuse:
    """What spares calls: answers shared while they are in flight, and answers kept.

    `cache_bytes` 0 keeps nothing. The seconds are how long a finished job, a finished pipeline and
    a commit are handed out before GitLab is asked again. For `stale_seconds` after GitLab gave or
    confirmed an answer, it may be handed out where GitLab cannot be reached; 0 is never.
    """

    single_flight: bool = True
    cache_bytes: int = DEFAULT_CACHE_BYTES
    cache_entries: int = DEFAULT_CACHE_ENTRIES
    job_seconds: float = DEFAULT_JOB_SECONDS
    pipeline_seconds: float = DEFAULT_PIPELINE_SECONDS
    commit_seconds: float = DEFAULT_COMMIT_SECONDS
    stale_seconds: float = 0.0


NO_REUSE = Reuse(single_flight=False, cache_bytes=0)


@dataclass(frozen=True, slots=True)
class Repeating:
    """How calls that failed are repeated: `repeats` times at most.

    The first time after up to `first_wait` seconds, the second after up to twice that, and so on,
    or after what GitLab asks for, but never after more than `longest_wait`. Over all calls,
    repeats are no more than `share` of them.
    """

    repeats: int = DEFAULT_REPEATS
    share: float = DEFAULT_REPEAT_SHARE
    first_wait: float = DEFAULT_FIRST_WAIT_SECONDS
    longest_wait: float = DEFAULT_LONGEST_WAIT_SECONDS


NO_REPEATING = Repeating(repeats=0)


@dataclass(frozen=True, slots=True)
class Breaking:
    """When GitLab is left alone: for `open_seconds`, once too many of the last calls went wrong.

    Too many are `bad_share` of those of the last `window` seconds, of which there must be
    `fewest_calls`; wrong is to fail, or to take `slow_seconds`. A `bad_share` of 0 never leaves
    GitLab alone, and for 0 `slow_seconds` no call is too slow.
    """

    bad_share: float = DEFAULT_BAD_SHARE
    fewest_calls: int = DEFAULT_FEWEST_CALLS
    slow_seconds: float = DEFAULT_SLOW_SECONDS
    open_seconds: float = DEFAULT_OPEN_SECONDS
    window: float = DEFAULT_WINDOW_SECONDS


NO_BREAKING = Breaking(bad_share=0.0)


@dataclass(frozen=True, slots=True)
class UpstreamConfig:
    """`base_url` is GitLab's root: scheme, host, port, and a path where it lives below one.

    `proxy` is an http:// URL whose user and password, if any, are kept out of the repr; `verify`
    false turns the check of GitLab's certificate off. By itself an Upstream reuses nothing, repeats
    nothing and sends every call.
    """

    base_url: str
    timeouts: Timeouts = Timeouts()
    limits: Limits = Limits()
    proxy: str | None = field(default=None, repr=False)
    verify: bool = True
    user_agent: str = DEFAULT_USER_AGENT
    reuse: Reuse = NO_REUSE
    repeating: Repeating = NO_REPEATING
    breaking: Breaking = NO_BREAKING
