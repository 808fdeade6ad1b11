"""The environment, read once, as the value objects of the layers that use it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from gateway.environment import given_values, read_variables
from gateway.execution.documents import DEFAULT_BYTES, DEFAULT_DOCUMENTS
from gateway.limits.config import ArrivalLimits, DocumentLimits, RequestLimits
from gateway.limits.environment import arrival_limits, document_limits, request_limits
from gateway.telemetry.logs import AUTOMATIC
from gateway.telemetry.metrics import DEFAULT_NAMES
from gateway.variables import (
    DEFAULT_HOST,
    DEFAULT_METRICS_PORT,
    DEFAULT_PORT,
    DEFAULT_SHUTDOWN_SECONDS,
    VARIABLES,
)
from resolvers.context import ResolverLimits
from resolvers.mutations.once import DEFAULT_WINDOW_SECONDS
from upstream.config import Breaking, Limits, Repeating, Reuse, Timeouts, UpstreamConfig
from upstream.credentials import Credential


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Where to listen and for which hosts, what a request's arrival may take, how to stop."""

    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT
    allowed_hosts: tuple[str, ...] = ()
    arrival: ArrivalLimits = field(default_factory=ArrivalLimits)
    shared_port: bool = False
    shutdown_seconds: int = DEFAULT_SHUTDOWN_SECONDS
    log_level: str = "info"


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """`fallback` is the credential of callers that send none."""

    limits: RequestLimits = field(default_factory=RequestLimits)
    cors_origins: tuple[str, ...] = ()
    graphiql: bool = True
    rest: bool = True
    fallback: Credential | None = None


@dataclass(frozen=True, slots=True)
class ExecutionSettings:
    introspection: bool = True
    federation: bool = False
    compiled: bool = True
    share_queries: bool = True
    repeat_seconds: float = DEFAULT_WINDOW_SECONDS
    documents: int = DEFAULT_DOCUMENTS
    document_bytes: int = DEFAULT_BYTES
    limits: DocumentLimits = field(default_factory=DocumentLimits)


@dataclass(frozen=True, slots=True)
class TelemetrySettings:
    """`metrics_port` is 0 for no metrics; `port_given` says that it was asked for by name."""

    log_format: str = AUTOMATIC
    log_sample: float = 1.0
    colors: bool = True
    metrics_host: str = DEFAULT_HOST
    metrics_port: int = DEFAULT_METRICS_PORT
    port_given: bool = False
    metrics_names: int = DEFAULT_NAMES
    tracing: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set. `demo`: the GitLab behind `upstream` is the embedded one.

    `given` is what was set, by the variable's name, with secrets hidden.
    """

    upstream: UpstreamConfig
    demo: bool = False
    transport: str = "lean"
    server: ServerSettings = field(default_factory=ServerSettings)
    http: HttpSettings = field(default_factory=HttpSettings)
    execution: ExecutionSettings = field(default_factory=ExecutionSettings)
    resolvers: ResolverLimits = field(default_factory=ResolverLimits)
    telemetry: TelemetrySettings = field(default_factory=TelemetrySettings)
    given: Mapping[str, str] = field(default_factory=dict)

    def in_front_of(self, base_url: str) -> Settings:
        """The same settings for a GitLab whose address was not known before it was started."""
        return replace(self, upstream=replace(self.upstream, base_url=base_url))


# Nothing is ever sent there: `serve` puts the address of the demo GitLab in its place.
_NO_ADDRESS_YET = "http://127.0.0.1"


def load_settings(overrides: Mapping[str, str | None]) -> Settings:
    """The settings of this process; an override that is not None stands before the environment."""
    given = {name: value for name, value in overrides.items() if value is not None}
    return read_settings({**os.environ, **given})


def shell_variable(name: str) -> str | None:
    """A variable of the environment that a command line refers to; None where it is not set."""
    return os.environ.get(name) or None


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Raises SettingsError where a variable's value, or its very name, cannot be right."""
    values = read_variables(VARIABLES, environ)
    given = given_values(VARIABLES, environ)
    return Settings(
        upstream=_upstream(values),
        demo=values["GITLAB_URL"] is None,
        transport=values["GATEWAY_TRANSPORT"],
        server=ServerSettings(
            host=values["GATEWAY_HOST"],
            port=values["GATEWAY_PORT"],
            allowed_hosts=values["GATEWAY_ALLOWED_HOSTS"],
            arrival=arrival_limits(values),
            shared_port=values["GATEWAY_SHARED_PORT"],
            shutdown_seconds=values["GATEWAY_SHUTDOWN_SECONDS"],
            log_level=values["GATEWAY_LOG_LEVEL"],
        ),
        http=HttpSettings(
            limits=request_limits(values),
            cors_origins=values["GATEWAY_CORS_ORIGINS"],
            graphiql=values["GATEWAY_GRAPHIQL"],
            rest=values["GATEWAY_REST"],
            fallback=values["GITLAB_TOKEN"],
        ),
        execution=ExecutionSettings(
            introspection=values["GATEWAY_INTROSPECTION"],
            federation=values["GATEWAY_FEDERATION"],
            compiled=values["GATEWAY_COMPILED"],
            share_queries=values["GATEWAY_SHARE_QUERIES"],
            repeat_seconds=values["GATEWAY_REPEAT_SECONDS"],
            documents=values["GATEWAY_DOCUMENT_CACHE"],
            document_bytes=values["GATEWAY_DOCUMENT_CACHE_BYTES"],
            limits=document_limits(values),
        ),
        resolvers=replace(
            ResolverLimits(),
            connection_items=values["GATEWAY_CONNECTION_ITEMS"],
            fan_out=values["GATEWAY_FAN_OUT"],
            large_requests=values["GATEWAY_LARGE_REQUESTS"],
            log_bytes=values["GATEWAY_LOG_BYTES"],
            log_text_bytes=values["GATEWAY_LOG_TEXT_BYTES"],
        ),
        telemetry=TelemetrySettings(
            log_format=values["GATEWAY_LOG_FORMAT"],
            log_sample=values["GATEWAY_LOG_SAMPLE"],
            colors=not environ.get("NO_COLOR"),
            metrics_host=values["GATEWAY_METRICS_HOST"],
            metrics_port=values["GATEWAY_METRICS_PORT"],
            port_given="GATEWAY_METRICS_PORT" in given,
            metrics_names=values["GATEWAY_METRICS_NAMES"],
            tracing=values["GATEWAY_TRACING"],
        ),
        given=given,
    )


def _upstream(values: dict[str, Any]) -> UpstreamConfig:
    timeouts = replace(
        Timeouts(),
        connect=values["GATEWAY_CONNECT_TIMEOUT"],
        read=values["GATEWAY_READ_TIMEOUT"],
        pool=values["GATEWAY_POOL_TIMEOUT"],
        total=values["GATEWAY_CALL_TIMEOUT"],
        log=values["GATEWAY_LOG_TIMEOUT"],
    )
    limits = replace(
        Limits(),
        in_flight=values["GATEWAY_UPSTREAM_IN_FLIGHT"],
        waiting=values["GATEWAY_UPSTREAM_WAITING"],
        body_bytes=values["GATEWAY_RESPONSE_BYTES"],
        connections=values["GATEWAY_UPSTREAM_CONNECTIONS"],
    )
    reuse = Reuse(
        single_flight=values["GATEWAY_SINGLE_FLIGHT"],
        cache_bytes=values["GATEWAY_CACHE_BYTES"],
        cache_entries=values["GATEWAY_CACHE_ENTRIES"],
        job_seconds=values["GATEWAY_CACHE_JOB_SECONDS"],
        pipeline_seconds=values["GATEWAY_CACHE_PIPELINE_SECONDS"],
        commit_seconds=values["GATEWAY_CACHE_COMMIT_SECONDS"],
        stale_seconds=values["GATEWAY_STALE_SECONDS"],
    )
    base_url = values["GITLAB_URL"] or _NO_ADDRESS_YET
    return UpstreamConfig(
        base_url=base_url,
        timeouts=timeouts,
        limits=limits,
        proxy=values["GATEWAY_PROXY"],
        verify=values["GATEWAY_VERIFY_TLS"],
        reuse=reuse,
        repeating=replace(
            Repeating(),
            repeats=values["GATEWAY_RETRIES"],
            share=values["GATEWAY_RETRY_PERCENT"] / 100,
            longest_wait=values["GATEWAY_RETRY_WAIT"],
        ),
        breaking=replace(
            Breaking(),
            bad_share=values["GATEWAY_BREAKER_PERCENT"] / 100,
            fewest_calls=values["GATEWAY_BREAKER_CALLS"],
            slow_seconds=values["GATEWAY_BREAKER_SLOW_SECONDS"],
            open_seconds=values["GATEWAY_BREAKER_SECONDS"],
        ),
    )
