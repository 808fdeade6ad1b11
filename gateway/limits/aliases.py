"""How many aliases a query may have: they have one field answered many times over."""

from __future__ import annotations

from gateway.limits.excess import Excess
from gateway.limits.survey import Survey

SETTING = "GATEWAY_ALIASES"


def check(survey: Survey, allowed: int) -> Excess | None:
    found = sum(part.aliases for part in survey.parts)
    if found <= allowed:
        return None
    return Excess(
        "aliases",
        "The query has {found} aliases; at most {allowed} are allowed",
        found,
        allowed,
        SETTING,
    )
