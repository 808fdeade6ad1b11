"""Fragments are followed, wherever they lead, without being written out."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import pytest
from graphql import parse
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.execution.documents import MAX_ERRORS, Documents
from gateway.limits import depth, fields, root_fields
from gateway.limits.config import DocumentLimits
from gateway.limits.excess import Excess
from gateway.limits.survey import survey
from schema import build_schema

SCHEMA = build_schema()._schema
NO_LIMITS = DocumentLimits(
    characters=0, tokens=0, operations=0, depth=0, root_fields=0, fields=0, aliases=0,
    directives=0, directives_at_once=0, fragment_spreads=0, variables=0, comparisons=0,
    introspection_depth=0, introspection_values=0,
)  # fmt: skip


@dataclass
class Selection:
    """Fields by response key, inline fragments, and the numbers of fragments that are spread."""

    fields: dict[str, Selection | None] = field(default_factory=dict)
    inline: list[Selection] = field(default_factory=list)
    spreads: list[int] = field(default_factory=list)

    def text(self) -> str:
        parts = [
            f"{key}: x{'' if below is None else below.text()}" for key, below in self.fields.items()
        ]
        parts += [f"... {each.text()}" for each in self.inline]
        parts += [f"...f{number}" for number in self.spreads]
        return f"{{ {' '.join(parts)} }}"


def selections(spreads: st.SearchStrategy[list[int]]) -> st.SearchStrategy[Selection]:
    keys = st.sampled_from("abcde")
    leaf = st.builds(Selection, st.dictionaries(keys, st.none(), min_size=1), st.just([]), spreads)
    return st.recursive(
        leaf,
        lambda below: st.builds(
            Selection,
            st.dictionaries(keys, st.one_of(st.none(), below), max_size=3),
            st.lists(below, max_size=2),
            spreads,
        ),
        max_leaves=6,
    )


@st.composite
def documents(draw: st.DrawFn) -> list[Selection]:
    """The operation's selection, then those of fragments; each spreads later ones only."""
    count = draw(st.integers(1, 6))
    later = [
        st.lists(st.integers(number, count - 2), max_size=3) if number < count - 1 else st.just([])
        for number in range(count)
    ]
    return [draw(selections(spreads)) for spreads in later]


def text_of(document: list[Selection]) -> str:
    operation, *fragments = document
    parts = (f"fragment f{number} on T {each.text()}" for number, each in enumerate(fragments))
    return " ".join((f"query {operation.text()}", *parts))


def deepest(selection: Selection, fragments: list[Selection]) -> int:
    depths = [
        1 + (0 if below is None else deepest(below, fragments))
        for below in selection.fields.values()
    ]
    depths += [deepest(each, fragments) for each in selection.inline]
    depths += [deepest(fragments[number], fragments) for number in selection.spreads]
    return max(depths, default=0)


def written_out(selection: Selection, fragments: list[Selection]) -> int:
    count = sum(
        1 + (0 if below is None else written_out(below, fragments))
        for below in selection.fields.values()
    )
    count += sum(written_out(each, fragments) for each in selection.inline)
    return count + sum(written_out(fragments[number], fragments) for number in selection.spreads)


def keys_of(selection: Selection, fragments: list[Selection]) -> set[str]:
    inner = (*selection.inline, *(fragments[number] for number in selection.spreads))
    return set(selection.fields).union(*(keys_of(each, fragments) for each in inner))


def found(excess: Excess | None) -> int:
    return 0 if excess is None else excess.found


@settings(max_examples=50)
@given(documents())
def test_what_is_counted_is_what_writing_all_fragments_out_would_give(
    document: list[Selection],
) -> None:
    operation, *fragments = document
    counted = survey(parse(text_of(document)))
    assert found(depth.check(counted, 0)) == deepest(operation, fragments)
    assert found(fields.check(counted, 0)) == written_out(operation, fragments)
    assert found(root_fields.check(counted, 0)) == len(keys_of(operation, fragments))


@given(
    st.integers(1, 6).flatmap(
        lambda count: st.lists(
            st.lists(st.integers(0, count - 1), max_size=4), min_size=count, max_size=count
        )
    )
)
def test_circles_of_fragments_are_left_to_validation_which_names_them(
    graph: list[list[int]],
) -> None:
    spreads = [" ".join(f"...f{number}" for number in row) for row in graph]
    text = "{ ...f0 } " + " ".join(
        f"fragment f{number} on Query {{ __typename {row} }}" for number, row in enumerate(spreads)
    )
    text += " query all { " + " ".join(f"...f{number}" for number in range(len(graph))) + " }"
    text = text.replace("{ ...f0 }", "query one { ...f0 }", 1)
    document = Documents(SCHEMA).get(text)
    told = [error.message for error in document.errors]
    assert any("within itself" in message for message in told) is has_circle(graph)
    assert all("within itself" in message for message in told[:MAX_ERRORS])


def has_circle(graph: list[list[int]]) -> bool:
    left = dict(enumerate(map(set, graph)))
    while ends := [number for number, row in left.items() if not row & left.keys()]:
        for number in ends:
            del left[number]
    return bool(left)


def everyone_spreads_everyone(count: int) -> str:
    row = " ".join(f"...f{number}" for number in range(count))
    fragments = (f"fragment f{number} on Query {{ {row} }}" for number in range(count))
    return "{ ...f0 } " + " ".join(fragments)


def doubled(levels: int) -> str:
    two = " ".join(
        f"{key}: pipeline {{{{ jobs {{{{ nodes {{{{ ...f{{0}} }}}} }}}} }}}}" for key in "ab"
    )
    fragments = (f"fragment f{n} on Job {{ {two.format(n + 1)} }}" for n in range(levels))
    return f"{{ job(id: 1) {{ ...f0 }} }} {' '.join(fragments)} fragment f{levels} on Job {{ id }}"


@pytest.mark.parametrize(
    "text", [everyone_spreads_everyone(60), doubled(60)], ids=["circles", "doubling"]
)
def test_fragments_that_would_never_end_are_counted_in_the_time_of_reading_them(text: str) -> None:
    node = parse(text)
    start = time.process_time()
    counted = survey(node)
    excesses = [rule(counted, 1) for rule in (depth.check, fields.check, root_fields.check)]
    assert time.process_time() - start < 1  # some milliseconds; the other way it never ends
    assert len(excesses) == 3


def test_a_number_that_nobody_could_read_is_told_as_a_round_one() -> None:
    document = Documents(SCHEMA, limits=DocumentLimits(tokens=0, depth=0, aliases=0)).get(
        doubled(90)
    )
    (excess,) = [error.excess for error in document.errors]  # type: ignore[attr-defined] # all are
    assert (excess.found, excess.at_least) == (1_000_000_000, True)


def test_without_any_limit_validation_still_says_what_it_could_not_do() -> None:
    documents = Documents(SCHEMA, limits=NO_LIMITS)
    assert [error.message for error in documents.get(doubled(100)).errors] == [
        "The query nests its fragments too deeply, or spreads them too often, to be validated."
    ]
