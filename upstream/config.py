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


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to wait: to connect, for each write, for each read, for a free connection."""

    connect: float = DEFAULT_CONNECT_SECONDS
    write: float = DEFAULT_WRITE_SECONDS
    read: float = DEFAULT_READ_SECONDS
    pool: float = DEFAULT_POOL_SECONDS


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
    a commit are handed out before GitLab is asked again.
    """

    single_flight: bool = True
    cache_bytes: int = DEFAULT_CACHE_BYTES
    cache_entries: int = DEFAULT_CACHE_ENTRIES
    job_seconds: float = DEFAULT_JOB_SECONDS
    pipeline_seconds: float = DEFAULT_PIPELINE_SECONDS
    commit_seconds: float = DEFAULT_COMMIT_SECONDS


NO_REUSE = Reuse(single_flight=False, cache_bytes=0)


@dataclass(frozen=True, slots=True)
class UpstreamConfig:
    """`base_url` is GitLab's root: scheme, host, port, and a path where it lives below one.

    `proxy` is an http:// URL whose user and password, if any, are kept out of the repr; `verify`
    false turns the check of GitLab's certificate off. By itself an Upstream reuses nothing.
    """

    base_url: str
    timeouts: Timeouts = Timeouts()
    limits: Limits = Limits()
    proxy: str | None = field(default=None, repr=False)
    verify: bool = True
    user_agent: str = DEFAULT_USER_AGENT
    reuse: Reuse = NO_REUSE
