"""The schema as an Apollo Federation 2 subgraph, where a setting says so."""

from __future__ import annotations

import re
from typing import Any

import pytest

from resolvers.ids import GlobalId
from schema import build_schema
from tests.conftest import Graphql
from tests.resolvers.gateways import BOTH_ENGINES, data, gateway_to, problems
from upstream.demo import OUTSIDER_TOKEN, DemoGitLab, examples

ENTITIES = ("Job", "Pipeline", "Bridge", "Commit")
IDS = {
    "Job": GlobalId("Job", "1", str(examples.FINISHED_JOB), str(examples.FAILED_PIPELINE)),
    "Pipeline": GlobalId("Pipeline", "1", str(examples.FAILED_PIPELINE)),
    "Bridge": GlobalId("Bridge", "1", str(examples.BRIDGE), str(examples.MANUAL_PIPELINE)),
}
RESOLVE = """query ($representations: [_Any!]!) {
  _entities(representations: $representations) {
    __typename
    ... on Job { id name status }
    ... on Bridge { id name }
    ... on Pipeline { id databaseId }
    ... on Commit { id shortId }
  } }"""


def reference(type_name: str, **fields: Any) -> dict[str, Any]:
    return {"__typename": type_name, "id": str(IDS[type_name]), **fields}


async def resolve(
    demo_url: str, engine: str, *representations: Any, token: str | None = "demo-maintainer"
) -> Any:
    options = {"GATEWAY_FEDERATION": "true", "GATEWAY_COMPILED": engine}
    async with gateway_to(demo_url, **options) as graphql:
        return await graphql(RESOLVE, {"representations": representations}, token)


@pytest.fixture(scope="module")
def sdl() -> str:
    text: str = build_schema(federation=True).as_str()
    return text


@pytest.mark.parametrize("name", ENTITIES)
def test_an_entity_is_found_by_its_id(sdl: str, name: str) -> None:
    assert re.search(rf'^type {name} [^{{]*@key\(fields: "id"[,)]', sdl, re.MULTILINE)


def test_nothing_else_is_an_entity(sdl: str) -> None:
    assert set(re.findall(r"^type (\w+) [^{\n]*@key", sdl, re.MULTILINE)) == set(ENTITIES)
    assert re.search(r"union _Entity = ([\w |]+)", sdl) is not None


def test_the_subgraph_names_its_federation(sdl: str) -> None:
    assert re.search(r'@link\(url: "https://specs\.apollo\.dev/federation/v2\.\d+"', sdl)


def test_without_the_setting_there_is_no_trace_of_it() -> None:
    build_schema(federation=True)
    plain: str = build_schema().as_str()
    for word in ("@key", "@link", "_entities", "_service", "_Entity", "_Any"):
        assert word not in plain


@pytest.mark.parametrize("field", ["_service { sdl }", "_entities(representations: []) { id }"])
async def test_without_the_setting_nobody_can_ask_for_it(graphql: Graphql, field: str) -> None:
    answer = await graphql(f"{{ {field} }}")
    assert answer["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


@BOTH_ENGINES
async def test_the_service_tells_its_sdl(demo_url: str, engine: str, sdl: str) -> None:
    options = {"GATEWAY_FEDERATION": "true", "GATEWAY_COMPILED": engine}
    async with gateway_to(demo_url, **options) as graphql:
        answer = await graphql("{ _service { sdl __typename } }", None, None)
    assert data(answer) == {"_service": {"sdl": sdl, "__typename": "_Service"}}


@BOTH_ENGINES
async def test_entities_come_in_the_order_of_their_references(
    demo: DemoGitLab, demo_url: str, engine: str
) -> None:
    sha = demo.job(1, examples.FINISHED_JOB).pipeline.commit.sha
    commit = str(GlobalId("Commit", "1", sha))
    answer = await resolve(
        demo_url,
        engine,
        reference("Pipeline"),
        reference("Job"),
        {"__typename": "Commit", "id": commit},
        reference("Bridge"),
        reference("Job"),
    )
    job = {
        "__typename": "Job",
        "id": str(IDS["Job"]),
        "name": "compile",
        "status": "SUCCESS",
    }
    assert data(answer)["_entities"] == [
        {
            "__typename": "Pipeline",
            "id": str(IDS["Pipeline"]),
            "databaseId": examples.FAILED_PIPELINE,
        },
        job,
        {"__typename": "Commit", "id": commit, "shortId": sha[:8]},
        {"__typename": "Bridge", "id": str(IDS["Bridge"]), "name": "trigger-api"},
        job,
    ]
    assert len(demo.calls) == 4  # the job is loaded once


@BOTH_ENGINES
async def test_one_reference_fails_alone(demo_url: str, engine: str) -> None:
    answer = await resolve(
        demo_url,
        engine,
        reference("Job"),
        {"__typename": "Job", "id": str(GlobalId("Job", "1", "4000000"))},
        {"__typename": "Job", "id": "not an id"},
        {"__typename": "Job"},
        {"__typename": "Job", "id": 7},
        {"__typename": "Pipeline", "id": str(IDS["Job"])},
        {"__typename": "Runner", "id": "1"},
        {"__typename": "JobLog", "id": "1"},
        {"id": str(IDS["Job"])},
        reference("Pipeline", status="SUCCESS"),
    )
    found = [entity and entity["__typename"] for entity in answer["data"]["_entities"]]
    assert found == ["Job", *[None] * 8, "Pipeline"]
    assert problems(answer) == {
        "_entities.1": "NOT_FOUND",
        **{f"_entities.{index}": "BAD_USER_INPUT" for index in range(2, 9)},
    }


@BOTH_ENGINES
async def test_what_is_no_reference_at_all_is_refused(demo_url: str, engine: str) -> None:
    answer = await resolve(demo_url, engine, "Job", reference("Job"), ["Job"], 7)
    found = [entity and entity["__typename"] for entity in answer["data"]["_entities"]]
    assert found == [None, "Job", None, None]
    assert set(problems(answer).values()) == {"BAD_USER_INPUT"}


@BOTH_ENGINES
async def test_an_entity_is_shown_to_those_alone_who_may_see_it(demo_url: str, engine: str) -> None:
    answer = await resolve(demo_url, engine, reference("Job"), token=OUTSIDER_TOKEN)
    assert answer["data"] == {"_entities": [None]}
    assert problems(answer) == {"_entities.0": "NOT_FOUND"}


@BOTH_ENGINES
async def test_no_more_entities_at_once_than_nodes(demo_url: str, engine: str) -> None:
    answer = await resolve(demo_url, engine, *[reference("Job")] * 501)
    assert problems(answer) == {"_entities": "BAD_USER_INPUT"}
