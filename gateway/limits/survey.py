"""One walk over a parsed document that counts what the rules ask about.

Each definition is counted by itself, with its fragment spreads noted; a total over everything that
an operation reaches is then made of these parts, each of which is looked at once. So neither
fragments within fragments nor circles of them cost more than the text is long. A circle adds
nothing here: validation refuses it, and says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

SCHEMA_FIELDS = frozenset({"__schema", "__type"})

Definition = OperationDefinitionNode | FragmentDefinitionNode


@dataclass(slots=True)
class Part:
    """What one operation or fragment holds by itself.

    What stands below __schema and __type counts for neither depth nor fields: its roots are noted
    in `introspection`. `spread` has a name for each place where a fragment is spread; `spreads`
    leaves out those of introspection, and has the depth of each place.
    """

    definition: Definition
    depth: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0
    most_directives: int = 0
    spreads: list[tuple[str, int]] = field(default_factory=list)
    spread: list[str] = field(default_factory=list)
    introspection: list[FieldNode] = field(default_factory=list)


@dataclass(slots=True)
class Survey:
    """`order` has the fragments so that each comes after those that it spreads."""

    parts: list[Part]
    operations: list[Part]
    fragments: Mapping[str, Part]
    order: list[str]


def survey(document: DocumentNode) -> Survey:
    parts = [
        _part(definition)
        for definition in document.definitions
        if isinstance(definition, OperationDefinitionNode | FragmentDefinitionNode)
    ]
    operations = [part for part in parts if isinstance(part.definition, OperationDefinitionNode)]
    fragments = {
        part.definition.name.value: part
        for part in parts
        if isinstance(part.definition, FragmentDefinitionNode)
    }
    return Survey(parts, operations, fragments, _inner_first(fragments))


def _part(definition: Definition) -> Part:
    part = Part(definition)
    _count_directives(part, definition)
    for variable in definition.variable_definitions or ():
        _count_directives(part, variable)
    stack: list[tuple[SelectionSetNode, int, bool]] = [(definition.selection_set, 0, False)]
    while stack:
        selections, depth, inside = stack.pop()
        for selection in selections.selections:
            below = depth
            within = inside
            _count_directives(part, selection)
            if isinstance(selection, FragmentSpreadNode):
                part.spread.append(selection.name.value)
                if not inside:
                    part.spreads.append((selection.name.value, depth))
                continue
            if isinstance(selection, FieldNode):
                below, within = _count_field(part, selection, depth, inside=inside)
            nested = _nested(selection)
            if nested is not None:
                stack.append((nested, below, within))
    return part


def _count_field(part: Part, node: FieldNode, depth: int, *, inside: bool) -> tuple[int, bool]:
    """Depth and whereabouts of what is selected below the field."""
    if node.alias is not None:
        part.aliases += 1
    if inside:
        return depth, True
    part.fields += 1
    part.depth = max(part.depth, depth + 1)
    if node.name.value in SCHEMA_FIELDS:
        part.introspection.append(node)
        return depth + 1, True
    return depth + 1, False


def _nested(selection: object) -> SelectionSetNode | None:
    if isinstance(selection, FieldNode | InlineFragmentNode):
        return selection.selection_set
    return None


def _count_directives(part: Part, node: object) -> None:
    count = len(getattr(node, "directives", None) or ())
    if count:
        part.directives += count
        part.most_directives = max(part.most_directives, count)


def _inner_first(fragments: Mapping[str, Part]) -> list[str]:
    """By depth-first search without recursion; a spread that closes a circle is passed over."""
    order: list[str] = []
    seen: set[str] = set()
    for root in fragments:
        path = [(root, _unseen(fragments, root, seen))] if root not in seen else []
        seen.add(root)
        while path:
            name, spread = path[-1]
            following = next(spread, None)
            if following is None:
                order.append(name)
                path.pop()
            else:
                seen.add(following)
                path.append((following, _unseen(fragments, following, seen)))
    return order


def _unseen(fragments: Mapping[str, Part], name: str, seen: set[str]) -> Iterator[str]:
    return (
        spread for spread in fragments[name].spread if spread in fragments and spread not in seen
    )
