from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upstream.errors import InvalidRequest
from upstream.urls import (
    MAX_CHARACTERS,
    number_segment,
    project_segment,
    query_string,
    sha_segment,
    split_root,
)

NAMES = st.text("abcXYZ019_-.é", min_size=1, max_size=12).filter(lambda name: name.strip("."))
PATHS = st.lists(NAMES, min_size=1, max_size=5).map("/".join)


@pytest.mark.parametrize(
    ("project", "segment"),
    [
        ("1", "1"),
        ("group/sub/project", "group%2Fsub%2Fproject"),
        ("group%2Fsub%2Fproject", "group%2Fsub%2Fproject"),
        ("group%2fproject", "group%2Fproject"),
        ("group/sub%2Fproject", "group%2Fsub%2Fproject"),
        ("a.b-c_d/e~f", "a.b-c_d%2Fe~f"),
        ("gruppe/ü", "gruppe%2F%C3%BC"),
        ("a+b/c@d:e", "a%2Bb%2Fc%40d%3Ae"),
    ],
)
def test_a_project_is_encoded_once(project: str, segment: str) -> None:
    assert project_segment(project) == segment


@given(PATHS)
def test_encoding_is_undone_by_decoding_and_not_done_twice(path: str) -> None:
    segment = project_segment(path)
    assert unquote(segment) == path
    assert project_segment(segment) == segment


@given(st.text(max_size=40))
def test_whatever_passes_is_one_segment_of_safe_characters(text: str) -> None:
    for encode in (project_segment, sha_segment):
        try:
            segment = encode(text)
        except InvalidRequest:
            continue
        assert re.fullmatch(r"(?:[A-Za-z0-9._~-]|%[0-9A-F]{2})+", segment)
        assert segment not in (".", "..")


@pytest.mark.parametrize(
    ("project", "problem"),
    [
        ("", "empty"),
        ("/", "empty part"),
        ("group//project", "empty part"),
        ("/group/project", "empty part"),
        ("group/project/", "empty part"),
        (".", r"\.\."),
        ("..", r"\.\."),
        ("group/../../users", r"\.\."),
        ("%2e%2e", r"\.\."),
        ("group%2F..%2Fother", r"\.\."),
        ("a\r\nprivate-token: x", "control character"),
        ("a%0d%0ab", "control character"),
        ("a\x00", "control character"),
        ("a\x85b", "control character"),
        ("a b", "space"),
        ("1/jobs?private_token=x", r"\?"),
        ("1%3Fx", r"\?"),
        ("1#x", "#"),
        ("group\\project", "backslash"),
        ("group%252Fproject", "%"),
        ("100%", "encodes nothing"),
        ("a%zz", "encodes nothing"),
        ("a%ff", "UTF-8"),
        ("a\ud800", "Unicode"),
        ("a" * (MAX_CHARACTERS + 1), "longer than 1024"),
    ],
)
def test_a_project_that_may_lead_elsewhere_is_refused(project: str, problem: str) -> None:
    with pytest.raises(InvalidRequest, match=problem) as caught:
        project_segment(project)
    assert "project" in caught.value.message
    assert "group/project" in caught.value.message  # what would be right


@pytest.mark.parametrize(
    ("sha", "segment"),
    [
        ("7d7c24a", "7d7c24a"),
        ("feature/one", "feature%2Fone"),
        ("fix-#12", "fix-%2312"),
        ("100%", "100%25"),
        ("feature%2Fone", "feature%252Fone"),
    ],
)
def test_a_ref_is_never_taken_for_encoded(sha: str, segment: str) -> None:
    assert sha_segment(sha) == segment


@pytest.mark.parametrize("sha", ["", "..", "a/../b", "a?b", "a\nb", "a b", "/a", "a\\b", "\udfff"])
def test_a_ref_that_git_would_refuse_is_refused(sha: str) -> None:
    with pytest.raises(InvalidRequest, match="sha"):
        sha_segment(sha)


def test_ids_are_as_wide_as_gitlabs() -> None:
    assert number_segment(2**63 - 1, "job") == "9223372036854775807"


@pytest.mark.parametrize("number", [0, -1, 2**63])
def test_a_number_that_is_no_id_is_refused(number: int) -> None:
    with pytest.raises(InvalidRequest, match="id of a job"):
        number_segment(number, "job")


@given(st.lists(st.tuples(st.text(max_size=9), st.text(max_size=20))))
def test_a_query_comes_back_as_it_was(params: list[tuple[str, str]]) -> None:
    text = query_string([(f"k{name}", value) for name, value in params])
    assert text.isascii()
    assert parse_qsl(text, keep_blank_values=True) == [(f"k{name}", v) for name, v in params]


def test_brackets_of_a_list_are_encoded() -> None:
    params = [("scope[]", "pending"), ("scope[]", "running")]
    assert query_string(params) == "scope%5B%5D=pending&scope%5B%5D=running"


def test_a_filter_that_is_not_unicode_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="Unicode"):
        query_string([("ref", "\ud800")])


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("https://gitlab.example.com", ("https://gitlab.example.com", "")),
        ("https://gitlab.example.com/", ("https://gitlab.example.com", "")),
        ("http://127.0.0.1:8080/gitlab/", ("http://127.0.0.1:8080", "/gitlab")),
        ("http://[::1]:80/a/b", ("http://[::1]:80", "/a/b")),
    ],
)
def test_an_address_is_an_origin_and_a_root(url: str, parts: tuple[str, str]) -> None:
    assert split_root(url) == parts


@pytest.mark.parametrize(
    "url",
    [
        "",
        "gitlab.example.com",
        "ftp://x",
        "http://",
        "http://u:s3cret@x",
        "http://x?y=1",
        "http://x#y",
    ],
)
def test_what_is_no_address_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ValueError, match="GitLab's address") as caught:
        split_root(url)
    assert "s3cret" not in str(caught.value)


def test_a_quoted_segment_is_what_gitlab_expects() -> None:
    assert project_segment("a/b") == quote("a/b", safe="")
