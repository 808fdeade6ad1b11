"""A partial record: what costs nothing, what completes it, and what is simply not there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from resolvers.bridges import downstream_pipeline
from resolvers.context import RequestContext
from resolvers.ids import GlobalId
from resolvers.jobs import commit_of, pipeline_of, project_handle
from resolvers.projection import (
    BridgeRecord,
    CommitRecord,
    JobRecord,
    PipelineRecord,
    Record,
    embedded,
    embedded_text,
    mapping,
    mappings,
    number_of,
    project_of,
    read,
    reader,
)
from tests.resolvers.gateways import CannedGitLab
from tests.support.serving import serve
from upstream.client import Upstream
from upstream.config import UpstreamConfig
from upstream.errors import InvalidResponse, NotFound

FULL = {"id": 7, "name": "build", "tag_list": ["docker"], "ref": None}


@pytest.fixture
def gitlab() -> CannedGitLab:
    return CannedGitLab({"GET /projects/1/jobs/7": FULL})


@pytest.fixture
async def context(gitlab: CannedGitLab) -> AsyncIterator[RequestContext]:
    async with (
        serve(gitlab, lifespan="off") as url,
        Upstream(UpstreamConfig(url)) as upstream,
    ):
        context = RequestContext(upstream, None)
        yield context
        await context.aclose()


async def test_what_stands_in_the_payload_costs_nothing(
    gitlab: CannedGitLab, context: RequestContext
) -> None:
    job = JobRecord(context, {"id": 7, "name": "embedded"}, "1")
    assert read(job, "name") == "embedded"
    assert gitlab.calls == []


async def test_null_is_an_answer(gitlab: CannedGitLab, context: RequestContext) -> None:
    job = JobRecord(context, {"id": 7, "started_at": None}, "1")
    assert read(job, "started_at") is None
    assert gitlab.calls == []


async def test_absence_is_a_question_that_is_asked_once(
    gitlab: CannedGitLab, context: RequestContext
) -> None:
    job = JobRecord(context, {"id": 7}, "1")
    assert await read(job, "name") == "build"
    assert await read(job, "tag_list") == ["docker"]
    assert await read(job, "never heard of") is None
    assert gitlab.calls == ["GET /projects/1/jobs/7"]


async def test_two_records_of_one_job_are_completed_together(
    gitlab: CannedGitLab, context: RequestContext
) -> None:
    one, other = (JobRecord(context, {"id": 7}, "1") for _ in range(2))
    assert await read(one, "name") == await read(other, "name")
    assert gitlab.calls == ["GET /projects/1/jobs/7"]


@pytest.mark.parametrize("key", sorted(JobRecord.SPARSE))
async def test_what_gitlab_leaves_out_when_empty_is_null(
    gitlab: CannedGitLab, context: RequestContext, key: str
) -> None:
    assert read(JobRecord(context, {"id": 7}, "1"), key) is None
    assert gitlab.calls == []


async def test_a_complete_record_asks_no_more(
    gitlab: CannedGitLab, context: RequestContext
) -> None:
    assert read(JobRecord(context, {"id": 7}, "1", complete=True), "name") is None
    assert read(BridgeRecord(context, {"id": 7}, "1"), "name") is None
    assert gitlab.calls == []


async def test_a_failure_to_complete_leaves_what_is_there(context: RequestContext) -> None:
    job = JobRecord(context, {"id": 8, "name": "embedded"}, "1")
    with pytest.raises(NotFound):
        await read(job, "tag_list")
    assert read(job, "name") == "embedded"


async def test_a_record_without_a_number_cannot_be_completed(context: RequestContext) -> None:
    with pytest.raises(InvalidResponse, match="without a usable id"):
        await read(JobRecord(context, {}, "1"), "name")


async def test_a_reader_converts_what_is_there_and_what_comes_later(
    context: RequestContext,
) -> None:
    def length(value: Any) -> Any:
        return None if value is None else len(value)

    count = reader("tag_list", length)
    assert count(JobRecord(context, {"id": 7, "tag_list": ["a", "b"]}, "1")) == 2
    assert await count(JobRecord(context, {"id": 7}, "1")) == 1


async def test_an_object_inside_is_made_from_what_is_there_or_comes_later(
    context: RequestContext,
) -> None:
    here = JobRecord(context, {"id": 7, "commit": {"id": "abc"}, "pipeline": None}, "1")
    assert isinstance(commit_of(here), CommitRecord)
    assert pipeline_of(here) is None
    assert await commit_of(JobRecord(context, {"id": 7}, "1")) is None


@pytest.mark.parametrize("value", ["text", 1, ["a list"], True])
async def test_something_else_where_an_object_belongs_is_gitlabs_mistake(
    context: RequestContext, value: Any
) -> None:
    with pytest.raises(InvalidResponse):
        embedded(JobRecord(context, {"commit": value}, "1"), "commit", dict)
    with pytest.raises(InvalidResponse):
        mapping(value)


@pytest.mark.parametrize("value", ["text", 1, {"an": "object"}, ["text"]])
def test_something_else_where_a_list_of_objects_belongs_is_gitlabs_mistake(value: Any) -> None:
    with pytest.raises(InvalidResponse):
        mappings(value)


def test_a_list_that_is_not_there_is_empty() -> None:
    assert mappings(None) == []


async def test_a_name_inside_must_be_text(context: RequestContext) -> None:
    assert embedded_text(PipelineRecord(context, {"sha": None}, "1"), "sha", str.upper) is None
    assert embedded_text(PipelineRecord(context, {"sha": "ab"}, "1"), "sha", str.upper) == "AB"
    with pytest.raises(InvalidResponse):
        embedded_text(PipelineRecord(context, {"sha": 7}, "1"), "sha", str.upper)


@pytest.mark.parametrize("value", [None, 0, -1, True, 7.0, "7", [], {}])
def test_only_a_whole_number_above_zero_leads_to_an_object(value: Any) -> None:
    with pytest.raises(InvalidResponse):
        number_of({"id": value}, "id")


@pytest.mark.parametrize("pipeline", [None, {}, [], "text", {"project_id": None}])
def test_without_gitlabs_number_a_project_stays_what_the_caller_called_it(pipeline: Any) -> None:
    assert project_of(pipeline, "group/name") == "group/name"


def test_gitlabs_number_of_a_project_wins() -> None:
    assert project_of({"project_id": 12}, "group/name") == "12"


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        (JobRecord, {"id": None}),
        (PipelineRecord, {"id": "six"}),
        (CommitRecord, {"id": None}),
        (CommitRecord, {"id": ""}),
        (BridgeRecord, {"id": 7, "pipeline": None}),
        (BridgeRecord, {"id": 7, "pipeline": {"id": None}}),
        (BridgeRecord, {"id": 7, "pipeline": ["text"]}),
        (BridgeRecord, {"id": 7, "pipeline": "text"}),
    ],
)
async def test_no_global_id_is_made_of_half_an_object(
    context: RequestContext, kind: type[Any], payload: Mapping[str, Any]
) -> None:
    with pytest.raises(InvalidResponse):
        _ = kind(context, payload, "1").global_id


@pytest.mark.parametrize(
    "pipeline", [None, "text", ["text"], {}, {"id": None}, {"id": "6"}, {"id": True}, {"id": -6}]
)
async def test_where_no_pipeline_is_told_a_jobs_id_does_without(
    context: RequestContext, pipeline: Any
) -> None:
    record = JobRecord(context, {"id": 7, "pipeline": pipeline}, "1")
    assert record.global_id == str(GlobalId("Job", "1", "7"))


async def test_a_jobs_id_tells_its_pipeline(context: RequestContext) -> None:
    record = JobRecord(context, {"id": 7, "pipeline": {"id": 6, "project_id": 12}}, "group/name")
    assert record.global_id == str(GlobalId("Job", "12", "7", "6"))


async def test_an_object_has_one_id_however_its_project_was_named(
    context: RequestContext,
) -> None:
    payload = {"id": 7, "pipeline": {"id": 6, "project_id": 1}, "commit": {"id": "abc"}}
    by_path, by_number = (JobRecord(context, payload, name) for name in ("group/name", "1"))
    assert by_path.global_id == by_number.global_id
    assert pipeline_of(by_path).global_id == pipeline_of(by_number).global_id
    assert commit_of(by_path).global_id == commit_of(by_number).global_id


async def test_a_downstream_pipeline_belongs_to_its_own_project(context: RequestContext) -> None:
    bridge = BridgeRecord(
        context, {"id": 7, "downstream_pipeline": {"id": 9, "project_id": 2}}, "1"
    )
    assert downstream_pipeline(bridge).project == "2"


async def test_a_job_of_no_known_project_has_no_handle_on_one(context: RequestContext) -> None:
    assert project_handle(JobRecord(context, {"id": 7}, "")) is None
    handle = project_handle(JobRecord(context, {"id": 7, "project": "odd"}, "1"))
    assert handle is not None
    assert (handle.project, handle.payload) == ("1", None)


async def test_a_record_with_no_route_says_so(context: RequestContext) -> None:
    with pytest.raises(TypeError, match="a Record has no route of its own"):
        await read(Record(context, {}, "1"), "name")


def test_plain_objects_and_dicts_are_read_as_they_are() -> None:
    assert read({"name": "x"}, "name") == "x"
    assert read({}, "name") is None
    assert read(ValueError("x"), "args") == ("x",)
