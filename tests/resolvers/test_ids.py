from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.errors import BadUserInput
from resolvers.ids import GlobalId, locate, parse_global_id, require_global_id

NUMBERS = st.integers(1, 10**19 - 1).map(str)
PROJECTS = st.one_of(
    NUMBERS,
    st.text(st.characters(codec="utf-8", exclude_characters=":"), min_size=1, max_size=40),
)
SHAS = st.text("0123456789abcdef", min_size=7, max_size=40)


def global_ids() -> st.SearchStrategy[GlobalId]:
    return st.one_of(
        st.builds(GlobalId, st.sampled_from(["Job", "Pipeline"]), PROJECTS, NUMBERS, st.just("")),
        st.builds(GlobalId, st.just("Commit"), PROJECTS, SHAS, st.just("")),
        st.builds(GlobalId, st.sampled_from(["Job", "Bridge"]), PROJECTS, NUMBERS, NUMBERS),
    )


def encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@given(global_ids())
def test_a_global_id_comes_back_as_it_went(global_id: GlobalId) -> None:
    assert parse_global_id(str(global_id)) == global_id


@given(global_ids())
def test_a_global_id_is_one_word_of_a_url(global_id: GlobalId) -> None:
    assert set(str(global_id)) <= set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    )


@given(st.lists(global_ids(), unique=True))
def test_different_objects_have_different_ids(ids: list[GlobalId]) -> None:
    assert len(set(map(str, ids))) == len(ids)


@given(st.text())
def test_foreign_text_never_becomes_an_id(text: str) -> None:
    parsed = parse_global_id(text)
    assert parsed is None or str(parsed) == text.rstrip("=")


@given(st.text(max_size=30))
def test_foreign_text_in_our_clothes_never_becomes_an_id(text: str) -> None:
    parsed = parse_global_id(encoded(text.encode(errors="replace").decode()))
    assert parsed is None or parsed.type_name in {"Job", "Bridge", "Pipeline", "Commit"}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "Job",
        "Job:1",
        "Job:1:0",
        "Job:1:-7",
        "Job:1:07",
        "Job:1:6:7:8",
        "Job:1::7",
        "Job:1:0:7",
        "Job:1:six:7",
        "Job:1:seven",
        "Job:1:7\n",
        "Job::7",
        "Job:1:99999999999999999999",
        "Job:1:\N{ARABIC-INDIC DIGIT SEVEN}",
        "job:1:7",
        "Runner:1:7",
        "Pipeline:1:6:7",
        "Commit:1:6:abc",
        "Bridge:1:7",
        "Bridge:1::7",
        "Bridge:1:6:x",
        "Commit:1:",
    ],
)
def test_what_is_almost_an_id_is_none(content: str) -> None:
    assert parse_global_id(encoded(content)) is None


def test_a_jobs_id_may_tell_its_pipeline() -> None:
    assert parse_global_id(encoded("Job:1:6:7")) == GlobalId("Job", "1", "7", "6")
    assert parse_global_id(encoded("Job:1:7")) == GlobalId("Job", "1", "7")


def test_one_object_has_one_spelling() -> None:
    text = str(GlobalId("Job", "1", "7"))
    # The last character has bits that decoding drops: another one there is another text.
    assert parse_global_id(f"{text[:-1]}{chr(ord(text[-1]) + 1)}") is None


def test_require_names_the_argument_and_the_value() -> None:
    with pytest.raises(BadUserInput) as caught:
        require_global_id("x" * 100, "ids")
    assert caught.value.message.startswith("ids: 'xxxx")
    assert "..." in caught.value.message
    assert len(caught.value.message) < 150


def test_a_number_goes_with_its_project() -> None:
    assert locate("group/name", "7", "Job") == GlobalId("Job", "group/name", "7")


def test_a_number_stands_for_the_first_type() -> None:
    assert locate("1", "7", "Bridge", "Job").type_name == "Bridge"


@pytest.mark.parametrize("kind", ["Build", "Bridge", "Pipeline"])
def test_gitlabs_own_global_id_counts_as_its_number(kind: str) -> None:
    assert locate("1", f"gid://gitlab/Ci::{kind}/7", "Job") == GlobalId("Job", "1", "7")


def test_a_global_id_goes_alone() -> None:
    wanted = GlobalId("Bridge", "1", "7", "6")
    assert locate(None, str(wanted), "Job", "Bridge") == wanted


@pytest.mark.parametrize(
    ("project", "id", "told"),
    [
        (None, "7", "needs `projectId` beside it"),
        (None, "gid://gitlab/Ci::Build/7", "needs `projectId` beside it"),
        ("1", str(GlobalId("Job", "1", "7")), "leave it out"),
        ("1", "", "neither a number of GitLab nor a global id"),
        ("1", "07", "neither a number of GitLab nor a global id"),
        ("1", "0", "neither a number of GitLab nor a global id"),
        ("1", "-7", "neither a number of GitLab nor a global id"),
        ("1", "7/../8", "neither a number of GitLab nor a global id"),
        ("1", "7\r\nx-evil: 1", "neither a number of GitLab nor a global id"),
        ("1", "gid://gitlab/Ci::Runner/7", "neither a number of GitLab nor a global id"),
        (None, str(GlobalId("Pipeline", "1", "6")), "names a Pipeline; wanted is a Job"),
    ],
)
def test_other_ways_of_naming_a_job_are_refused(project: str | None, id: str, told: str) -> None:
    with pytest.raises(BadUserInput) as caught:
        locate(project, id, "Job")
    assert told in caught.value.message
    assert "\r" not in caught.value.message
