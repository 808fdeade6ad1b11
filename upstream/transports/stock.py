"""The stock transport, imported only where it is used: httpx and aiohttp take half a second."""

from __future__ import annotations

from upstream.config import UpstreamConfig
from upstream.transports.base import Transport


def stock_transport(config: UpstreamConfig) -> Transport:
    """Httpx over aiohttp, which knows proxies."""
    from upstream.transports.httpx_transport import HttpxTransport  # noqa: PLC0415 - see above

    return HttpxTransport(config)
