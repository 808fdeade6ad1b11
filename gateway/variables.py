"""Every environment variable, once: its kind, default, unit and purpose.

Parsing, error texts and docs/settings.md all follow this table.
"""

from __future__ import annotations

from gateway import kinds
from gateway.environment import Variable
from gateway.execution import documents
from gateway.limits.environment import LIMIT_VARIABLES
from gateway.telemetry.logs import AUTOMATIC
from gateway.telemetry.metrics import DEFAULT_NAMES
from gateway.telemetry.rendering import Form
from gateway.upstream_variables import WAY_TO_GITLAB
from resolvers.context import ResolverLimits
from resolvers.mutations.once import DEFAULT_WINDOW_SECONDS
from upstream.config import Reuse

MIB = 1024 * 1024
GIB = 1024 * MIB

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000
DEFAULT_SHUTDOWN_SECONDS = 30
DEFAULT_METRICS_PORT = 9464  # what OpenTelemetry's exporters for Prometheus take, too

_RESOLVERS = ResolverLimits()
_REUSE = Reuse()

VARIABLES: tuple[Variable, ...] = (
    Variable(
        "GITLAB_URL",
        kinds.GITLAB_ROOT,
        default=None,
        purpose=(
            "The GitLab to stand in front of. Without it, `serve` starts the embedded demo GitLab."
        ),
    ),
    Variable(
        "GITLAB_TOKEN",
        kinds.TOKEN,
        default=None,
        purpose=(
            "A personal, project or group access token, used for callers that send no credential "
            "of their own. See the warning below."
        ),
        secret=True,
    ),
    Variable(
        "GATEWAY_HOST",
        kinds.HOST,
        default=DEFAULT_HOST,
        purpose="The address to listen on; `0.0.0.0` for all of IPv4.",
    ),
    Variable(
        "GATEWAY_PORT",
        kinds.whole(0, 65535),
        default=DEFAULT_PORT,
        purpose="The port to listen on; 0 takes a free one.",
    ),
    Variable(
        "GATEWAY_ALLOWED_HOSTS",
        kinds.HOSTS,
        default=(),
        purpose=(
            "Hosts to answer for, as in the Host header. By default loopback alone where that is "
            "listened on; see below."
        ),
    ),
    Variable(
        "GATEWAY_SHARED_PORT",
        kinds.SWITCH,
        default=False,
        purpose=(
            "Whether further gateways may listen on the same port, each with its share of the "
            "connections; see below."
        ),
    ),
    Variable(
        "GATEWAY_CORS_ORIGINS",
        kinds.ORIGINS,
        default=(),
        purpose="Origins whose pages may read answers. None by default.",
    ),
    Variable(
        "GATEWAY_GRAPHIQL",
        kinds.SWITCH,
        default=True,
        purpose="Whether GraphiQL is served at `/` and to a browser's GET of `/graphql`.",
    ),
    Variable(
        "GATEWAY_REST",
        kinds.SWITCH,
        default=True,
        purpose=(
            "Whether GitLab's REST routes of jobs are handed on below `/api/v4`, with the caller's "
            "own token only."
        ),
    ),
    Variable(
        "GATEWAY_INTROSPECTION",
        kinds.SWITCH,
        default=True,
        purpose=(
            "Whether the schema may be asked for. Off also takes its names out of error messages."
        ),
    ),
    Variable(
        "GATEWAY_FEDERATION",
        kinds.SWITCH,
        default=False,
        purpose="Whether the schema is an Apollo Federation 2 subgraph, too.",
    ),
    *WAY_TO_GITLAB,
    Variable(
        "GATEWAY_SHARE_QUERIES",
        kinds.SWITCH,
        default=True,
        purpose="Whether identical queries in flight with the same token are executed once.",
    ),
    Variable(
        "GATEWAY_REPEAT_SECONDS",
        kinds.seconds(0, 86_400),
        default=DEFAULT_WINDOW_SECONDS,
        purpose=(
            "How long a mutation that is sent again, under the same `clientMutationId` or "
            "`Idempotency-Key`, is answered with what it came to the first time; 0 never."
        ),
        unit="seconds",
    ),
    Variable(
        "GATEWAY_SINGLE_FLIGHT",
        kinds.SWITCH,
        default=_REUSE.single_flight,
        purpose="Whether callers with the same token share one call for the same thing in flight.",
    ),
    Variable(
        "GATEWAY_CACHE_BYTES",
        kinds.whole(0, 16 * GIB),
        default=_REUSE.cache_bytes,
        purpose="Room for GitLab's answers in memory; 0 keeps none.",
        unit="bytes",
    ),
    Variable(
        "GATEWAY_CACHE_ENTRIES",
        kinds.whole(1, 10_000_000),
        default=_REUSE.cache_entries,
        purpose="Answers to keep at most, counted for each token.",
    ),
    Variable(
        "GATEWAY_CACHE_JOB_SECONDS",
        kinds.seconds(0, 86_400),
        default=_REUSE.job_seconds,
        purpose="How long a finished job is handed out before GitLab is asked again.",
        unit="seconds",
    ),
    Variable(
        "GATEWAY_CACHE_PIPELINE_SECONDS",
        kinds.seconds(0, 86_400),
        default=_REUSE.pipeline_seconds,
        purpose="How long a finished pipeline is handed out before GitLab is asked again.",
        unit="seconds",
    ),
    Variable(
        "GATEWAY_CACHE_COMMIT_SECONDS",
        kinds.seconds(0, 86_400),
        default=_REUSE.commit_seconds,
        purpose="How long a commit whose pipeline is finished is handed out before asking again.",
        unit="seconds",
    ),
    Variable(
        "GATEWAY_STALE_SECONDS",
        kinds.seconds(0, 86_400),
        default=_REUSE.stale_seconds,
        purpose=(
            "While GitLab cannot be reached, how old an answer may be that is handed out in its "
            "place, with a note in `extensions.stale`; 0 hands out none."
        ),
        unit="seconds",
    ),
    Variable(
        "GATEWAY_LOG_BYTES",
        kinds.whole(64 * 1024, 16 * GIB),
        default=_RESOLVERS.log_bytes,
        purpose="How much of one job's log is read at most.",
        unit="bytes",
    ),
    Variable(
        "GATEWAY_LOG_TEXT_BYTES",
        kinds.whole(1024, GIB),
        default=_RESOLVERS.log_text_bytes,
        purpose="The largest `JobLog.text` that is handed out at once.",
        unit="bytes",
    ),
    Variable(
        "GATEWAY_CONNECTION_ITEMS",
        kinds.whole(1, 10_000),
        default=_RESOLVERS.connection_items,
        purpose="The largest `first` of a connection.",
    ),
    Variable(
        "GATEWAY_FAN_OUT",
        kinds.whole(1, 1000),
        default=_RESOLVERS.fan_out,
        purpose="Calls to GitLab at the same time for one request.",
    ),
    Variable(
        "GATEWAY_LARGE_REQUESTS",
        kinds.whole(1, 1000),
        default=_RESOLVERS.large_requests,
        purpose=(
            "Requests at the same time with a `first` above 1000, where that is allowed; more wait."
        ),
    ),
    Variable(
        "GATEWAY_DOCUMENT_CACHE",
        kinds.whole(1, 100_000),
        default=documents.DEFAULT_DOCUMENTS,
        purpose="Parsed and validated queries to keep.",
    ),
    Variable(
        "GATEWAY_DOCUMENT_CACHE_BYTES",
        kinds.whole(MIB, 16 * GIB),
        default=documents.DEFAULT_BYTES,
        purpose="Room for them in memory, as an estimate.",
        unit="bytes",
    ),
    *LIMIT_VARIABLES,
    Variable(
        "GATEWAY_SHUTDOWN_SECONDS",
        kinds.whole(0, 3600),
        default=DEFAULT_SHUTDOWN_SECONDS,
        purpose="How long requests in flight may take to end when the process is told to stop.",
        unit="seconds",
    ),
    Variable(
        "GATEWAY_COMPILED",
        kinds.SWITCH,
        default=True,
        purpose=(
            "Whether operations are compiled when they are first seen. Answers are the same either "
            "way, but come sooner."
        ),
    ),
    Variable(
        "GATEWAY_TRANSPORT",
        kinds.choice("lean", "httpx"),
        default="lean",
        purpose=(
            "What carries the calls to GitLab: this project's own HTTP/1.1, or httpx over aiohttp. "
            "With a proxy it is httpx in any case."
        ),
    ),
    Variable(
        "GATEWAY_LOG_LEVEL",
        kinds.choice("debug", "info", "warning", "error"),
        default="info",
        purpose="What is worth a line on standard error.",
    ),
    Variable(
        "GATEWAY_LOG_FORMAT",
        kinds.choice(AUTOMATIC, *Form),
        default=AUTOMATIC,
        purpose=(
            "How log lines look: JSON, one object a line; readable; or auto: readable where "
            "standard error is a terminal, else JSON."
        ),
    ),
    Variable(
        "GATEWAY_LOG_SAMPLE",
        kinds.number(0, 1),
        default=1.0,
        purpose=(
            "The share of successful queries that get a log line each. Mutations, and whatever "
            "went wrong, always do."
        ),
    ),
    Variable(
        "GATEWAY_METRICS_HOST",
        kinds.HOST,
        default=DEFAULT_HOST,
        purpose="The address to serve `/metrics` at.",
    ),
    Variable(
        "GATEWAY_METRICS_PORT",
        kinds.whole(0, 65535),
        default=DEFAULT_METRICS_PORT,
        purpose=(
            "The port of `/metrics`, for Prometheus; 0 for no metrics. If the default is taken the "
            "gateway warns and does without; a port that you name must be free."
        ),
    ),
    Variable(
        "GATEWAY_METRICS_NAMES",
        kinds.whole(0, 10_000),
        default=DEFAULT_NAMES,
        purpose=(
            "How many operations, and how many clients, metrics tell apart by name; further ones "
            "count as `(other)`."
        ),
    ),
    Variable(
        "GATEWAY_TRACING",
        kinds.SWITCH,
        default=False,
        purpose=(
            "Whether OpenTelemetry traces are made, and sent as the `OTEL_*` variables say. Needs "
            "the extra `otel`."
        ),
    ),
    Variable(
        "GATEWAY_VERIFY_TLS",
        kinds.SWITCH,
        default=True,
        purpose=(
            "Whether GitLab's certificate is checked. Off, anybody on the way to GitLab can read "
            "the tokens."
        ),
    ),
    Variable(
        "GATEWAY_PROXY",
        kinds.PROXY,
        default=None,
        purpose="An HTTP proxy for the calls to GitLab. HTTP_PROXY and its like are not read.",
        secret=True,
    ),
)
