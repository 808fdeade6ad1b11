"""Pages by number, and GitLab's cursors, as cursors of connections."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from gateway.migrate.call import RestCall
from gateway.migrate.translation import Translation, translate
from tests.gateway.migrate.agreement import Sides, both_sides
from upstream.demo.paging import make_cursor


@pytest.fixture(scope="module")
def sides() -> Iterator[Sides]:
    with both_sides() as sides:
        yield sides


def translated(path: str, **params: str) -> Translation:
    return translate(RestCall("GET", f"/projects/{path}", query=tuple(params.items())))


def connection(sides: Sides, translation: Translation) -> dict[str, Any]:
    found = sides.graphql(translation)["data"]
    for step in translation.operation.answer[:-1]:
        found = found[step]
    answer: dict[str, Any] = found
    return answer


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("1/pipelines/1001/jobs", {"scope": "failed", "include_retried": "true"}),
        ("demo%2Fshop/pipelines/1001/jobs", {}),
        ("1/pipelines/1021/bridges", {"scope[]": "success"}),
        ("1/pipelines", {"status": "success", "ref": "main", "updated_before": "2027-01-01"}),
    ],
)
def test_the_cursor_of_a_page_is_the_one_that_ends_the_page_before(
    sides: Sides, path: str, params: dict[str, str]
) -> None:
    before = connection(sides, translated(path, per_page="1", page="1", **params))
    page = translated(path, per_page="1", page="2", **params)
    assert page.variables["after"] == before["pageInfo"]["endCursor"]
    assert page.window is None


def test_gitlabs_own_cursor_becomes_one_of_ours(sides: Sides) -> None:
    first = connection(sides, translated("1/jobs", per_page="3", scope="success"))
    last = first["nodes"][-1]["databaseId"]
    keyset = {"pagination": "keyset", "per_page": "3", "scope": "success"}
    following = translated("1/jobs", cursor=make_cursor(last, "n"), **keyset)
    assert following.variables["after"] == first["pageInfo"]["endCursor"]
    assert following.window is None


def test_a_later_page_of_a_projects_jobs_is_a_part_of_what_is_asked_for(sides: Sides) -> None:
    page = translated("1/jobs", per_page="2", page="3")
    assert page.variables == {"projectId": "1", "first": 6}
    assert page.window == (4, 6)
    assert page.path == ".data.project.jobs.nodes[4:6]"
    assert "to walk through the list, take the first page" in page.notes[0]
    assert len(connection(sides, page)["nodes"]) == 6


def test_a_list_that_a_variable_names_has_no_cursor_yet() -> None:
    call = RestCall("GET", "/projects/1/pipelines/${P}/jobs", query=(("page", "2"),))
    page = translate(RestCall(call.method, call.path, query=call.query, references=frozenset("P")))
    assert page.variables == {"projectId": "1", "pipelineId": "${P}", "first": 40}
    assert page.window == (20, 40)


@pytest.mark.parametrize(
    ("params", "first"),
    [
        ({}, None),
        ({"per_page": ""}, None),
        ({"per_page": "-5"}, None),
        ({"per_page": "7", "page": "1"}, 7),
        ({"per_page": "7", "page": "-1"}, 7),
        ({"per_page": "1000"}, 100),
        ({"per_page": "300", "pagination": "keyset"}, 300),
        ({"page": "2"}, 40),
    ],
)
def test_sizes_are_those_that_gitlab_gives(params: dict[str, str], first: int | None) -> None:
    assert translated("1/jobs", **params).variables.get("first") == first
