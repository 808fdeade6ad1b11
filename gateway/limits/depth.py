"""How deep fields may nest, fragments followed; introspection has a bound of its own."""

from __future__ import annotations

from gateway.limits.excess import Excess
from gateway.limits.survey import Part, Survey

SETTING = "GATEWAY_DEPTH"


def check(survey: Survey, allowed: int) -> Excess | None:
    depths: dict[str, int] = {}
    for name in survey.order:
        depths[name] = _depth(survey.fragments[name], depths)
    found = max((_depth(operation, depths) for operation in survey.operations), default=0)
    if found <= allowed:
        return None
    return Excess(
        "depth",
        "The query nests fields {found} levels deep; at most {allowed} are allowed",
        found,
        allowed,
        SETTING,
    )


def _depth(part: Part, depths: dict[str, int]) -> int:
    return max(part.depth, *(above + depths.get(name, 0) for name, above in part.spreads), 0)
