"""All rules over a parsed document, in the order in which their refusals are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from graphql import DocumentNode

from gateway.limits import (
    aliases,
    depth,
    directives,
    directives_at_once,
    fields,
    fragment_spreads,
    introspection,
    operations,
    root_fields,
    variables,
)
from gateway.limits.config import DocumentLimits
from gateway.limits.excess import Excess
from gateway.limits.survey import Survey, survey

Rule = Callable[[Survey, int], Excess | None]


@dataclass(frozen=True, slots=True)
class Rules:
    """`lengths`: of introspection's lists, for the schema that is served."""

    limits: DocumentLimits
    lengths: Mapping[str, float]

    def check(self, document: DocumentNode) -> list[Excess]:
        """Everything that the document has too much of."""
        found = survey(document)
        checked = (rule(found, allowed) for rule, allowed in self._rules() if allowed)
        return [excess for excess in checked if excess is not None]

    def _rules(self) -> Iterator[tuple[Rule, int]]:
        limits = self.limits
        yield operations.check, limits.operations
        yield depth.check, limits.depth
        yield root_fields.check, limits.root_fields
        yield fields.check, limits.fields
        yield aliases.check, limits.aliases
        yield directives.check, limits.directives
        yield directives_at_once.check, limits.directives_at_once
        yield fragment_spreads.check, limits.fragment_spreads
        yield variables.check, limits.variables
        yield introspection.check_depth, limits.introspection_depth
        yield self._introspection_values, limits.introspection_values

    def _introspection_values(self, found: Survey, allowed: int) -> Excess | None:
        return introspection.check_values(found, allowed, self.lengths)
