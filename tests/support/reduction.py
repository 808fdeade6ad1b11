"""Makes an operation that shows a fault smaller, as long as it is valid and shows it.

hypothesis shrinks the choices that an operation was made from, which takes minutes and knows no
GraphQL. Leaving out a selection, an argument or a directive at a time takes a second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from graphql import (
    REMOVE,
    ArgumentNode,
    DirectiveNode,
    DocumentNode,
    GraphQLSchema,
    Node,
    SelectionNode,
    SelectionSetNode,
    VariableDefinitionNode,
    Visitor,
    parse,
    print_ast,
    validate,
    visit,
)

Position = tuple[str | int, ...]


def reduced(text: str, schema: GraphQLSchema, shows_it: Callable[[str], bool]) -> str:
    """The smallest text that can be reached by leaving out one part after the other."""
    document = parse(text)
    while True:
        for candidate in map(_tidied, _smaller(document)):
            if not validate(schema, candidate) and shows_it(print_ast(candidate)):
                document = candidate
                break
        else:
            return " ".join(print_ast(document).split())


def _smaller(document: DocumentNode) -> Iterator[DocumentNode]:
    for position in _parts(document):
        yield _edited(document, _At(position))


def _parts(document: DocumentNode) -> list[Position]:
    """Selections that are not alone, arguments and directives; whole branches come first."""
    found: list[Position] = []

    class Finder(Visitor):
        def enter(self, node: Node, _key: Any, parent: Any, path: Any, ancestors: Any) -> None:
            among = ancestors[-1] if ancestors else None
            alone = isinstance(among, SelectionSetNode) and len(parent) == 1
            parts = SelectionNode | ArgumentNode | DirectiveNode
            if isinstance(node, parts) and not alone:
                found.append(tuple(path))

    visit(document, Finder())
    return found


def _tidied(document: DocumentNode) -> DocumentNode:
    """Without fragments and variables that nothing names any more."""
    while True:
        names = _Names()
        visit(document, names)
        tidied = _edited(document, names)
        if tidied is document:
            return document
        document = tidied


class _At:
    def __init__(self, position: Position) -> None:
        self._position = position

    def __call__(self, _: Any, position: Position) -> bool:
        return position == self._position


class _Names(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self._spread: set[str] = set()
        self._variables: set[str] = set()

    def enter_fragment_spread(self, node: Any, *_: Any) -> None:
        self._spread.add(node.name.value)

    def enter_variable(self, node: Any, _key: Any, parent: Any, *_: Any) -> None:
        if not isinstance(parent, VariableDefinitionNode):
            self._variables.add(node.name.value)

    def __call__(self, node: Any, _: Position) -> bool:
        """Whether a definition is of something that is not named."""
        if node.kind == "fragment_definition":
            return node.name.value not in self._spread
        return node.kind == "variable_definition" and (
            node.variable.name.value not in self._variables
        )


def _edited(document: DocumentNode, goes: Callable[[Any, Position], bool]) -> DocumentNode:
    class Editor(Visitor):
        def enter(self, node: Node, _key: Any, _parent: Any, path: Any, *_: Any) -> Any:
            return REMOVE if goes(node, tuple(path)) else None

    edited: DocumentNode = visit(document, Editor())
    return edited
