"""The values of REST's parameters, as variables; the words for yes and no are GitLab's."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.migrate.parameters import nested, pairs_of
from gateway.migrate.problems import Unreadable, Untranslatable
from gateway.migrate.routes import Kind, Parameter
from gateway.migrate.values import LEFT_OUT, placeholder_of, variable_of


def variable(kind: Kind, value: Any) -> Any:
    return variable_of(Parameter("x", kind, "x"), value)


@pytest.mark.parametrize("word", ["true", "t", "1", "on", "yes", "TRUE", "Yes", True])
def test_these_words_mean_yes(word: Any) -> None:
    assert variable(Kind.SWITCH, word) is True


@pytest.mark.parametrize("word", ["false", "f", "0", "off", "no", "FALSE", False])
def test_these_words_mean_no(word: Any) -> None:
    assert variable(Kind.SWITCH, word) is False


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (Kind.STATUSES, "failed", ["FAILED"]),
        (Kind.STATUSES, ["failed", "manual", "failed"], ["FAILED", "MANUAL"]),
        (Kind.STATUSES, {"0": "failed", "1": "manual"}, ["FAILED", "MANUAL"]),
        (Kind.STATUSES, [], LEFT_OUT),
        (Kind.STATUSES, None, LEFT_OUT),
        (Kind.STATUS, "success", "SUCCESS"),
        (Kind.SWITCH, "", LEFT_OUT),
        (Kind.TEXT, " main ", " main "),
        (Kind.TEXT, "  ", LEFT_OUT),
        (Kind.TEXT, None, LEFT_OUT),
        (Kind.MOMENT, "2026-02-13T10:00:00+01:00", "2026-02-13T10:00:00+01:00"),
        (Kind.MOMENT, "", LEFT_OUT),
        (Kind.OBJECT, {"a": [1, None]}, {"a": [1, None]}),
        (Kind.OBJECT, None, LEFT_OUT),
        (Kind.VARIABLES, [], []),
        (Kind.VARIABLES, None, LEFT_OUT),
        (Kind.VARIABLES, [{"key": "A", "value": True}], [{"key": "A", "value": "true"}]),
        (Kind.VARIABLES, [{"key": "A", "value": 1.5}], [{"key": "A", "value": "1.5"}]),
    ],
)  # fmt: skip
def test_a_value_becomes_a_variable(kind: Kind, value: Any, expected: Any) -> None:
    assert variable(kind, value) == expected


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Kind.STATUSES, "unknown"),
        (Kind.STATUSES, ["failed", None]),
        (Kind.STATUSES, [["failed"]]),
        (Kind.STATUS, ""),
        (Kind.STATUS, ["failed"]),
        (Kind.SWITCH, "maybe"),
        (Kind.SWITCH, ["true"]),
        (Kind.TEXT, ["main"]),
        (Kind.MOMENT, "yesterday"),
        (Kind.MOMENT, 7),
        (Kind.OBJECT, ["a"]),
        (Kind.VARIABLES, {"key": "A", "value": "b"}),
        (Kind.VARIABLES, ["A"]),
        (Kind.VARIABLES, [{"key": "A", "value": "b", "variable_type": "file"}]),
        (Kind.VARIABLES, [{"key": None, "value": "b"}]),
    ],
)
def test_what_gitlab_would_refuse_is_refused(kind: Kind, value: Any) -> None:
    with pytest.raises(Untranslatable, match=r"^x"):
        variable(kind, value)


def test_a_placeholder_is_nothing_that_gitlab_would_take() -> None:
    (variable_,) = placeholder_of(Parameter("x", Kind.VARIABLES, "variables"))
    assert not variable_["key"].isidentifier()
    assert placeholder_of(Parameter("x", Kind.OBJECT, "inputs")) == {"<name>": "<value>"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a=1&a=2", {"a": "2"}),
        ("a[]=1&a[]=2", {"a": ["1", "2"]}),
        ("a%5B%5D=1", {"a": ["1"]}),
        ("a[b]=1&a[c]=2", {"a": {"b": "1", "c": "2"}}),
        ("a[][k]=1&a[][v]=2&a[][k]=3", {"a": [{"k": "1", "v": "2"}, {"k": "3"}]}),
        ("a=b+c%20d%2B", {"a": "b c d+"}),
        ("a&b=", {"a": "", "b": ""}),
        ("[]=1&a]=2", {"[]": "1", "a]": "2"}),
        ("", {}),
    ],
)
def test_parameters_are_nested_as_rack_does(text: str, expected: dict[str, Any]) -> None:
    assert nested(pairs_of(text)) == expected


@pytest.mark.parametrize(
    "text", ["a=1&a[]=2", "a[b]=1&a[]=2", "a[]=1&a[b]=2", "&".join("a" * 1001)]
)
def test_parameters_that_contradict_each_other_are_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        nested(pairs_of(text))
