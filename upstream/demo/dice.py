"""Chance that can be repeated: every decision has a key and an own generator drawn from it."""

from __future__ import annotations

import random


class Dice:
    """Random generators named by keys.

    A decision about one job never shifts the decisions about others, so what a user does in
    the meantime changes nothing elsewhere.
    """

    def __init__(self, seed: int | str) -> None:
        self._seed = seed

    def roll(self, *key: object) -> random.Random:
        name = "/".join(str(part) for part in (self._seed, *key))
        return random.Random(name)  # noqa: S311 - simulation; it must be repeatable
