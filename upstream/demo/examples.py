"""Pipelines that are always there, with fixed ids: for examples, guides and tests.

They belong to project 1 (`demo/shop`) and hold, whatever the seed:

    1001  failed   `e2e` failed twice; later jobs are skipped
    1011  running  `soak` runs without end, its log grows
    1021  waiting  everything went well; `production` and `trigger-website` wait for somebody
                   to play them, `rollout 10%` for its time, `trigger-api` has a downstream
"""

from __future__ import annotations

from dataclasses import replace

from upstream.demo.cast import API_ID, DEVON, MIA, SHOP_ID
from upstream.demo.lifecycle import launch
from upstream.demo.pipelines import Start
from upstream.demo.templates import (
    API,
    API_SPECS,
    DOCS_CHILD,
    FOREVER,
    SHOP_SPECS,
    JobSpec,
    Outcome,
    Trigger,
)
from upstream.demo.world import World

PROJECT = SHOP_ID
FAILED_PIPELINE = 1_001
RUNNING_PIPELINE = 1_011
MANUAL_PIPELINE = 1_021
CHILD_PIPELINE = 1_022
DOWNSTREAM_PIPELINE = 1_023

FINISHED_JOB = 20_001  # success, with artifacts and a log
ALLOWED_FAILURE_JOB = 20_002
COVERAGE_JOB = 20_003
RETRIED_JOB = 20_006  # failed, and FAILED_JOB is its second attempt
SKIPPED_JOB = 20_009
FAILED_JOB = 20_017
RUNNING_JOB = 20_103
CREATED_JOB = 20_104
CHILD_BRIDGE = 20_208
BRIDGE = 20_210  # with a downstream pipeline in project 2
MANUAL_JOB = 20_212
SCHEDULED_JOB = 20_213
MANUAL_BRIDGE = 20_214

_FAR_AHEAD = 365 * 86_400.0

RUNNING_SPECS = (
    JobSpec("compile", "build", archive=True, outcome="success"),
    JobSpec("lint", "build", outcome="success"),
    JobSpec("soak", "test", seconds=(60.0, FOREVER)),
    JobSpec("image", "package"),
    JobSpec("staging", "deploy", environment="staging"),
)


def schedule(world: World, begin: float) -> None:
    """Plan the three pipelines, the first `begin` seconds from now; it takes 12 minutes."""
    world.timeline.after(begin, lambda: _failed(world))
    world.timeline.after(begin + 600.0, lambda: _running(world))
    world.timeline.after(begin + 720.0, lambda: _waiting(world))


def _number(world: World, pipeline: int, job: int) -> None:
    """Let the next pipeline and job have these ids, so that they don't hang on the history."""
    world.next_pipeline_id = max(world.next_pipeline_id, pipeline - 1)
    shop = world.projects[SHOP_ID]
    shop.next_job_id = max(shop.next_job_id, job)


def _failed(world: World) -> None:
    _number(world, FAILED_PIPELINE, FINISHED_JOB)
    failing: dict[str, Outcome] = {"lint": "failed", "e2e": "failed"}
    specs = tuple(replace(spec, outcome=failing.get(spec.name, "success")) for spec in SHOP_SPECS)
    _launch(world, DEVON, specs, "A voucher breaks the checkout")


def _running(world: World) -> None:
    _number(world, RUNNING_PIPELINE, 20_101)
    _launch(world, MIA, RUNNING_SPECS, "Soak test")


def _waiting(world: World) -> None:
    _number(world, MANUAL_PIPELINE, 20_201)
    api = world.projects[API_ID]
    api.next_job_id = max(api.next_job_id, 800_001)
    children = {
        "trigger-api": Trigger(API, depend=True, specs=_successful(API_SPECS)),
        "docs": Trigger(None, specs=_successful(DOCS_CHILD)),
    }
    specs = tuple(
        replace(
            spec,
            outcome="success",
            delay=_FAR_AHEAD,
            trigger=children.get(spec.name, spec.trigger),
        )
        for spec in SHOP_SPECS
    )
    _launch(world, MIA, specs, "Release 4.2")


def _successful(specs: tuple[JobSpec, ...]) -> tuple[JobSpec, ...]:
    return tuple(replace(spec, outcome="success") for spec in specs)


def _launch(world: World, user: int, specs: tuple[JobSpec, ...], name: str) -> None:
    shop = world.projects[SHOP_ID]
    launch(
        world,
        Start(shop, world.users[user], source="web", specs=specs, name=name, pinned=True),
    )
