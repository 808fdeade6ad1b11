"""Lists longer than what is completed at one go: the same answer, errors in the midst included."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schema import build_schema
from tests.gateway.execution.compiled.agreement import assert_agreement
from tests.gateway.execution.compiled.engines import Engines, ask, gitlab_of, running
from tests.gateway.execution.compiled.gitlab import Behaviour
from tests.gateway.execution.compiled.payloads import NO_FLAWS, Flaw, Flaws
from tests.support.operations import WITHOUT_SHRINKING

ENGINES = Engines(build_schema())

OPERATIONS = (
    '{ project(id: "1") { jobs(first: 250) { nodes { id name user { username } } } } }',
    '{ project(id: "1") { jobs(first: 101) { edges { cursor node { name pipeline { tag } } } } } }',
    """{ project(id: "1") {
        jobs(first: 150) { nodes { artifacts { filename } commit { stats { total } } } }
        pipelines(first: 150) { nodes { status user { name } } }
    } }""",
    """{ project(id: "1") {
        pipelines(first: 120) { nodes { bridges(first: 1) { totalCount nodes { id } } } }
    } }""",
)
FLAWS = st.builds(
    Flaws,
    st.lists(st.sampled_from(Flaw), min_size=1, max_size=2, unique=True).map(tuple),
    # Seldom enough that some of the first hundred items are plain, and not always all of them.
    st.sampled_from((0, 1)),
)


@pytest.mark.parametrize("text", OPERATIONS)
def test_a_long_list_comes_out_whole(text: str) -> None:
    behaviour = Behaviour(seed=3, crowded=True)
    operation = ENGINES.operation(text)

    async def agree() -> None:
        await assert_agreement(ENGINES, operation, behaviour, 0)
        answer = await ask(ENGINES.compiled, operation, gitlab_of(behaviour, 0))
        assert answer.body.count(b"{") > 100
        assert orjson.loads(answer.body)["errors"] == []

    running(agree)


@settings(WITHOUT_SHRINKING, max_examples=15)
@given(
    text=st.sampled_from(OPERATIONS),
    seed=st.integers(0, 1000),
    flaws=FLAWS,
    schedule=st.integers(0, 3),
)
def test_what_fails_far_down_a_list_fails_alike(
    text: str, seed: int, flaws: Flaws, schedule: int
) -> None:
    behaviour = Behaviour(seed=seed, crowded=True, flaws=flaws)
    operation = ENGINES.operation(text)

    async def agree() -> None:
        await assert_agreement(ENGINES, operation, behaviour, schedule)
        await assert_agreement(ENGINES, operation, replace(behaviour, flaws=NO_FLAWS), schedule)

    running(agree)
