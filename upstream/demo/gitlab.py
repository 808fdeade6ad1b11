"""The demo GitLab as one object: its state, its door, and handles for tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from starlette.types import ASGIApp

from upstream.demo import cast, scenario, seeding, tokens
from upstream.demo.api import ROUTES, Api
from upstream.demo.auth import FULL_SCOPES, Token, Tokens
from upstream.demo.calls import Calls
from upstream.demo.clock import Clock, SystemClock
from upstream.demo.door import Door
from upstream.demo.entrance import Entrance
from upstream.demo.faults import Faults
from upstream.demo.lifecycle import launch
from upstream.demo.limits import RateLimit
from upstream.demo.pipelines import Start
from upstream.demo.records import Bridge, Build, LogSource, Pipeline, Project, Role, User
from upstream.demo.routing import Router

DEFAULT_BASE_URL = "https://gitlab.example.com"

_USERS = {
    tokens.MAINTAINER_TOKEN: cast.MIA,
    tokens.DEVELOPER_TOKEN: cast.DEVON,
    tokens.REPORTER_TOKEN: cast.RITA,
    tokens.OUTSIDER_TOKEN: cast.OTTO,
}

ProjectKey = int | str


class DemoGitLab:
    """A GitLab in one process: `app` is its REST API under /api/v4.

    `clock` None is the machine's time; a ManualClock makes a world that only moves when a test
    says so, and the same seed and clock give the same bytes. `lively` False stops new pipelines
    from starting by themselves. `door` True opens /__demo__ (faults, calls, clock by HTTP).
    `link_origin` is what paging links begin with, where it differs from the host of the request.

        demo = DemoGitLab(ManualClock())
        async with httpx.AsyncClient(transport=httpx.ASGITransport(demo.app), ...) as client: ...
    """

    def __init__(
        self,
        clock: Clock | None = None,
        *,
        seed: int | str = 1,
        lively: bool = True,
        door: bool = False,
        base_url: str = DEFAULT_BASE_URL,
        link_origin: str | None = None,
    ) -> None:
        self.clock: Clock = clock or SystemClock()
        self.world = scenario.build(seed, self.clock.now(), lively=lively)
        self.calls = Calls()
        self.faults = Faults()
        self.tokens = Tokens(self.world)
        for text, number in _USERS.items():
            self.tokens.add(text, Token(self.world.users[number]))
        router = Router(ROUTES)
        api = Api(
            self.world, self.tokens, self.clock.now, base_url, link_origin, router, RateLimit()
        )
        self.app: ASGIApp = Entrance(
            api, router, self.tokens, self.calls, self.faults, self._door() if door else None
        )

    def _door(self) -> ASGIApp:
        return Door(self.faults, self.calls, self.clock, [route.name for route in ROUTES]).app

    def tick(self) -> None:
        """Bring the world up to the clock; every request does so by itself."""
        self.world.timeline.run_until(self.clock.now())

    def project(self, key: ProjectKey) -> Project:
        project = self.world.project(key)
        if project is None:
            raise KeyError(f"the demo has no project {key!r}")
        return project

    def job(self, project: ProjectKey, number: int) -> Build:
        self.tick()
        return self.project(project).builds[number]

    def bridge(self, project: ProjectKey, number: int) -> Bridge:
        self.tick()
        return self.project(project).bridges[number]

    def pipeline(self, project: ProjectKey, number: int) -> Pipeline:
        self.tick()
        return self.project(project).pipelines[number]

    def add_user(
        self,
        username: str,
        *,
        token: str,
        roles: Mapping[ProjectKey, Role] | None = None,
        scopes: Iterable[str] = FULL_SCOPES,
    ) -> User:
        """A new user with a token; `roles` by project."""
        number = max(self.world.users) + 1
        user = User(number, username, username.title(), self.world.now)
        self.world.users[number] = user
        for key, role in (roles or {}).items():
            self.set_role(username, key, role)
        self.add_token(username, token, scopes=scopes)
        return user

    def add_token(self, username: str, token: str, *, scopes: Iterable[str] = FULL_SCOPES) -> None:
        """Another token of a user, for example with the scope "read_api" alone."""
        self.tokens.add(token, Token(self._user(username), frozenset(scopes)))

    def set_role(self, username: str, project: ProjectKey, role: Role | None) -> None:
        """Make the user a member with this role, or no member with None."""
        members, user = self.project(project).members, self._user(username)
        if role is None:
            members.pop(user.id, None)
        else:
            members[user.id] = role

    def revoke(self, token: str) -> None:
        self.tokens.set_state(token, "revoked")

    def expire(self, token: str) -> None:
        self.tokens.set_state(token, "expired")

    def job_token(self, number: int) -> str:
        return tokens.job_token(number)

    def seed_jobs(
        self, project: ProjectKey, count: int, *, status: str = "success", per_pipeline: int = 50
    ) -> list[int]:
        """Put `count` jobs in place at once, which nothing moves; ids in ascending order."""
        self.tick()
        return seeding.seed_jobs(self.world, self.project(project), count, status, per_pipeline)

    def new_job(self, project: ProjectKey, *, status: str = "success", name: str = "extra") -> int:
        """One job in a pipeline of its own, which nothing moves."""
        self.tick()
        return seeding.new_job(self.world, self.project(project), status, name)

    def new_pipeline(self, project: ProjectKey, *, ref: str = "main", user: str = "devon") -> int:
        """A pipeline of the project's own jobs, which go their way."""
        self.tick()
        start = Start(self.project(project), self._user(user), ref=ref, source="api")
        return launch(self.world, start).id

    def set_log(self, project: ProjectKey, job: int, log: LogSource) -> None:
        """Give a job another log: bytes, or a function that makes an iterator of pieces."""
        build = self.job(project, job)
        build.log, build.log_size = log, None

    def _user(self, username: str) -> User:
        for user in self.world.users.values():
            if user.username == username:
                return user
        raise KeyError(f"the demo has no user {username!r}")
