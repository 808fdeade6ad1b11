"""How many fields an operation may select once its fragments are written out.

A few fragments that spread each other twice stand for more fields than any answer can hold.
"""

from __future__ import annotations

from gateway.limits.excess import Excess
from gateway.limits.survey import Part, Survey

SETTING = "GATEWAY_FIELDS"

MOST_TOLD = 1_000_000_000  # what fragments within fragments come to may have hundreds of digits


def check(survey: Survey, allowed: int) -> Excess | None:
    totals: dict[str, int] = {}
    for name in survey.order:
        totals[name] = _total(survey.fragments[name], totals)
    found = max((_total(operation, totals) for operation in survey.operations), default=0)
    if found <= allowed:
        return None
    return Excess(
        "fields",
        "The query selects {found} fields, counted wherever a fragment is spread; "
        "at most {allowed} are allowed",
        min(found, MOST_TOLD),
        allowed,
        SETTING,
        at_least=found > MOST_TOLD,
    )


def _total(part: Part, totals: dict[str, int]) -> int:
    spread = sum(totals.get(name, 0) for name, _ in part.spreads)
    return min(part.fields + spread, MOST_TOLD + 1)
