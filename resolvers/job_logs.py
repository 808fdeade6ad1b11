"""The log of a job: read from GitLab once for all the fields that are asked of it."""

from __future__ import annotations

from resolvers.logs.record import LogRecord
from resolvers.projection import JobRecord
from upstream.endpoints.traces import stream_trace
from upstream.errors import NotFound


async def log_of(job: JobRecord) -> LogRecord | None:
    """The job's log, or None when it has none."""
    context, number = job.context, job.number
    try:
        return await context.logs.open(
            (job.project, number),
            lambda: stream_trace(context.upstream, context.credential, job.project, number),
        )
    except NotFound:
        # Code and recordings say 200 with an empty body for a job without a log, GitLab's
        # documents say 404: the job itself is known to be there.
        return None
