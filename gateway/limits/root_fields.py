"""How many root fields an operation may have: each is a REST call or more of its own."""

from __future__ import annotations

from graphql import FieldNode, FragmentSpreadNode, InlineFragmentNode, SelectionSetNode

from gateway.limits.excess import Excess
from gateway.limits.survey import Part, Survey

SETTING = "GATEWAY_ROOT_FIELDS"


def check(survey: Survey, allowed: int) -> Excess | None:
    found = max((len(_response_keys(part, survey)) for part in survey.operations), default=0)
    if found <= allowed:
        return None
    return Excess(
        "root fields",
        "The query has {found} root fields, aliases included; at most {allowed} are allowed",
        found,
        allowed,
        SETTING,
    )


def _response_keys(operation: Part, survey: Survey) -> set[str]:
    """Fields of one key are one field of the answer, so a fragment counts once."""
    keys: set[str] = set()
    seen: set[str] = set()
    stack: list[SelectionSetNode] = [operation.definition.selection_set]
    while stack:
        for selection in stack.pop().selections:
            if isinstance(selection, FieldNode):
                keys.add((selection.alias or selection.name).value)
            elif isinstance(selection, InlineFragmentNode):
                stack.append(selection.selection_set)
            elif isinstance(selection, FragmentSpreadNode):
                name = selection.name.value
                if name in survey.fragments and name not in seen:
                    seen.add(name)
                    stack.append(survey.fragments[name].definition.selection_set)
    return keys
