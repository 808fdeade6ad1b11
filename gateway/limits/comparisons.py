"""How much comparing of fields validation may take.

Fields of one response key must be the same field, whichever fragments they come from. graphql-core
compares them two by two, and keeps an account of that work; here its allowance is smaller. What
any dashboard asks for takes a few hundred comparisons.
"""

from __future__ import annotations

from graphql import ASTValidationRule, ValidationContext
from graphql.validation import OverlappingFieldsCanBeMergedRule

from gateway.limits.excess import Excess

SETTING = "GATEWAY_FIELD_COMPARISONS"

UNITS = 2  # of graphql-core's account, for a comparison of two fields


class FieldComparisons:
    """The rule for one validation, and afterwards what became of it."""

    def __init__(self, allowed: int) -> None:
        self._allowed = allowed
        self._rule: OverlappingFieldsCanBeMergedRule | None = None

    def __call__(self, context: ValidationContext) -> ASTValidationRule:
        self._rule = OverlappingFieldsCanBeMergedRule(context)
        if self._allowed:
            self._rule.rule_context.remaining_complexity_budget = self._allowed * UNITS
        return self._rule

    def excess(self) -> Excess | None:
        rule = self._rule
        if rule is None or rule.rule_context.remaining_complexity_budget >= 0:
            return None
        return Excess(
            "field comparisons",
            "To see whether fields of the same name can be merged takes more than {allowed} "
            "comparisons: name fewer fields or fragments twice at one place",
            self._allowed + 1,
            self._allowed,
            SETTING,
            at_least=True,
        )
