"""How many operations one request may bring as a list."""

from __future__ import annotations

from gateway.limits.excess import Excess

SETTING = "GATEWAY_BATCH"


def check(found: int, allowed: int) -> Excess | None:
    """Unlike with other limits, 0 allows none."""
    if allowed and found <= allowed:
        return None
    message = (
        "The body is a list of {found} operations; at most {allowed} may come in one request"
        if allowed
        else "The body is a list, and batched operations are not taken here: send one at a time"
    )
    return Excess("batch", message, found, allowed, SETTING)
