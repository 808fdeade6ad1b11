"""What can be had without a call, seen before it is asked for."""

from __future__ import annotations

import asyncio

from upstream.client import Upstream
from upstream.config import Reuse, UpstreamConfig
from upstream.credentials import Credential, TokenKind
from upstream.demo import DEVELOPER_TOKEN, MAINTAINER_TOKEN, DemoGitLab, Fault, examples
from upstream.demo.effects import Hold
from upstream.endpoints.jobs import get_job, is_at_hand

MIA = Credential(TokenKind.PRIVATE_TOKEN, MAINTAINER_TOKEN)
DEVON = Credential(TokenKind.PRIVATE_TOKEN, DEVELOPER_TOKEN)


async def test_a_job_that_is_kept_is_at_hand_for_the_credential_that_has_seen_it(
    demo_url: str,
) -> None:
    async with Upstream(UpstreamConfig(demo_url, reuse=Reuse())) as upstream:
        assert not is_at_hand(upstream, MIA, "1", examples.FINISHED_JOB)
        await get_job(upstream, MIA, "1", examples.FINISHED_JOB)
        assert is_at_hand(upstream, MIA, "1", examples.FINISHED_JOB)
        for credential in (DEVON, None):
            assert not is_at_hand(upstream, credential, "1", examples.FINISHED_JOB)


async def test_a_job_that_has_to_be_asked_for_each_time_is_not(demo_url: str) -> None:
    async with Upstream(UpstreamConfig(demo_url, reuse=Reuse())) as upstream:
        await get_job(upstream, MIA, "1", examples.RUNNING_JOB)
        assert not is_at_hand(upstream, MIA, "1", examples.RUNNING_JOB)


async def test_a_job_on_its_way_is_at_hand(demo: DemoGitLab, demo_url: str) -> None:
    hold = Hold()
    demo.faults.add(Fault(hold))
    async with Upstream(UpstreamConfig(demo_url, reuse=Reuse())) as upstream:
        call = asyncio.create_task(get_job(upstream, MIA, "1", examples.RUNNING_JOB))
        await asyncio.wait_for(hold.arrived.wait(), 10)
        assert is_at_hand(upstream, MIA, "1", examples.RUNNING_JOB)
        assert not is_at_hand(upstream, DEVON, "1", examples.RUNNING_JOB)
        hold.release.set()
        await call
        assert not is_at_hand(upstream, MIA, "1", examples.RUNNING_JOB)


async def test_without_reuse_nothing_is_at_hand(demo_url: str) -> None:
    async with Upstream(UpstreamConfig(demo_url)) as upstream:
        await get_job(upstream, MIA, "1", examples.FINISHED_JOB)
        assert not is_at_hand(upstream, MIA, "1", examples.FINISHED_JOB)
