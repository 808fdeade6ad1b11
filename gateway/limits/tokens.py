"""How many lexical tokens a query may have: what parsing and validating it costs goes by them."""

from __future__ import annotations

from graphql import DocumentNode, GraphQLSyntaxError, parse

from gateway.limits.excess import Excess

SETTING = "GATEWAY_DOCUMENT_TOKENS"

_TOO_MANY = "Syntax Error: Document contains more than"


def parse_within(text: str, allowed: int) -> DocumentNode | Excess:
    """Comments count as tokens. Raises GraphQLSyntaxError for what is no GraphQL."""
    try:
        return parse(text, max_tokens=allowed or None)
    except GraphQLSyntaxError as error:
        # graphql-core tells this one from other syntax errors by its text alone.
        if allowed and error.message.startswith(_TOO_MANY):
            return _excess(allowed)
        raise


def _excess(allowed: int) -> Excess:
    return Excess(
        "tokens",
        "The query has more than {allowed} tokens, comments included",
        allowed + 1,
        allowed,
        SETTING,
        at_least=True,
    )
