"""From a host's name to a connection, and every way in which that fails."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from collections.abc import Callable

from aiohappyeyeballs import start_connection

from upstream.errors import ConnectFailed, TlsFailed, UpstreamTimeout
from upstream.transports.certificates import untrusted
from upstream.transports.lean.connection import Connection
from upstream.transports.lean.origin import Origin

NEXT_ADDRESS_SECONDS = 0.25  # RFC 8305: before the next address is tried beside the first
GOODBYE_SECONDS = 1.0  # TLS: for the other side's close_notify


async def dial(
    origin: Origin, tls: ssl.SSLContext | None, seconds: float, made: Callable[[], Connection]
) -> Connection:
    """A connection to `origin` within `seconds`: by TLS if there is a context."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(seconds):
            addresses = await loop.getaddrinfo(origin.host, origin.port, type=socket.SOCK_STREAM)
            # uvloop tries one address after the other, each until the kernel gives it up.
            reached = await start_connection(
                addresses, happy_eyeballs_delay=NEXT_ADDRESS_SECONDS, loop=loop
            )
            return await _speak(reached, origin, tls, made)
    except TimeoutError:
        raise UpstreamTimeout(
            f"no connection to GitLab came about within {seconds:g} s",
            phase="connect",
            seconds=seconds,
        ) from None
    except socket.gaierror:
        raise ConnectFailed("GitLab's host name is not found") from None
    except ssl.SSLCertVerificationError as error:
        reason = untrusted(error)
        raise TlsFailed(f"GitLab's certificate is not accepted: {reason}") from None
    except ssl.SSLError:
        raise TlsFailed("GitLab and this gateway found no way to speak TLS") from None
    except (OSError, UnicodeError) as error:  # getaddrinfo's, for a label over 63 characters
        raise ConnectFailed(f"GitLab cannot be reached: {_reason(error)}") from None


async def _speak(
    reached: socket.socket,
    origin: Origin,
    tls: ssl.SSLContext | None,
    made: Callable[[], Connection],
) -> Connection:
    loop = asyncio.get_running_loop()
    try:
        if tls is None:
            _, connection = await loop.create_connection(made, sock=reached)
        else:
            _, connection = await loop.create_connection(
                made,
                sock=reached,
                ssl=tls,
                server_hostname=origin.host,
                ssl_shutdown_timeout=GOODBYE_SECONDS,
            )
    except BaseException:
        reached.close()
        raise
    return connection


def _reason(error: Exception) -> str:
    number = getattr(error, "errno", None)
    if isinstance(number, int) and number > 0:
        return os.strerror(number).lower()
    return "no address of it answers"
