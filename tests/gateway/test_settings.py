from __future__ import annotations

import re
from pathlib import Path

import pytest

from gateway.environment import SettingsError
from gateway.limits.config import ArrivalLimits, DocumentLimits, RequestLimits, VariableLimits
from gateway.settings import TelemetrySettings, load_settings, read_settings
from gateway.variables import VARIABLES
from upstream.config import Breaking, Repeating, Reuse
from upstream.credentials import Credential, TokenKind

DOCS = Path(__file__).parents[2] / "docs" / "settings.md"

# One value for each variable that differs from its default.
OTHER = {
    "GITLAB_URL": "https://gitlab.example.com/root/",
    "GITLAB_TOKEN": "glpat-secret",
    "GATEWAY_HOST": "0.0.0.0",  # noqa: S104 - read, not bound
    "GATEWAY_PORT": "9000",
    "GATEWAY_ALLOWED_HOSTS": "gateway.example.com, .Example.org",
    "GATEWAY_HEAD_BYTES": "2000",
    "GATEWAY_HEAD_LINES": "20",
    "GATEWAY_HEAD_TIMEOUT": "1.5",
    "GATEWAY_BODY_TIMEOUT": "0",
    "GATEWAY_SHARED_PORT": "yes",
    "GATEWAY_BODY_BYTES": "2048",
    "GATEWAY_CORS_ORIGINS": "https://a.example.com, http://localhost:3000/",
    "GATEWAY_GRAPHIQL": "off",
    "GATEWAY_REST": "false",
    "GATEWAY_INTROSPECTION": "no",
    "GATEWAY_FEDERATION": "TRUE",
    "GATEWAY_CONNECT_TIMEOUT": "1.5",
    "GATEWAY_READ_TIMEOUT": "7",
    "GATEWAY_POOL_TIMEOUT": "0.5",
    "GATEWAY_CALL_TIMEOUT": "20",
    "GATEWAY_LOG_TIMEOUT": "40",
    "GATEWAY_RETRIES": "1",
    "GATEWAY_RETRY_PERCENT": "20",
    "GATEWAY_RETRY_WAIT": "0.5",
    "GATEWAY_BREAKER_PERCENT": "75",
    "GATEWAY_BREAKER_CALLS": "5",
    "GATEWAY_BREAKER_SLOW_SECONDS": "3",
    "GATEWAY_BREAKER_SECONDS": "2",
    "GATEWAY_UPSTREAM_CONNECTIONS": "12",
    "GATEWAY_UPSTREAM_IN_FLIGHT": "10",
    "GATEWAY_UPSTREAM_WAITING": "0",
    "GATEWAY_RESPONSE_BYTES": "100000",
    "GATEWAY_SHARE_QUERIES": "false",
    "GATEWAY_REPEAT_SECONDS": "90",
    "GATEWAY_SINGLE_FLIGHT": "no",
    "GATEWAY_CACHE_BYTES": "1000000",
    "GATEWAY_CACHE_ENTRIES": "100",
    "GATEWAY_CACHE_JOB_SECONDS": "1",
    "GATEWAY_CACHE_PIPELINE_SECONDS": "0",
    "GATEWAY_CACHE_COMMIT_SECONDS": "2.5",
    "GATEWAY_STALE_SECONDS": "600",
    "GATEWAY_LOG_BYTES": "200000",
    "GATEWAY_LOG_TEXT_BYTES": "3000",
    "GATEWAY_CONNECTION_ITEMS": "50",
    "GATEWAY_FAN_OUT": "4",
    "GATEWAY_LARGE_REQUESTS": "3",
    "GATEWAY_DOCUMENT_CACHE": "7",
    "GATEWAY_DOCUMENT_CACHE_BYTES": "2000000",
    "GATEWAY_DOCUMENT_CHARACTERS": "998",
    "GATEWAY_DOCUMENT_TOKENS": "999",
    "GATEWAY_OPERATIONS": "10",
    "GATEWAY_DEPTH": "11",
    "GATEWAY_ROOT_FIELDS": "12",
    "GATEWAY_FIELDS": "13",
    "GATEWAY_ALIASES": "14",
    "GATEWAY_DIRECTIVES": "15",
    "GATEWAY_DIRECTIVES_AT_ONCE": "16",
    "GATEWAY_FRAGMENT_SPREADS": "17",
    "GATEWAY_VARIABLES": "18",
    "GATEWAY_FIELD_COMPARISONS": "19",
    "GATEWAY_INTROSPECTION_DEPTH": "20",
    "GATEWAY_INTROSPECTION_VALUES": "21",
    "GATEWAY_VARIABLE_BYTES": "1",
    "GATEWAY_VARIABLE_VALUES": "2",
    "GATEWAY_VARIABLE_DEPTH": "3",
    "GATEWAY_BATCH": "4",
    "GATEWAY_SHUTDOWN_SECONDS": "3",
    "GATEWAY_COMPILED": "0",
    "GATEWAY_TRANSPORT": "httpx",
    "GATEWAY_LOG_LEVEL": "Debug",
    "GATEWAY_LOG_FORMAT": "JSON",
    "GATEWAY_LOG_SAMPLE": "0.25",
    "GATEWAY_METRICS_HOST": "127.0.0.2",
    "GATEWAY_METRICS_PORT": "9000",
    "GATEWAY_METRICS_NAMES": "7",
    "GATEWAY_TRACING": "on",
    "GATEWAY_VERIFY_TLS": "false",
    "GATEWAY_PROXY": "http://proxy.example.com:3128",
}


def test_every_variable_arrives_where_it_is_used() -> None:
    settings = read_settings(OTHER)
    assert settings.upstream.base_url == "https://gitlab.example.com/root"
    assert not settings.demo
    server, http, execution = settings.server, settings.http, settings.execution
    assert (server.host, server.port) == ("0.0.0.0", 9000)  # noqa: S104 - read, not bound
    assert (server.shutdown_seconds, server.log_level) == (3, "debug")
    assert server.shared_port
    assert server.allowed_hosts == ("gateway.example.com", ".example.org")
    assert server.arrival == ArrivalLimits(
        head_bytes=2000, head_lines=20, head_seconds=1.5, body_seconds=0.0
    )
    assert (http.graphiql, http.rest) == (False, False)
    assert http.limits == RequestLimits(
        body_bytes=2048, variables=VariableLimits(json_bytes=1, values=2, depth=3), batch=4
    )
    assert http.cors_origins == ("https://a.example.com", "http://localhost:3000")
    assert http.fallback == Credential(TokenKind.PRIVATE_TOKEN, "glpat-secret")
    assert (execution.introspection, execution.federation) == (False, True)
    assert (execution.compiled, execution.documents) == (False, 7)
    assert execution.document_bytes == 2_000_000
    assert (execution.share_queries, execution.repeat_seconds) == (False, 90.0)
    timeouts, limits = settings.upstream.timeouts, settings.upstream.limits
    assert (timeouts.connect, timeouts.read, timeouts.pool) == (1.5, 7.0, 0.5)
    assert (timeouts.total, timeouts.log) == (20.0, 40.0)
    assert settings.upstream.repeating == Repeating(repeats=1, share=0.2, longest_wait=0.5)
    assert settings.upstream.breaking == Breaking(
        bad_share=0.75, fewest_calls=5, slow_seconds=3.0, open_seconds=2.0
    )
    assert (limits.connections, limits.in_flight, limits.waiting) == (12, 10, 0)
    assert limits.body_bytes == 100_000
    assert settings.upstream.reuse == Reuse(
        single_flight=False,
        cache_bytes=1_000_000,
        cache_entries=100,
        job_seconds=1.0,
        pipeline_seconds=0.0,
        commit_seconds=2.5,
        stale_seconds=600.0,
    )
    assert (settings.upstream.verify, settings.upstream.proxy) == (False, OTHER["GATEWAY_PROXY"])
    assert settings.transport == "httpx"
    resolvers = settings.resolvers
    assert (resolvers.connection_items, resolvers.fan_out) == (50, 4)
    assert resolvers.large_requests == 3
    assert (resolvers.log_bytes, resolvers.log_text_bytes) == (200_000, 3000)
    assert settings.telemetry == TelemetrySettings(
        log_format="json",
        log_sample=0.25,
        metrics_host="127.0.0.2",
        metrics_port=9000,
        port_given=True,
        metrics_names=7,
        tracing=True,
    )


def test_every_limit_of_a_document_arrives_where_it_is_used() -> None:
    execution = read_settings(OTHER).execution
    assert execution.limits == DocumentLimits(
        characters=998,
        tokens=999,
        operations=10,
        depth=11,
        root_fields=12,
        fields=13,
        aliases=14,
        directives=15,
        directives_at_once=16,
        fragment_spreads=17,
        variables=18,
        comparisons=19,
        introspection_depth=20,
        introspection_values=21,
    )


def test_the_list_above_knows_every_variable() -> None:
    assert set(OTHER) == {variable.name for variable in VARIABLES}


def test_an_empty_environment_is_the_demo_with_all_defaults() -> None:
    settings = read_settings({})
    assert settings.demo
    assert settings.http.fallback is None
    assert settings == read_settings({"GITLAB_URL": "", "GATEWAY_PORT": " ", "PATH": "/bin"})


@pytest.mark.parametrize("variable", VARIABLES, ids=lambda variable: variable.name)
def test_a_default_is_a_value_that_could_be_given(variable: object) -> None:
    assert any(variable is one for one in VARIABLES)
    (one,) = [one for one in VARIABLES if one is variable]
    if one.default_text:
        assert one.parse(one.default_text) == one.default


def test_the_demos_address_is_put_in_when_it_is_known() -> None:
    settings = read_settings({"GATEWAY_PORT": "9000"}).in_front_of("http://127.0.0.1:4711")
    assert settings.upstream.base_url == "http://127.0.0.1:4711"
    assert settings.demo
    assert settings.server.port == 9000


def test_overrides_stand_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_PORT", "1")
    monkeypatch.setenv("GATEWAY_FAN_OUT", "2")
    settings = load_settings({"GATEWAY_PORT": "3", "GATEWAY_HOST": None})
    assert (settings.server.port, settings.resolvers.fan_out) == (3, 2)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("GATEWAY_PORT", "abc", "GATEWAY_PORT=abc: must be a whole number from 0 to 65535"),
        ("GATEWAY_PORT", "65536", "GATEWAY_PORT=65536: must be a whole number from 0 to 65535"),
        ("GATEWAY_PORT", "1_0", "GATEWAY_PORT=1_0: must be a whole number"),
        ("GATEWAY_PORT", "-1", "GATEWAY_PORT=-1: must be a whole number"),
        ("GATEWAY_PORT", "٣", "GATEWAY_PORT=٣: must be a whole number"),
        ("GATEWAY_FAN_OUT", "0", "GATEWAY_FAN_OUT=0: must be a whole number from 1 to 1000"),
        ("GATEWAY_READ_TIMEOUT", "0", "must be a number of seconds from 0.1 to 600"),
        ("GATEWAY_READ_TIMEOUT", "nan", "must be a number of seconds from 0.1 to 600"),
        ("GATEWAY_READ_TIMEOUT", "30s", "must be a number of seconds from 0.1 to 600"),
        ("GATEWAY_GRAPHIQL", "maybe", "GATEWAY_GRAPHIQL=maybe: must be true or false"),
        ("GATEWAY_LOG_SAMPLE", "1.1", "GATEWAY_LOG_SAMPLE=1.1: must be a number from 0 to 1"),
        ("GATEWAY_LOG_FORMAT", "xml", "GATEWAY_LOG_FORMAT=xml: must be auto, json or readable"),
        ("GATEWAY_LOG_LEVEL", "loud", "must be debug, info, warning or error"),
        ("GATEWAY_TRANSPORT", "pigeon", "GATEWAY_TRANSPORT=pigeon: must be lean or httpx"),
        ("GATEWAY_HOST", "a b", "must be an address or host name of this machine"),
        ("GATEWAY_ALLOWED_HOSTS", "a.example.com:80", "must be hosts without a port"),
        ("GATEWAY_ALLOWED_HOSTS", "https://a.example.com", "must be hosts without a port"),
        ("GATEWAY_ALLOWED_HOSTS", "a.example.com, .", "must be hosts without a port"),
        ("GATEWAY_CORS_ORIGINS", "app.example.com", "must be origins such as"),
        ("GATEWAY_CORS_ORIGINS", "https://a.example.com/path", "must be origins such as"),
        ("GATEWAY_PROXY", "socks5://u:p@proxy", "GATEWAY_PROXY=(hidden): must be an http URL"),
        ("GITLAB_TOKEN", "two words", "GITLAB_TOKEN=(hidden): must be a token"),
        ("GITLAB_URL", "gitlab.example.com", "GITLAB_URL=gitlab.example.com: must be the root"),
        ("GITLAB_URL", "ftp://gitlab.example.com", "must be the root of a GitLab"),
        ("GITLAB_URL", "https://", "must be the root of a GitLab"),
        ("GITLAB_URL", "https://gitlab.example.com/api/v4", "must be the root of a GitLab"),
        ("GITLAB_URL", "https://gitlab.example.com:99999", "must be the root of a GitLab"),
        ("GITLAB_URL", "https://a b", "must be the root of a GitLab"),
        ("GITLAB_URL", "https://[::1", "must be the root of a GitLab"),
        ("GITLAB_URL", "https://u:secret@x", "GITLAB_URL=https://(hidden)@x: must be"),
        ("GITLAB_URL", "u:secret@x", "GITLAB_URL=(hidden)@x: must be"),
        ("GITLAB_URL", "https://x/?private_token=secret", "GITLAB_URL=https://x/?(hidden): must"),
        ("GITLAB_URL", "x" * 500, f"GITLAB_URL={'x' * 80}...: must be"),
    ],
)
def test_a_bad_value_names_the_variable_the_value_and_what_is_allowed(
    name: str, value: str, message: str
) -> None:
    with pytest.raises(SettingsError) as raised:
        read_settings({name: value})
    (problem,) = raised.value.problems
    assert message in problem
    assert "secret" not in problem


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("GATEWAY_PROT", "GATEWAY_PROT: there is no such setting; did you mean GATEWAY_PORT?"),
        ("GATEWAY_XYZZY_QUUX", "GATEWAY_XYZZY_QUUX: there is no such setting"),
    ],
)
def test_a_variable_that_does_not_exist_is_probably_a_slip(name: str, message: str) -> None:
    with pytest.raises(SettingsError) as raised:
        read_settings({name: "1"})
    assert raised.value.problems == [message]


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(SettingsError) as raised:
        read_settings({"GATEWAY_PORT": "x", "GATEWAY_FAN_OUT": "x", "GATEWAY_FOO": "x"})
    assert len(raised.value.problems) == 3


def test_variables_of_gitlabs_own_pipelines_are_left_alone() -> None:
    assert read_settings({"GITLAB_CI": "true", "GITLAB_USER_ID": "1"}).demo


def test_no_settings_show_a_secret() -> None:
    environ = {"GITLAB_TOKEN": "glpat-secret", "GATEWAY_PROXY": "http://u:secret@proxy"}
    assert "secret" not in repr(read_settings(environ))


def test_what_was_given_is_told_with_its_secrets_hidden() -> None:
    environ = {
        "GITLAB_URL": "https://gitlab.example.com",
        "GITLAB_TOKEN": "glpat-secret",
        "GATEWAY_PROXY": "http://u:secret@proxy",
        "GATEWAY_PORT": "",
        "HOME": "/root",
    }
    assert read_settings(environ).given == {
        "GITLAB_URL": "https://gitlab.example.com",
        "GITLAB_TOKEN": "(hidden)",
        "GATEWAY_PROXY": "(hidden)",
    }


def test_colors_can_be_refused_as_everywhere() -> None:
    assert read_settings({}).telemetry.colors
    assert read_settings({"NO_COLOR": ""}).telemetry.colors
    assert not read_settings({"NO_COLOR": "1"}).telemetry.colors


ROW = re.compile(r"^\| `([A-Z_]+)` \| ([^|]*) \| ([^|]*) \| ([^|]*) \|$", re.MULTILINE)


def test_the_docs_tell_every_setting_as_it_is() -> None:
    documented = {name: cells for name, *cells in ROW.findall(DOCS.read_text())}
    assert list(documented) == [variable.name for variable in VARIABLES]
    for variable in VARIABLES:
        default, allowed, purpose = (cell.strip() for cell in documented[variable.name])
        unit = f" {variable.unit}" if variable.unit else ""
        assert default == (f"`{variable.default_text}`{unit}" if variable.default_text else "")
        assert allowed == variable.kind.allowed
        assert purpose == variable.purpose
