"""One behavioural suite over every transport."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from upstream.config import Limits, Timeouts, UpstreamConfig
from upstream.transports.base import Transport
from upstream.transports.httpx_transport import HttpxTransport
from upstream.transports.lean import LeanTransport

TRANSPORTS: list[Callable[[UpstreamConfig], Transport]] = [HttpxTransport, LeanTransport]

# Short enough for a test that waits for one to end, long enough for a busy machine.
IMPATIENT = Timeouts(connect=0.3, write=0.3, read=0.3, pool=0.3)
PATIENT = Timeouts(connect=20.0, write=20.0, read=20.0, pool=20.0)

Connect = Callable[..., Transport]


@pytest.fixture(params=TRANSPORTS, ids=lambda kind: kind.__name__)
def kind(request: pytest.FixtureRequest) -> Callable[[UpstreamConfig], Transport]:
    made: Callable[[UpstreamConfig], Transport] = request.param
    return made


@pytest.fixture
async def connect(kind: Callable[[UpstreamConfig], Transport]) -> AsyncIterator[Connect]:
    """Makes transports to an address: `connect(url, timeouts=..., body_bytes=...)`."""
    async with AsyncExitStack() as stack:

        def make(base_url: str, *, timeouts: Timeouts = PATIENT, **limits: Any) -> Transport:
            config = UpstreamConfig(base_url, timeouts=timeouts, limits=Limits(**limits))
            transport = kind(config)
            stack.push_async_callback(transport.aclose)
            return transport

        yield make
