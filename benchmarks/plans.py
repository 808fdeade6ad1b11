"""The plans of a run: under which conditions whom is asked what."""

from __future__ import annotations

from benchmarks.contestants import CONTESTANTS, KEEPING, Contestant
from benchmarks.questions import QUESTIONS

COST, KEPT, LATENCY, GROWTH = "cost", "kept", "latency", "growth"
PLANS = (COST, KEPT, LATENCY, GROWTH)
USUAL = [COST, KEPT, LATENCY]

CONNECTIONS = 32
SLOW_CONNECTIONS = (32, 256)
LATENCY_MS = 20

_SLOW_QUESTIONS = ("Q1", "Q2", "Q3")


def contestants(plan: str) -> list[Contestant]:
    if plan == KEPT:
        return [one for one in CONTESTANTS if one.name in ("gateway", KEEPING)]
    left_out = {COST: (KEEPING,), LATENCY: (KEEPING, "gateway-stock")}.get(plan, ())
    return [one for one in CONTESTANTS if one.name not in left_out]


def questions(plan: str) -> list[str]:
    return [one.name for one in QUESTIONS if plan != LATENCY or one.name in _SLOW_QUESTIONS]


def tokens(plan: str, wanted: int) -> int:
    """What is kept is kept for one token: only where there is but one, there is much to share."""
    return 1 if plan == KEPT else wanted


def latency_ms(plan: str) -> int:
    return LATENCY_MS if plan == LATENCY else 0


def connections(plan: str) -> tuple[int, ...]:
    return SLOW_CONNECTIONS if plan == LATENCY else (CONNECTIONS,)
