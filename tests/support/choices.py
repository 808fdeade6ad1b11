"""Many small choices out of a few bytes, for things that hypothesis would make too slowly.

An operation takes hundreds of choices. Drawn one by one they cost more than executing it twice;
drawn as one string of bytes they cost nothing, and hypothesis still shrinks it: fewer bytes and
smaller ones mean simpler choices, and where the bytes end every choice is the simplest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

_VALUES_OF_A_BYTE = 256


class Choices:
    def __init__(self, tape: bytes) -> None:
        self._tape = iter(tape)

    def below(self, count: int) -> int:
        """A number from 0 to `count` - 1; 0 is the simplest."""
        number = next(self._tape, 0)
        if count > _VALUES_OF_A_BYTE:
            number = number * _VALUES_OF_A_BYTE + next(self._tape, 0)
        return number % count

    def one_of(self, options: Sequence[T]) -> T:
        """An option; the first is the simplest."""
        return options[self.below(len(options))]

    def chance(self, percent: int) -> bool:
        """Whether something happens that happens so often; not happening is simpler."""
        return next(self._tape, 0) * 100 >= (100 - percent) * _VALUES_OF_A_BYTE
