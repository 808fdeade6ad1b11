"""Each translated operation, run on the demo, says what REST says, value by value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from gateway.migrate.call import RestCall
from gateway.migrate.reading import read_call
from gateway.migrate.translation import Translation, translate
from tests.gateway.migrate.agreement import Sides, agree, answer_of, both_sides
from tests.gateway.migrate.spellings import SPELLINGS, TOKEN, Spelling
from upstream.demo.examples import RUNNING_JOB
from upstream.demo.tokens import job_token

OWNERS = {
    "AllowedAgents": "allowed_agents",
    "Commit": "commit",
    "Pipeline": "pipeline",
    "ProjectPipelines": "pipeline",
}
READING = [spelling for spelling in SPELLINGS if "input" not in spelling.variables]
# Each action once; what a variable of the shell or a file would say is not known here.
ACTING = {
    repr(spelling.variables): spelling
    for spelling in SPELLINGS
    if spelling not in READING and not {"$", "<"} & set(repr(spelling.variables))
}


@pytest.fixture(scope="module")
def sides() -> Iterator[Sides]:
    """Nothing is kept between two requests, so that each one's calls can be counted."""
    with both_sides(GATEWAY_CACHE_BYTES="0") as sides:
        yield sides


def token_for(translation: Translation) -> str:
    is_of_a_job = translation.operation.name in ("CurrentJob", "AllowedAgents")
    return job_token(RUNNING_JOB) if is_of_a_job else TOKEN


def compared(rest: httpx.Response, translation: Translation, answer: Any) -> int:
    shown = answer_of(translation, answer)
    if translation.operation.entity is None:
        # A job without a log has none in GraphQL; REST answers with an empty body.
        assert rest.text == ("" if shown is None else shown)
        return 1
    return agree(rest.json(), shown, OWNERS.get(translation.operation.name, "job"))


@pytest.mark.parametrize("spelling", READING, ids=lambda spelling: spelling.name)
def test_what_is_read_is_the_same(sides: Sides, spelling: Spelling) -> None:
    call = read_call(spelling.text)
    translation = translate(call)
    token = token_for(translation)
    rest = sides.rest(call, token)
    assert rest.status_code == 200
    assert compared(rest, translation, sides.graphql(translation, token)) > 0


@pytest.fixture(scope="module")
def twins() -> Iterator[tuple[Sides, Sides]]:
    """Two GitLabs of the same make: REST acts on one, GraphQL does the same on the other."""
    with both_sides() as one, both_sides() as other:
        yield one, other


@pytest.mark.parametrize("spelling", ACTING.values(), ids=lambda spelling: spelling.name)
def test_what_is_done_is_the_same(twins: tuple[Sides, Sides], spelling: Spelling) -> None:
    call = read_call(spelling.text)
    translation = translate(call)
    rest, answer = twins[0].rest(call), twins[1].graphql(translation)
    assert rest.status_code in (200, 201)
    assert compared(rest, translation, answer) > 50


@pytest.mark.parametrize(
    ("verb", "number", "typename"), [("play", 20214, "Bridge"), ("retry", 20210, "Job")]
)
def test_bridges_are_acted_on_alike(
    twins: tuple[Sides, Sides], verb: str, number: int, typename: str
) -> None:
    call = RestCall("POST", f"/projects/1/jobs/{number}/{verb}")
    translation = translate(call)
    rest, answer = twins[0].rest(call), twins[1].graphql(translation)
    assert answer_of(translation, answer)["__typename"] == typename
    assert compared(rest, translation, answer) > 50


CALLS = {
    "JobLog": ["GET /projects/:id/jobs/:job_id", "GET /projects/:id/jobs/:job_id/trace"],
    "PipelineJobs": [
        "GET /projects/:id/pipelines/:pipeline_id",
        "GET /projects/:id/pipelines/:pipeline_id/jobs",
    ],
    "PipelineBridges": [
        "GET /projects/:id/pipelines/:pipeline_id",
        "GET /projects/:id/pipelines/:pipeline_id/bridges",
    ],
}


@pytest.mark.parametrize(
    "spelling",
    {spelling.operation: spelling for spelling in READING}.values(),
    ids=lambda spelling: spelling.operation,
)
def test_an_operation_takes_the_call_that_it_stands_for_and_the_parents_alone(
    sides: Sides, spelling: Spelling
) -> None:
    translation = translate(read_call(spelling.text))
    sides.calls()
    answer_of(translation, sides.graphql(translation, token_for(translation)))
    assert sides.calls() == CALLS.get(translation.operation.name, [translation.route.name])
