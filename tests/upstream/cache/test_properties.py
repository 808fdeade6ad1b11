"""Whatever happens, nobody is given what GitLab did not give or confirm to them."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.upstream.cache.model import AT_REST, NAMES, PREFIX, ModelGitLab
from tests.upstream.cache.payloads import JOB, JOBS
from upstream.answer import Answer
from upstream.client import Upstream
from upstream.config import Reuse, UpstreamConfig
from upstream.credentials import Credential, TokenKind
from upstream.errors import UpstreamError

TOKENS = ("ada", "ben")
JOB_SECONDS = 60.0
STALE_SECONDS = 90.0
BEFORE = ("nothing", "a denial", "an action", "an action in vain")
REUSE = Reuse(cache_bytes=64 * 1024, cache_entries=5, job_seconds=JOB_SECONDS)

WHO = st.sampled_from(TOKENS)
NAME = st.sampled_from(["1", *NAMES])
PROJECT = st.sampled_from([1, 1, 2])


@dataclass
class Asked:
    """A GET on its way; `acted` is the moment of the last action that had ended before it."""

    task: asyncio.Task[Answer]
    token: str
    target: str
    moment: int
    acted: int
    now: float
    in_flight: bool
    down: bool
    denied: int


class ReadsMachine(RuleBasedStateMachine):
    reuse = REUSE

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.times: dict[int, float] = {}  # of GitLab's moments
        self.acted: dict[int, int] = {1: 0, 2: 0}
        self.gitlab = ModelGitLab(readers={token: {1, 2} for token in TOKENS})
        self.runner = asyncio.Runner()
        config = UpstreamConfig("http://gitlab.invalid", reuse=self.reuse)
        self.upstream = Upstream(config, self.gitlab, clock=lambda: self.now)
        self.asked: list[Asked] = []

    def teardown(self) -> None:
        self.gitlab.holding = False
        self.answer_all()
        assert self.asked == []
        self.runner.close()

    @rule(project=PROJECT, status=st.sampled_from([*AT_REST, "running"]))
    def something_happens(self, project: int, status: str) -> None:
        self.gitlab.versions[project] += 1
        self.gitlab.statuses[project] = status

    @rule(who=WHO, project=PROJECT)
    def rights_change(self, who: str, project: int) -> None:
        self.gitlab.readers[who] ^= {project}

    @rule(shared=st.booleans(), bare=st.booleans(), no_store=st.booleans())
    def gitlab_changes_its_manners(self, shared: bool, bare: bool, no_store: bool) -> None:  # noqa: FBT001 - drawn
        self.gitlab.shared_look, self.gitlab.bare_304 = shared, bare
        self.gitlab.no_store = no_store

    @rule(seconds=st.sampled_from([1.0, 30.0, 31.0]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule(holding=st.booleans())
    def gitlab_becomes_slow_or_fast(self, holding: bool) -> None:  # noqa: FBT001 - drawn
        self.gitlab.holding = holding

    @rule(who=WHO, name=NAME, single=st.sampled_from([True, True, False]))
    def get(self, who: str, name: str, single: bool) -> None:  # noqa: FBT001 - drawn
        path = f"/projects/{name}/jobs" + ("/7" if single else "")
        credential = Credential(TokenKind.PRIVATE_TOKEN, who)
        target = PREFIX + path
        in_flight = any((one.token, one.target) == (who, target) for one in self.asked)
        acted = self.acted[NAMES[name]]
        moment = self.gitlab.moment
        down, denied = self.gitlab.down, self.gitlab.denied.get((who, NAMES[name]), 0)
        route = JOB if single else JOBS

        async def ask() -> Asked:
            call = self.upstream.get(route, path, credential)
            task = asyncio.create_task(call)
            return Asked(task, who, target, moment, acted, self.now, in_flight, down, denied)

        self.asked.append(self.runner.run(ask()))
        self.settle()

    @rule(who=WHO, name=NAME, failing=st.sampled_from(["", "", "refused", "lost"]))
    def act(self, who: str, name: str, failing: str) -> None:
        self.gitlab.failing_actions = failing
        credential = Credential(TokenKind.PRIVATE_TOKEN, who)
        path = f"/projects/{name}/jobs/7/retry"
        try:
            self.runner.run(self.upstream.post(f"{JOB}/retry", path, credential))
            arrived = True
        except UpstreamError as error:
            arrived = error.may_have_arrived
        if arrived:
            self.acted[NAMES[name]] = self.gitlab.moment
        self.settle()

    @rule(data=st.data())
    def one_gives_up(self, data: st.DataObject) -> None:
        if self.asked:
            asked = data.draw(st.sampled_from(self.asked))
            asked.task.cancel()
            self.asked.remove(asked)
            self.settle()

    @rule()
    def answer_all(self) -> None:
        while any(not one.go.done() for one in self.gitlab.pending):
            for one in self.gitlab.pending:
                if not one.go.done():
                    one.go.set_result(None)
            self.settle()
        self.gitlab.pending.clear()

    def settle(self) -> None:
        async def turns() -> None:
            for _ in range(12):
                await asyncio.sleep(0)

        self.runner.run(turns())
        for moment in range(self.gitlab.moment + 1):
            self.times.setdefault(moment, self.now)
        for asked in [one for one in self.asked if one.task.done()]:
            self.asked.remove(asked)
            if asked.task.exception() is None:
                self.check(asked, asked.task.result())

    def check(self, asked: Asked, answer: Answer) -> None:
        told = [
            one
            for one in self.gitlab.told
            if (one.token, one.target, one.payload) == (asked.token, asked.target, answer.payload)
        ]
        assert told, "a payload that GitLab never gave or confirmed to this credential"
        moment = max(one.moment for one in told)
        assert moment > asked.acted, "older than an action that had ended before"
        shown = answer.payload if asked.target.endswith("/7") else answer.payload[0]
        total = answer.headers["x-total"]
        assert total == f"{shown['version']} for {asked.token}", "paging of another answer"
        if moment <= asked.moment and not asked.in_flight:
            self.check_unasked(asked, shown, moment)

    def check_unasked(self, asked: Asked, shown: Mapping[str, Any], moment: int) -> None:
        assert asked.target.endswith("/7"), "a list that GitLab was not asked for"
        assert shown["status"] in AT_REST, "a running job that was not asked for"
        assert asked.now - self.times[moment] < JOB_SECONDS, "handed out for too long"

    @invariant()
    def keeps_within_bounds(self) -> None:
        statistics = self.upstream.statistics
        assert statistics.entries <= self.reuse.cache_entries
        assert statistics.bytes <= self.reuse.cache_bytes


ReadsMachine.TestCase.settings = settings(max_examples=200, stateful_step_count=50)
TestReads = ReadsMachine.TestCase


class StaleMachine(ReadsMachine):
    """The same where GitLab comes and goes, and what it gave may take its place for a while."""

    reuse = replace(REUSE, cache_entries=20, stale_seconds=STALE_SECONDS)

    @rule(who=WHO, name=NAME, single=st.booleans(), before=st.sampled_from(BEFORE))
    def gitlab_goes_away(self, who: str, name: str, single: bool, before: str) -> None:  # noqa: FBT001 - drawn
        """Everybody has asked for everything, and does so again."""
        holding, self.gitlab.holding = self.gitlab.holding, False
        self.everybody_asks()
        readers = self.gitlab.readers[who]
        if before == "a denial" and NAMES[name] in readers:
            readers.remove(NAMES[name])
            self.get(who, name, single)
            readers.add(NAMES[name])
        elif before == "an action":
            self.act(who, name, "")
        self.gitlab.down = True
        if before == "an action in vain":
            self.act(who, name, "")
        self.everybody_asks()
        self.gitlab.holding, self.gitlab.down = holding, False

    def everybody_asks(self) -> None:
        for who, name, single in itertools.product(TOKENS, NAMES, (True, False)):
            self.get(who, name, single)

    def check_unasked(self, asked: Asked, shown: Mapping[str, Any], moment: int) -> None:
        if not asked.down:
            super().check_unasked(asked, shown, moment)
            return
        age = asked.now - self.times[moment]
        if not (asked.target.endswith("/7") and shown["status"] in AT_REST and age < JOB_SECONDS):
            assert age < STALE_SECONDS, "stale for too long"
            assert moment > asked.denied, "older than a denial"


StaleMachine.TestCase.settings = settings(max_examples=100, stateful_step_count=30)
TestStale = StaleMachine.TestCase
