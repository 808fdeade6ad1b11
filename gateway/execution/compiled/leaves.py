"""Values of scalars and enums, as the answer has them."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLError, GraphQLLeafType
from graphql.pyutils import Undefined

from gateway.execution.engine import UnfitValueError


def serialized(type_: GraphQLLeafType, value: Any) -> Any:
    try:
        serialized = type_.coerce_output_value(value)
    except (GraphQLError, TypeError, ValueError, ArithmeticError) as error:
        raise UnfitValueError(type_.name, value) from error
    if serialized is None or serialized is Undefined:
        raise UnfitValueError(type_.name, value)
    return serialized
