"""The log of a job: read from GitLab once for all the fields that are asked of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from resolvers.logs.record import LogRecord
from resolvers.projection import JobRecord
from upstream.endpoints.traces import stream_trace
from upstream.errors import NotFound


async def log_of(job: JobRecord) -> LogRecord | None:
    """The job's log, or None when it has none."""
    context = job.context
    try:
        return await context.logs.open((job.project, job.number), lambda: _trace(job))
    except NotFound:
        # Code and recordings say 200 with an empty body for a job without a log, GitLab's
        # documents say 404: the job itself is known to be there.
        return None


@asynccontextmanager
async def _trace(job: JobRecord) -> AsyncIterator[AsyncIterator[bytes]]:
    context = job.context
    async with context.fan_out:
        trace = stream_trace(context.upstream, context.credential, job.project, job.number)
        async with trace as chunks:
            yield chunks
