"""How much log text one answer may hold, over all its fields."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from resolvers.errors import BadUserInput
from resolvers.logs.limits import megabytes


class AnswerBudget:
    """Counts the bytes of log text that the fields of one request hand out."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._left = limit

    @contextlib.contextmanager
    def answer(self, advice: str) -> Iterator[Callable[[int], None]]:
        """Gives a function that spends bytes and refuses, with `advice`, where none are left.

        A field that fails gives back what it had spent, so that its neighbours are answered.
        """
        spent = 0

        def spend(count: int) -> None:
            nonlocal spent
            if count > self._left:
                raise BadUserInput(
                    f"this answer would hold more than {megabytes(self._limit)} of log text, "
                    f"the most for one request (GATEWAY_LOG_TEXT_BYTES); {advice}"
                )
            self._left -= count
            spent += count

        try:
            yield spend
        except BaseException:
            self._left += spent
            raise
