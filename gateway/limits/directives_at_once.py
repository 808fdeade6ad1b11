"""How many directives may stand at one place: a server that checks each answers each."""

from __future__ import annotations

from gateway.limits.excess import Excess
from gateway.limits.survey import Survey

SETTING = "GATEWAY_DIRECTIVES_AT_ONCE"


def check(survey: Survey, allowed: int) -> Excess | None:
    found = max((part.most_directives for part in survey.parts), default=0)
    if found <= allowed:
        return None
    return Excess(
        "directives at once",
        "A field, fragment or operation of the query has {found} directives; "
        "at most {allowed} are allowed at one place",
        found,
        allowed,
        SETTING,
    )
