"""Who and what there is before the first pipeline: users, runners and projects."""

from __future__ import annotations

from upstream.demo.records import Project, Role, Runner, User
from upstream.demo.repository import push
from upstream.demo.templates import API_SPECS, SHOP_SPECS, VAULT_SPECS, WEBSITE_SPECS
from upstream.demo.world import World

MIA, DEVON, RITA, OTTO, BOT = 2, 3, 4, 5, 6
SHOP_ID, API_ID, WEBSITE_ID, VAULT_ID = 1, 2, 3, 4
BRANCHES = ("main", "voucher-rounding", "faster-search", "fix/time-zones")
OLD_SHOP_PATH = "demo/old-shop"

_DAY = 86_400.0
_HUGE_JOB_ID = 16_862_617_000  # gitlab.com has passed 2^33 long ago


def set_up(world: World) -> None:
    """Fill an empty world."""
    for user in _users(world.now):
        world.users[user.id] = user
    for project in _projects(world.now):
        world.projects[project.id] = project
        project.branches.update(BRANCHES)
        push(world, project, "main", world.users[MIA])
    world.moved[OLD_SHOP_PATH] = SHOP_ID


def _users(now: float) -> tuple[User, ...]:
    return (
        User(MIA, "mia", "Mia Torres", now - 900 * _DAY, "Release manager", "Lisbon"),
        User(DEVON, "devon", "Devon Okafor", now - 500 * _DAY, "Developer", "Lagos"),
        User(RITA, "rita", "Rita Lind", now - 300 * _DAY, "Analyst", "Malmö"),
        User(OTTO, "otto", "Otto Brandt", now - 20 * _DAY),
        User(BOT, "project_1_bot", "Nightly", now - 100 * _DAY, bot=True),
    )


def _runner(
    number: int, description: str, version: str, now: float, *, stamps: bool = False
) -> Runner:
    shared = description.startswith("saas")
    major, minor = (int(part) for part in version.split(".")[:2])
    return Runner(
        id=number,
        description=description,
        runner_type="instance_type" if shared else "project_type",
        created_at=now - 200 * _DAY,
        version=version,
        revision=f"{number * 7919:08x}",
        stamps_lines=stamps,
        cancels_softly=(major, minor) >= (16, 10),  # since then runners know `canceling`
    )


def _projects(now: float) -> tuple[Project, ...]:
    maintainer = {MIA: Role.MAINTAINER}
    team = maintainer | {DEVON: Role.DEVELOPER, BOT: Role.DEVELOPER}
    everybody = team | {RITA: Role.REPORTER}
    created = now - 700 * _DAY
    return (
        Project(
            SHOP_ID,
            "demo/shop",
            "Shop",
            "Where the demo's customers buy",
            "private",
            _runner(11, "docker-1", "18.6.2", now),
            SHOP_SPECS,
            created,
            next_job_id=5_001,
            members=dict(everybody),
        ),
        Project(
            API_ID,
            "demo/shop/api",
            "API",
            "What the shop calls",
            "private",
            _runner(12, "docker-2", "18.9.0", now, stamps=True),
            API_SPECS,
            created,
            next_job_id=700_001,
            members=dict(everybody),
        ),
        Project(
            WEBSITE_ID,
            "demo/website",
            "Website",
            "Pages for everybody",
            "public",
            _runner(13, "saas-linux-small-amd64", "16.8.0", now),
            WEBSITE_SPECS,
            created,
            next_job_id=_HUGE_JOB_ID + 1,
            variables_role=Role.MAINTAINER,
            members=dict(team),
        ),
        Project(
            VAULT_ID,
            "demo/vault",
            "Vault",
            "Code for all, builds for members",
            "public",
            _runner(14, "vault", "17.11.0", now),
            VAULT_SPECS,
            created,
            next_job_id=41,
            public_builds=False,
            members=maintainer | {DEVON: Role.GUEST},
        ),
    )
