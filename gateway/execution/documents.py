"""Parsed and validated documents, kept by their text.

Parsing and validating a dashboard's query costs more than executing it, and a dashboard sends the
same text again and again. What a text means does not depend on who sent it, so this is shared by
all callers. So are the verdicts of the limits: they are reached once for a text, too.
"""

from __future__ import annotations

import hashlib
import sys
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from graphql import (
    ASTValidationRule,
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    specified_rules,
    validate,
)
from graphql.validation import MaxIntrospectionDepthRule, OverlappingFieldsCanBeMergedRule
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from gateway.errors import ErrorCode
from gateway.execution.names import SchemaNames
from gateway.limits import characters, tokens
from gateway.limits.comparisons import FieldComparisons
from gateway.limits.config import DocumentLimits
from gateway.limits.excess import Excess, LimitExceededError
from gateway.limits.introspection import list_lengths
from gateway.limits.rules import Rules

DEFAULT_DOCUMENTS = 1024
DEFAULT_BYTES = 64 * 1024 * 1024
DIGEST_CHARACTERS = 16  # of a SHA-256 in hexadecimal: enough to tell a text from others, in a log
MAX_ERRORS = 10  # of validation, for one document; each costs about as much as fifty fields

# Estimates, from what tracemalloc says of documents of every kind (tests hold them to it).
BYTES_PER_TOKEN = 700
BYTES_PER_ERROR = 2_000
BYTES_PER_PLANNED_FIELD = 800

# What graphql-core says of a query with more fragments in fragments than it will follow. Only one
# whose limits have been switched off comes so far.
_ABORTED = "Validation aborted."
_ABORTED_AND_WHY = (
    "The query nests its fragments too deeply, or spreads them too often, to be validated."
)

# Of the room, for documents that have not been asked for twice: see Documents.
NEW_SHARE = 4


@dataclass(slots=True, eq=False)
class Document:
    """One query text: either ready to be executed, or the errors that it will always have.

    `operations` is keyed by name, None for an anonymous one. `plans` belongs to the engine, which
    may keep there what it derives from the document; it lives and dies with it, and `planned` says
    how many fields there are in it. `size` is in bytes, without the plans. `digest` stands for the
    text where the text itself is too long, or nobody's business.
    """

    text: str
    node: DocumentNode | None = None
    operations: Mapping[str | None, OperationDefinitionNode] = field(default_factory=dict)
    errors: tuple[GraphQLError, ...] = ()
    code: ErrorCode = ErrorCode.GRAPHQL_VALIDATION_FAILED  # of the errors
    plans: dict[Any, Any] = field(default_factory=dict)
    planned: int = 0
    size: int = 0
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        digest = hashlib.sha256(self.text.encode(errors="surrogatepass")).hexdigest()
        self.digest = digest[:DIGEST_CHARACTERS]

    @property
    def weight(self) -> int:
        """Bytes of memory, as an estimate."""
        return self.size + self.planned * BYTES_PER_PLANNED_FIELD


class _Shelf:
    """Documents by text, the least recently used in front. `evicted` counts since the start."""

    def __init__(self, documents: int, room: int) -> None:
        self.kept: OrderedDict[str, Document] = OrderedDict()
        self._documents = documents
        self._room = room
        self.evicted = 0

    def put(self, document: Document) -> None:
        self.kept[document.text] = document
        weight = sum(each.weight for each in self.kept.values())  # plans have come since
        while self.kept and (len(self.kept) > self._documents or weight > self._room):
            weight -= self.kept.popitem(last=False)[1].weight
            self.evicted += 1


class Documents:
    """A cache, bounded in documents and in bytes.

    A text that comes for the first time is kept among the new ones, in a quarter of the room, and
    moves on when it comes again: so neither a flood of different texts nor one of faulty ones,
    which never move on, costs a dashboard its documents. `hits` and `misses` count since the start.
    `hidden_names` are those that no error may tell: None where the schema may be asked for.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        *,
        max_documents: int = DEFAULT_DOCUMENTS,
        max_bytes: int = DEFAULT_BYTES,
        limits: DocumentLimits | None = None,
        introspection: bool = True,
    ) -> None:
        self._schema = schema
        self._limits = limits or DocumentLimits()
        self._rules = Rules(self._limits, list_lengths(schema))
        # A suggestion ("Did you mean ...?") names a field, which is introspection by other means.
        self._hide_suggestions = not introspection
        self._validation_rules = _validation_rules(introspection=introspection)
        self.hidden_names = None if introspection else SchemaNames(schema)
        new_documents, new_bytes = max_documents // NEW_SHARE, max_bytes // NEW_SHARE
        self._new = _Shelf(max(1, new_documents), new_bytes)
        self._proven = _Shelf(max(1, max_documents - new_documents), max_bytes - new_bytes)
        self._known = self._proven.kept
        self.hits = 0
        self.misses = 0

    def __len__(self) -> int:
        return len(self._proven.kept) + len(self._new.kept)

    @property
    def evicted(self) -> int:
        """Documents that were pushed out since the start."""
        return self._new.evicted + self._proven.evicted

    @property
    def weight(self) -> int:
        """Bytes of memory that the documents take, as an estimate."""
        shelves = (self._new, self._proven)
        return sum(each.weight for shelf in shelves for each in shelf.kept.values())

    def get(self, text: str) -> Document:
        document = self._known.get(text)
        if document is not None:
            self._known.move_to_end(text)
            self.hits += 1
            return document
        document = self._new.kept.get(text)
        if document is None:
            self.misses += 1
            document = self._read(text)
            self._new.put(document)
            return document
        self.hits += 1
        if document.errors:
            self._new.kept.move_to_end(text)
        else:
            del self._new.kept[text]
            self._proven.put(document)
        return document

    def _read(self, text: str) -> Document:
        excess = characters.check(text, self._limits.characters)
        if excess is not None:
            return _refused(text, [excess])
        try:
            node = tokens.parse_within(text, self._limits.tokens)
        except GraphQLSyntaxError as error:
            # The traceback would keep the frames of the parser alive with the cached error.
            return _faulty(text, [error.with_traceback(None)], ErrorCode.GRAPHQL_PARSE_FAILED)
        if isinstance(node, Excess):
            return _refused(text, [node])
        found = self._rules.check(node)
        if found:
            return _refused(text, found)
        return self._validated(text, node)

    def _validated(self, text: str, node: DocumentNode) -> Document:
        comparisons = FieldComparisons(self._limits.comparisons)
        errors = validate(
            self._schema,
            node,
            [*self._validation_rules, cast("Any", comparisons)],  # it only ever calls them
            max_errors=MAX_ERRORS,
            hide_suggestions=self._hide_suggestions,
        )
        excess = comparisons.excess()
        if excess is not None:
            return _refused(text, [excess])
        if errors:
            return _faulty(text, errors, ErrorCode.GRAPHQL_VALIDATION_FAILED)
        operations = {
            definition.name.value if definition.name else None: definition
            for definition in node.definitions
            if isinstance(definition, OperationDefinitionNode)
        }
        # Twice the text: names and strings in the tree are pieces of it.
        size = 2 * sys.getsizeof(text) + node.token_count * BYTES_PER_TOKEN
        return Document(text, node, operations, size=size)


def _refused(text: str, found: list[Excess]) -> Document:
    return _faulty(text, [LimitExceededError(each) for each in found], ErrorCode.LIMIT_EXCEEDED)


def _faulty(text: str, errors: list[GraphQLError], code: ErrorCode) -> Document:
    for error in errors:
        # Where in the text it is, an error knows by itself; it need not keep the whole tree.
        error.nodes = error.source = None
        if error.message == _ABORTED:
            error.message = _ABORTED_AND_WHY
    size = 2 * sys.getsizeof(text) + len(errors) * BYTES_PER_ERROR
    return Document(text, errors=tuple(errors), code=code, size=size)


def _validation_rules(*, introspection: bool) -> tuple[type[ASTValidationRule], ...]:
    """Those that graphql-core knows, but for the two that stand in gateway.limits."""
    elsewhere = (MaxIntrospectionDepthRule, OverlappingFieldsCanBeMergedRule)
    specified = (rule for rule in specified_rules if rule not in elsewhere)
    rules = (*specified, MaybeNullValidationRule, OneOfInputValidationRule)
    return rules if introspection else (*rules, NoSchemaIntrospectionCustomRule)
