"""Parsed and validated documents, kept by their text.

Parsing and validating a dashboard's query costs more than executing it, and a dashboard sends the
same text again and again. What a text means does not depend on who sent it, so this is shared by
all callers.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    ASTValidationRule,
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    parse,
    specified_rules,
    validate,
)
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from gateway.errors import ErrorCode

DEFAULT_DOCUMENTS = 1024
DEFAULT_TOKENS = 10_000  # the largest introspection query in use has about 500
DIGEST_CHARACTERS = 16  # of a SHA-256 in hexadecimal: enough to tell a text from others, in a log
MAX_CHARACTERS = 1_000_000  # of all texts kept; a parsed document takes about a hundred times that


@dataclass(slots=True, eq=False)
class Document:
    """One query text: either ready to be executed, or the errors that it will always have.

    `operations` is keyed by name, None for an anonymous one. `plans` belongs to the engine, which
    may keep there what it derives from the document; it lives and dies with it. `digest` stands
    for the text where the text itself is too long, or nobody's business.
    """

    text: str
    node: DocumentNode | None = None
    operations: Mapping[str | None, OperationDefinitionNode] = field(default_factory=dict)
    errors: tuple[GraphQLError, ...] = ()
    code: ErrorCode = ErrorCode.GRAPHQL_VALIDATION_FAILED  # of the errors
    plans: dict[Any, Any] = field(default_factory=dict)
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        digest = hashlib.sha256(self.text.encode(errors="surrogatepass")).hexdigest()
        self.digest = digest[:DIGEST_CHARACTERS]


class Documents:
    """A bounded cache: the least recently used document goes first.

    `hits`, `misses` and `evicted` count since the start.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        *,
        max_documents: int = DEFAULT_DOCUMENTS,
        max_tokens: int = DEFAULT_TOKENS,
        introspection: bool = True,
    ) -> None:
        self._schema = schema
        self._max_documents = max_documents
        self._max_tokens = max_tokens
        # A suggestion ("Did you mean ...?") names a field, which is introspection by other means.
        self._hide_suggestions = not introspection
        self._rules = _validation_rules(introspection=introspection)
        self._kept: OrderedDict[str, Document] = OrderedDict()
        self._characters = 0
        self.hits = 0
        self.misses = 0
        self.evicted = 0

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, text: str) -> Document:
        document = self._kept.get(text)
        if document is not None:
            self._kept.move_to_end(text)
            self.hits += 1
            return document
        self.misses += 1
        document = self._read(text)
        self._keep(document)
        return document

    def _keep(self, document: Document) -> None:
        self._kept[document.text] = document
        self._characters += len(document.text)
        while len(self._kept) > self._max_documents or self._characters > MAX_CHARACTERS:
            text, _ = self._kept.popitem(last=False)
            self._characters -= len(text)
            self.evicted += 1

    def _read(self, text: str) -> Document:
        try:
            node = parse(text, max_tokens=self._max_tokens)
        except GraphQLSyntaxError as error:
            # The traceback would keep the frames of the parser alive with the cached error.
            return Document(
                text, errors=(error.with_traceback(None),), code=ErrorCode.GRAPHQL_PARSE_FAILED
            )
        errors = validate(self._schema, node, self._rules, hide_suggestions=self._hide_suggestions)
        if errors:
            return Document(text, errors=tuple(errors))
        operations = {
            definition.name.value if definition.name else None: definition
            for definition in node.definitions
            if isinstance(definition, OperationDefinitionNode)
        }
        return Document(text, node, operations)


def _validation_rules(*, introspection: bool) -> tuple[type[ASTValidationRule], ...]:
    rules = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)
    return rules if introspection else (*rules, NoSchemaIntrospectionCustomRule)
