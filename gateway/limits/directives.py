"""How many directives a query may have, in all."""

from __future__ import annotations

from gateway.limits.excess import Excess
from gateway.limits.survey import Survey

SETTING = "GATEWAY_DIRECTIVES"


def check(survey: Survey, allowed: int) -> Excess | None:
    found = sum(part.directives for part in survey.parts)
    if found <= allowed:
        return None
    return Excess(
        "directives",
        "The query has {found} directives; at most {allowed} are allowed",
        found,
        allowed,
        SETTING,
    )
