"""The one place where foreign exceptions become `upstream.errors`: a table, most specific first.

httpx-aiohttp gives some of aiohttp's exceptions names that say something else (a server that hangs
up becomes a connect timeout), so aiohttp's own, which it keeps as the cause, is what is looked up.
"""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp
import httpx

from upstream.config import Timeouts
from upstream.errors import (
    ConnectFailed,
    Disconnected,
    InvalidRequest,
    InvalidResponse,
    Phase,
    TlsFailed,
    UpstreamError,
    UpstreamTimeout,
)
from upstream.transports.certificates import untrusted

FOREIGN = (aiohttp.ClientError, httpx.HTTPError, httpx.InvalidURL, OSError)

_WAITED = {
    "connect": "no connection to GitLab came about within {} s",
    "pool": "no connection to GitLab was free within {} s",
    "write": "GitLab did not take the request within {} s",
    "read": "GitLab sent nothing for {} s",
    "total": "GitLab's answer was not whole after {} s",
}


def translated(error: BaseException, timeouts: Timeouts, waited: float) -> UpstreamError:
    """The error of our tree for one of FOREIGN, which came after `waited` seconds."""
    cause = error.__cause__
    known = cause if isinstance(cause, aiohttp.ClientError | OSError) else error
    if isinstance(known, aiohttp.ConnectionTimeoutError) and waited >= timeouts.pool:
        known = httpx.PoolTimeout("")  # aiohttp has one class for both waits
    for kind in type(known).__mro__:
        if kind in _TABLE:
            return _TABLE[kind](known, timeouts)
    raise error


Made = Callable[[Any, Timeouts], UpstreamError]


def _says(kind: type[UpstreamError], message: str) -> Made:
    return lambda _error, _timeouts: kind(message)


def _late(phase: Phase) -> Made:
    return lambda _error, timeouts: too_late(phase, timeouts)


def too_late(phase: Phase, timeouts: Timeouts) -> UpstreamTimeout:
    seconds: float = getattr(timeouts, phase)
    return UpstreamTimeout(_WAITED[phase].format(f"{seconds:g}"), phase=phase, seconds=seconds)


def _unreachable(error: Any, _timeouts: Timeouts) -> UpstreamError:
    number = getattr(error, "errno", None)
    reason = os.strerror(number).lower() if isinstance(number, int) and number > 0 else "no reason"
    return ConnectFailed(f"GitLab cannot be reached: {reason}")


def _untrusted(error: Any, _timeouts: Timeouts) -> UpstreamError:
    inner = getattr(error, "certificate_error", error)
    return TlsFailed(f"GitLab's certificate is not accepted: {untrusted(inner)}")


_NO_NAME = _says(ConnectFailed, "GitLab's host name is not found")
_NO_TLS = _says(TlsFailed, "GitLab and this gateway found no way to speak TLS")
_BROKEN = _says(Disconnected, "the connection to GitLab broke before the answer was whole")
_HUNG_UP = _says(Disconnected, "GitLab closed the connection without an answer")
_CUT_SHORT = _says(Disconnected, "GitLab's answer ended before it was whole")
_NO_PROXY = _says(ConnectFailed, "the proxy on the way to GitLab cannot be reached")
_PROXY_REFUSED = _says(ConnectFailed, "the proxy on the way to GitLab refused to pass this on")
_NOT_HTTP = _says(InvalidResponse, "GitLab's answer is not HTTP")
_NO_URL = _says(InvalidRequest, "GitLab's address cannot be used")

_TABLE: Mapping[type[BaseException], Made] = {
    aiohttp.ClientError: _BROKEN,
    aiohttp.ClientConnectionError: _BROKEN,
    aiohttp.ClientOSError: _BROKEN,
    aiohttp.ClientConnectionResetError: _BROKEN,
    aiohttp.ServerDisconnectedError: _HUNG_UP,
    aiohttp.ClientPayloadError: _CUT_SHORT,
    aiohttp.ClientConnectorError: _unreachable,
    aiohttp.ClientConnectorDNSError: _NO_NAME,
    aiohttp.ClientSSLError: _NO_TLS,
    aiohttp.ClientConnectorSSLError: _NO_TLS,
    aiohttp.ClientConnectorCertificateError: _untrusted,
    aiohttp.ServerFingerprintMismatch: _NO_TLS,
    aiohttp.ClientProxyConnectionError: _NO_PROXY,
    aiohttp.ClientHttpProxyError: _PROXY_REFUSED,
    aiohttp.ServerTimeoutError: _late("read"),
    aiohttp.SocketTimeoutError: _late("read"),
    aiohttp.ConnectionTimeoutError: _late("connect"),
    aiohttp.ClientResponseError: _NOT_HTTP,
    aiohttp.InvalidURL: _NO_URL,
    aiohttp.NonHttpUrlClientError: _NO_URL,
    httpx.HTTPError: _BROKEN,
    httpx.ProxyError: _NO_PROXY,
    httpx.ConnectError: _says(ConnectFailed, "GitLab cannot be reached"),
    httpx.TimeoutException: _late("read"),
    httpx.ConnectTimeout: _late("connect"),
    httpx.PoolTimeout: _late("pool"),
    httpx.WriteTimeout: _late("write"),
    httpx.DecodingError: _NOT_HTTP,
    httpx.TooManyRedirects: _NOT_HTTP,
    httpx.LocalProtocolError: _NO_URL,
    httpx.UnsupportedProtocol: _NO_URL,
    httpx.InvalidURL: _NO_URL,
    socket.gaierror: _NO_NAME,
    ssl.SSLCertVerificationError: _untrusted,
    TimeoutError: _late("write"),
    OSError: _BROKEN,
}
