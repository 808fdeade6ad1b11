"""How many operations a query text may hold: each is validated, and one is executed."""

from __future__ import annotations

from gateway.limits.excess import Excess
from gateway.limits.survey import Survey

SETTING = "GATEWAY_OPERATIONS"


def check(survey: Survey, allowed: int) -> Excess | None:
    found = len(survey.operations)
    if found <= allowed:
        return None
    return Excess(
        "operations",
        "The query has {found} operations; at most {allowed} are allowed",
        found,
        allowed,
        SETTING,
    )
