"""The gateway in front of the demo; a module that asks both engines says so with BOTH_ENGINES."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.conftest import Graphql
from tests.resolvers.gateways import ENGINES, gateway_to


@pytest.fixture
def engine() -> str:
    """The value of GATEWAY_COMPILED."""
    return ENGINES["compiled"]


@pytest.fixture
async def graphql(demo_url: str, engine: str) -> AsyncIterator[Graphql]:
    """Posts an operation to the gateway in front of `demo`."""
    async with gateway_to(demo_url, GATEWAY_COMPILED=engine) as ask:
        yield ask
