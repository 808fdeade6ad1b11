"""No foreign exception without a place in the table."""

from __future__ import annotations

import errno
import inspect
import socket
import ssl
from types import ModuleType

import aiohttp
import httpx
import pytest
from aiohttp import client_exceptions

from upstream.config import Timeouts
from upstream.errors import (
    ConnectFailed,
    Disconnected,
    InvalidResponse,
    UpstreamError,
    UpstreamTimeout,
)
from upstream.transports.failures import FOREIGN, translated

TIMEOUTS = Timeouts(connect=1.0, write=2.0, read=3.0, pool=4.0)


def exceptions_of(module: ModuleType) -> list[type[Exception]]:
    return [
        kind
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, Exception) and kind.__module__.startswith(("aiohttp", "httpx"))
    ]


# Misuse of a library by this program, which must not look like GitLab's doing.
OURS = {
    httpx.CookieConflict,
    httpx.StreamError,
    httpx.StreamConsumed,
    httpx.StreamClosed,
    httpx.ResponseNotRead,
    httpx.RequestNotRead,
    client_exceptions.WSMessageTypeError,
}


def bare(kind: type[BaseException]) -> BaseException:
    """An instance without what its constructor asks for: only its class is looked up."""
    return kind.__new__(kind)


@pytest.mark.parametrize(
    "kind",
    sorted({*exceptions_of(httpx), *exceptions_of(client_exceptions)} - OURS, key=str),
    ids=lambda kind: kind.__name__,
)
def test_each_exception_of_the_libraries_is_translated(kind: type[Exception]) -> None:
    assert issubclass(kind, FOREIGN)
    assert isinstance(translated(bare(kind), TIMEOUTS, 0.0), UpstreamError)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (aiohttp.ServerDisconnectedError(), Disconnected),
        (aiohttp.ClientOSError(errno.ECONNRESET, "reset"), Disconnected),
        (aiohttp.ClientPayloadError("cut"), Disconnected),
        (bare(aiohttp.ClientConnectorError), ConnectFailed),
        (bare(aiohttp.ClientConnectorDNSError), ConnectFailed),
        (bare(aiohttp.ClientProxyConnectionError), ConnectFailed),
        (bare(aiohttp.ClientHttpProxyError), ConnectFailed),
        (bare(aiohttp.ClientResponseError), InvalidResponse),
        (ConnectionResetError(errno.ECONNRESET, "reset"), Disconnected),
        (socket.gaierror(socket.EAI_NONAME, "unknown"), ConnectFailed),
        (ssl.SSLError("broken record"), Disconnected),
        (httpx.RemoteProtocolError("hung up"), Disconnected),
        (httpx.ConnectError("refused"), ConnectFailed),
        (httpx.DecodingError("no gzip"), InvalidResponse),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else value.__name__,
)
def test_the_class_says_what_happened(error: Exception, expected: type[UpstreamError]) -> None:
    assert type(translated(error, TIMEOUTS, 0.0)) is expected


@pytest.mark.parametrize(
    ("error", "waited", "phase"),
    [
        (aiohttp.ConnectionTimeoutError(), 1.0, "connect"),
        (aiohttp.ConnectionTimeoutError(), 4.0, "pool"),
        (aiohttp.SocketTimeoutError(), 3.0, "read"),
        (TimeoutError(), 9.0, "write"),
        (httpx.ReadTimeout(""), 3.0, "read"),
        (httpx.WriteTimeout(""), 2.0, "write"),
        (httpx.PoolTimeout(""), 4.0, "pool"),
        (httpx.ConnectTimeout(""), 1.0, "connect"),
    ],
)
def test_a_timeout_names_its_phase_and_seconds(error: Exception, waited: float, phase: str) -> None:
    made = translated(error, TIMEOUTS, waited)
    assert isinstance(made, UpstreamTimeout)
    assert (made.phase, made.seconds) == (phase, getattr(TIMEOUTS, phase))
    assert f"{made.seconds:g} s" in made.message


def test_what_the_library_below_said_counts() -> None:
    renamed = httpx.ConnectTimeout("Server disconnected")
    renamed.__cause__ = aiohttp.ServerDisconnectedError()
    made = translated(renamed, TIMEOUTS, 0.0)
    assert isinstance(made, Disconnected)
    assert made.may_have_arrived


def test_an_exception_that_is_nobodys_stays_itself() -> None:
    with pytest.raises(ValueError, match="own"):
        translated(ValueError("own"), TIMEOUTS, 0.0)
