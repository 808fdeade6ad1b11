"""How many variables an operation may declare."""

from __future__ import annotations

from gateway.limits.excess import Excess
from gateway.limits.survey import Survey

SETTING = "GATEWAY_VARIABLES"


def check(survey: Survey, allowed: int) -> Excess | None:
    found = max(
        (len(part.definition.variable_definitions or ()) for part in survey.parts), default=0
    )
    if found <= allowed:
        return None
    return Excess(
        "variables",
        "An operation of the query declares {found} variables; at most {allowed} are allowed",
        found,
        allowed,
        SETTING,
    )
