"""How long a query's text may be: one name or string can be as long as all of it."""

from __future__ import annotations

from gateway.limits.excess import Excess

SETTING = "GATEWAY_DOCUMENT_CHARACTERS"


def check(text: str, allowed: int) -> Excess | None:
    if not allowed or len(text) <= allowed:
        return None
    return Excess(
        "characters",
        "The query has {found} characters; at most {allowed} are allowed",
        len(text),
        allowed,
        SETTING,
    )
