"""Something of everything that the metrics tell of, again and again."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.gateway.telemetry.watched import Site
from upstream.demo import Fault
from upstream.demo.effects import Cut, bad_gateway, rate_limited

LIST = 'query Latest { project(id: "demo/shop") { jobs(first: 5) { nodes { name } } } }'
NESTED = """
query Failures { pipeline(projectId: "demo/shop", id: 1001) {
  status jobs(scope: [FAILED]) { nodes { name log { text(tail: 1) } } }
} }
"""
ACTION = 'mutation Erase { eraseJob(input: { projectId: "demo/shop", id: 20001 }) { job { id } } }'


@asynccontextmanager
async def traffic(site: Site) -> AsyncIterator[None]:
    """Goes on until the block ends."""
    task = asyncio.create_task(_go_on(site))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _go_on(site: Site) -> None:
    turn = 0
    while True:
        turn += 1
        for query in (LIST, NESTED, ACTION, "{ __typename }", "{ syntax"):
            await site.ask(query, graphql_client_name="dashboard")
        await site.ask(f"query Once {{ a{turn}: __typename }}")
        await asyncio.gather(*(site.ask(LIST) for _ in range(4)))  # share a query, and a line
        for effect in (bad_gateway(), rate_limited(), Cut()):
            site.demo.faults.add(Fault(effect, times=None))
            await site.ask(f'{{ job(projectId: "demo/shop", id: {turn}) {{ name }} }}')
            site.demo.faults.clear()
        await asyncio.sleep(0.05)
