from __future__ import annotations

import gc
import hashlib
import tracemalloc

import pytest
from graphql import OperationType

from gateway.errors import ErrorCode
from gateway.execution.documents import Document, Documents
from gateway.limits.config import DocumentLimits
from tests.gateway.example import SCHEMA


def make(**options: object) -> Documents:
    return Documents(SCHEMA._schema, **options)  # type: ignore[arg-type] # each is checked there


def test_the_same_text_is_parsed_once() -> None:
    documents = make()
    assert documents.get("{ text }") is documents.get("{ text }")
    assert len(documents) == 1


def test_operations_are_found_by_name() -> None:
    document = make().get("query A { text } mutation B { act { text } }")
    assert [(name, one.operation) for name, one in document.operations.items()] == [
        ("A", OperationType.QUERY),
        ("B", OperationType.MUTATION),
    ]


def test_a_syntax_error_is_kept_with_its_text() -> None:
    documents = make()
    document = documents.get("{ text")
    assert document.code is ErrorCode.GRAPHQL_PARSE_FAILED
    assert "Syntax Error" in document.errors[0].message
    assert documents.get("{ text") is document


def test_a_validation_error_names_the_field() -> None:
    document = make().get("{ txet }")
    assert document.code is ErrorCode.GRAPHQL_VALIDATION_FAILED
    assert [error.message for error in document.errors] == [
        "Cannot query field 'txet' on type 'Query'. Did you mean 'text'?"
    ]


def asked_twice(documents: Documents, text: str) -> Document:
    documents.get(text)
    return documents.get(text)


def test_the_least_recently_used_document_goes_first() -> None:
    documents = make(max_documents=2)
    first = asked_twice(documents, "{ text }")
    second = asked_twice(documents, "{ number }")
    documents.get("{ text }")
    asked_twice(documents, "{ later }")
    assert documents.get("{ text }") is first
    assert documents.get("{ number }") is not second


@pytest.mark.parametrize(
    "flood", ["{{ alias{}: text }}", "{{ unknown{} }}", "{{ {} ", "# {}\n{{ a: text b: text }}"]
)
def test_a_flood_of_other_texts_leaves_what_was_asked_for_twice(flood: str) -> None:
    documents = make(max_bytes=200_000, limits=DocumentLimits(aliases=1))
    dashboard = asked_twice(documents, "{ text }")
    for number in range(500):
        documents.get(flood.format(number))
    assert documents.get("{ text }") is dashboard
    assert len(documents) < 500


def test_faulty_texts_do_not_count_as_asked_for_twice() -> None:
    documents = make(max_documents=8)
    dashboard = asked_twice(documents, "{ text }")
    for number in range(100):
        asked_twice(documents, f"{{ unknown{number} }}")
    assert documents.get("{ text }") is dashboard


def test_faulty_texts_are_kept_without_their_tree() -> None:
    document = make().get("{ text { name } unknown }")
    assert document.node is None
    assert [(error.nodes, error.source) for error in document.errors] == [(None, None)] * 2
    assert [error.locations for error in document.errors] == [[(1, 8)], [(1, 17)]]


KINDS = {
    "fields": lambda number: "{ " + "text " * 99 + f"a{number}: text }}",
    "small": lambda number: f"{{ a{number}: text }}",
    "fragments": lambda number: (
        f"query Q{number} {{ ...a ...b }} fragment a on Query {{ text }} "
        "fragment b on Query { number items { name } }"
    ),
    "arguments": lambda number: f'{{ echo(text: "{number}{"x" * 3000}") }}',
    "unicode": lambda number: f'{{ echo(text: "{number}{chr(0x1F98A) * 3000}") }}',
    "comments": lambda number: "{ text } " + f"# {number}\n" * 500,
    "faulty": lambda number: "{ " + " ".join(f"no{number}x{each}" for each in range(100)) + " }",
    "no GraphQL": lambda number: f"{{ {number}" + "x" * 3000,
}


def bytes_taken() -> int:
    """Without the names of visitor methods, which Python's own cache of attributes keeps."""
    gc.collect()
    others = tracemalloc.Filter(inclusive=False, filename_pattern="*visitor.py")
    traces = tracemalloc.take_snapshot().filter_traces([others]).traces
    return sum(each.size for each in traces)


@pytest.mark.parametrize("kind", KINDS)
def test_the_memory_that_documents_take_is_not_estimated_too_low(kind: str) -> None:
    documents = make()
    tracemalloc.start()
    try:
        documents.get(KINDS[kind](0))  # what is left by one reading does not belong to it
        before = documents.weight
        taken = -bytes_taken()
        for number in range(1, 13):
            documents.get(KINDS[kind](number))
        taken += bytes_taken()
    finally:
        tracemalloc.stop()
    estimate = documents.weight - before
    assert estimate / 6 < taken < estimate


def test_the_memory_that_documents_take_is_bounded() -> None:
    documents = make(max_bytes=1_000_000)
    for number in range(60):
        asked_twice(documents, f'{{ echo(text: "{number}{"x" * 20_000}") }}')
        documents.get(f"{{ {number} " + "x" * 20_000)
        assert documents.weight <= 1_000_000
    assert 10 < len(documents) < 60


def test_a_document_larger_than_all_the_room_is_served_and_not_kept() -> None:
    documents = make(max_bytes=10_000)
    text = f'{{ echo(text: "{"x" * 20_000}") }}'
    assert asked_twice(documents, text).errors == ()
    assert len(documents) == 0


def test_plans_count_for_the_room_that_a_document_takes() -> None:
    documents = make(max_bytes=400_000)
    planned = asked_twice(documents, "{ text }")
    asked_twice(documents, "{ number }")
    planned.planned = 1_000_000
    asked_twice(documents, "{ later }")
    assert documents.get("{ text }") is not planned


def test_too_many_tokens_are_not_parsed() -> None:
    document = make(limits=DocumentLimits(tokens=10)).get("{ " + "text " * 50 + "}")
    assert document.code is ErrorCode.LIMIT_EXCEEDED
    assert "more than 10 tokens" in document.errors[0].message


def test_a_query_that_nests_without_end_is_an_error_not_a_crash() -> None:
    document = make().get("{ a " * 3000 + "}" * 3000)
    assert document.errors
    assert document.node is None


@pytest.mark.parametrize(
    "query", ["{ __schema { types { name } } }", '{ __type(name: "A") { name } }']
)
def test_without_introspection_the_schema_cannot_be_asked_for(query: str) -> None:
    document = make(introspection=False).get(query)
    assert all("introspection" in error.message.lower() for error in document.errors)
    assert document.errors


def test_without_introspection_no_suggestion_names_a_field() -> None:
    document = make(introspection=False).get("{ txet }")
    assert [error.message for error in document.errors] == [
        "Cannot query field 'txet' on type 'Query'."
    ]


def test_typename_stays_without_introspection() -> None:
    assert not make(introspection=False).get("{ __typename }").errors


def test_lookups_are_counted() -> None:
    documents = make(max_documents=1)
    for text in ("{ text }", "{ text }", "{ later }", "{ txet }"):
        documents.get(text)
    assert (documents.hits, documents.misses, documents.evicted) == (1, 3, 1)


def test_a_digest_stands_for_the_text_whatever_it_is() -> None:
    texts = ["{ text }", "{ text  }", "{", "\ud800"]
    digests = {make().get(text).digest for text in texts}
    assert len(digests) == len(texts)
    assert make().get("{ text }").digest == hashlib.sha256(b"{ text }").hexdigest()[:16]
