from __future__ import annotations

import hashlib

import pytest
from graphql import OperationType

from gateway.errors import ErrorCode
from gateway.execution import documents as module
from gateway.execution.documents import Documents
from tests.gateway.example import SCHEMA


def make(**options: int | bool) -> Documents:
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


def test_the_least_recently_used_document_goes_first() -> None:
    documents = make(max_documents=2)
    first = documents.get("{ text }")
    second = documents.get("{ number }")
    documents.get("{ text }")
    documents.get("{ later }")
    assert len(documents) == 2
    assert documents.get("{ text }") is first
    assert documents.get("{ number }") is not second


def test_the_characters_kept_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_CHARACTERS", 30)
    documents = make()
    for number in range(10):
        documents.get(f"{{ alias{number}: text }}")
    assert len(documents) == 1
    documents.get("{ text } #" + "x" * 40)
    assert len(documents) == 0


def test_too_many_tokens_are_not_parsed() -> None:
    document = make(max_tokens=10).get("{ " + "text " * 50 + "}")
    assert document.code is ErrorCode.GRAPHQL_PARSE_FAILED
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
    assert (documents.hits, documents.misses, documents.evicted) == (1, 3, 2)


def test_a_digest_stands_for_the_text_whatever_it_is() -> None:
    texts = ["{ text }", "{ text  }", "{", "\ud800"]
    digests = {make().get(text).digest for text in texts}
    assert len(digests) == len(texts)
    assert make().get("{ text }").digest == hashlib.sha256(b"{ text }").hexdigest()[:16]
