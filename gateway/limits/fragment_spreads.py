"""How many fragment spreads a query may have: validation compares what they bring together."""

from __future__ import annotations

from gateway.limits.excess import Excess
from gateway.limits.survey import Survey

SETTING = "GATEWAY_FRAGMENT_SPREADS"


def check(survey: Survey, allowed: int) -> Excess | None:
    found = sum(len(part.spread) for part in survey.parts)
    if found <= allowed:
        return None
    return Excess(
        "fragment spreads",
        "The query spreads fragments at {found} places; at most {allowed} are allowed",
        found,
        allowed,
        SETTING,
    )
