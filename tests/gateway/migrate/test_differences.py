"""Each value that differs is found, at its place, and nothing else is."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.migrate import entities
from gateway.migrate.call import RestCall
from gateway.migrate.differences import ABSENT, Comparison, Difference, changed
from gateway.migrate.translation import translate
from tests.gateway.migrate.agreement import answer_of, both_sides

Place = tuple[str | int, ...]


@pytest.fixture(scope="module")
def job() -> tuple[Any, Any]:
    """A job as REST shows it, and as GraphQL does."""
    call = RestCall("GET", "/projects/1/jobs/20017")
    with both_sides() as sides:
        translation = translate(call)
        shown = answer_of(translation, sides.graphql(translation))
        return sides.rest(call).json(), shown


def compared(rest: Any, shown: Any) -> Comparison:
    comparison = Comparison()
    comparison.objects(entities.JOB, rest, shown)
    return comparison


def leaves(value: Any, place: Place = ()) -> Iterator[Place]:
    if isinstance(value, dict) and value:
        for key, each in value.items():
            yield from leaves(each, (*place, key))
    elif isinstance(value, list) and value:
        for index, each in enumerate(value):
            yield from leaves(each, (*place, index))
    else:
        yield place


def put(value: Any, place: Place, new: Any) -> Any:
    altered = copy.deepcopy(value)
    inner = altered
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = new
    return altered


def test_the_same_job_has_no_differences(job: tuple[Any, Any]) -> None:
    comparison = compared(*job)
    assert comparison.differences == comparison.more == []
    assert comparison.left_out == {"User.is_followed", "Runner.created_by"}
    assert comparison.compared > 80


@given(data=st.data())
def test_one_altered_value_is_one_difference(job: tuple[Any, Any], data: st.DataObject) -> None:
    rest, shown = job
    place = data.draw(st.sampled_from(list(leaves(shown))))
    new = data.draw(st.sampled_from(["altered", -1, [{"a": "b"}], {"a": "b"}]))
    comparison = compared(rest, put(shown, place, new))
    # Where REST leaves a key out, what GraphQL tells is more than REST, not other.
    assert len(comparison.differences) + len(comparison.more) == 1


def test_a_difference_tells_its_place_and_both_values(job: tuple[Any, Any]) -> None:
    rest, shown = job
    altered = put(put(shown, ("pipeline", "sha"), "0"), ("artifacts", 0, "size"), new=True)
    told = {each.path: each for each in compared(rest, altered).differences}
    assert told == {
        "pipeline.sha": Difference("pipeline.sha", rest["pipeline"]["sha"], "0"),
        "artifacts[0].size": Difference(
            "artifacts[0].size", rest["artifacts"][0]["size"], graphql=True
        ),
    }


def test_a_key_that_nothing_shows_is_a_difference(job: tuple[Any, Any]) -> None:
    rest, shown = job
    assert compared({**rest, "brand_new": 1}, shown).differences == [
        Difference("brand_new", 1, ABSENT)
    ]


def test_what_graphql_tells_beyond_rest_is_no_difference(job: tuple[Any, Any]) -> None:
    rest, shown = job
    older = {key: value for key, value in rest.items() if key != "archived"}
    comparison = compared(older, {**shown, "archived": True})
    assert comparison.differences == []
    assert comparison.more == [Difference("archived", ABSENT, graphql=True)]


@pytest.mark.parametrize(
    ("rest", "shown", "same"),
    [
        (1, 1.0, True),
        (1, True, False),
        (0, False, False),
        (None, None, True),
        (None, [], False),
        ("", None, False),
        ("1", 1, False),
    ],
)
def test_values_are_compared_as_json_has_them(rest: Any, shown: Any, *, same: bool) -> None:
    comparison = Comparison()
    comparison.values(rest, shown, "x")
    assert (comparison.differences == []) is same


def test_a_status_that_is_new_is_unknown(job: tuple[Any, Any]) -> None:
    rest, shown = job
    altered = {**rest, "status": "pondering"}
    assert compared(altered, {**shown, "status": "UNKNOWN"}).differences == []
    assert compared(altered, shown).differences == [
        Difference("status", "UNKNOWN", shown["status"])
    ]


def test_lists_of_other_lengths_differ(job: tuple[Any, Any]) -> None:
    rest, shown = job
    comparison = Comparison()
    comparison.lists(entities.JOB, [rest], [shown, shown])
    assert [each.path for each in comparison.differences] == ["[1]"]


def test_what_rest_itself_changes_is_told_by_place() -> None:
    before = {"a": 1, "b": {"c": [1, {"d": 2}]}, "e": [1]}
    after = {"a": 1, "b": {"c": [1, {"d": 3}]}, "e": [1, 2], "f": 0}
    assert set(changed(before, after)) == {"b.c[1].d", "e", "f"}
