"""What the demo's own people do now and then: cancel, retry, play."""

from __future__ import annotations

from upstream.demo.actions import cancel_job, play_job, retry_job
from upstream.demo.cast import DEVON, MIA
from upstream.demo.records import Build, Pipeline
from upstream.demo.world import World

_CANCELED = 0.06
_RETRIED = 0.35
_PLAYED = 0.45


def visit(world: World, pipeline: Pipeline) -> None:
    """Let somebody look after a pipeline: perhaps early, to stop it, and once it stands."""
    dice = world.dice.roll("visit", pipeline.id)
    if dice.random() < _CANCELED:
        world.timeline.after(dice.uniform(8.0, 60.0), lambda: _stop(world, pipeline))
    retries, plays = dice.random() < _RETRIED, dice.random() < _PLAYED
    if retries:
        world.timeline.after(dice.uniform(150.0, 260.0), lambda: _retry(world, pipeline))
    if plays:
        world.timeline.after(dice.uniform(260.0, 420.0), lambda: _play(world, pipeline))


def _stop(world: World, pipeline: Pipeline) -> None:
    for job in pipeline.latest():
        if isinstance(job, Build):
            cancel_job(world, job, force=False)


def _retry(world: World, pipeline: Pipeline) -> None:
    for job in pipeline.latest():
        if job.status == "failed" and not job.allow_failure:
            retry_job(world, job, world.users[DEVON])


def _play(world: World, pipeline: Pipeline) -> None:
    for job in pipeline.latest():
        if job.status == "manual" and isinstance(job, Build):
            play_job(world, job, world.users[MIA], {})
