from __future__ import annotations

import pytest

from resolvers.arguments import json_object, project_reference, status_scope
from resolvers.errors import BadUserInput
from upstream.errors import InvalidRequest


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("1", "1"),
        (" 1 ", "1"),
        ("group/sub/name", "group/sub/name"),
        ("group%2Fsub%2Fname", "group/sub/name"),
        ("gruppe%2Fm%C3%BCller", "gruppe/müller"),
    ],
)
def test_a_project_has_one_name_however_it_was_written(given: str, name: str) -> None:
    assert project_reference(given) == name


@pytest.mark.parametrize(
    "name",
    [
        "..",
        "group/../admin",
        "%2E%2E",
        "group%2F..%2Fadmin",
        "group%252Fname",
        "group//name",
        "/group/name",
        "group/name\r\nx-evil: 1",
        "group%0D%0Aname",
        "group?private_token=x",
        "group#part",
        "100%",
        "%FF%FE",
        "x" * 2000,
    ],
)
def test_a_project_that_could_lead_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        project_reference(name)
    assert "\r" not in caught.value.message


@pytest.mark.parametrize("name", ["", "   "])
def test_no_project_is_refused_by_the_name_of_its_argument(name: str) -> None:
    with pytest.raises(BadUserInput, match=r"^id: empty"):
        project_reference(name, "id")


def test_a_filter_by_status_has_one_form() -> None:
    assert status_scope(["running", "failed", "running"]) == ("failed", "running")
    assert status_scope([]) == status_scope(None) == ()


def test_unknown_is_no_status_to_filter_by() -> None:
    with pytest.raises(BadUserInput, match=r"^status: UNKNOWN stands for"):
        status_scope(["failed", "unknown"], "status")


@pytest.mark.parametrize("value", [{}, {"a": [1]}, None])
def test_inputs_are_an_object_or_nothing(value: object) -> None:
    assert json_object(value, "inputs") == value


@pytest.mark.parametrize("value", [[], "a", 1, True])
def test_other_inputs_are_refused(value: object) -> None:
    with pytest.raises(BadUserInput, match=r"^inputs: give an object"):
        json_object(value, "inputs")
