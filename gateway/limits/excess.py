"""The common form of every limit's refusal: which limit, what was found, and what sets it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError

from gateway.errors import ErrorCode, Fault


@dataclass(frozen=True, slots=True)
class Excess:
    """More than a limit allows.

    `message` has the place of the number found as {found}, that of the limit as {allowed}.
    `at_least`: counting ended at the limit, so that there may be more than `found`.
    """

    limit: str
    message: str
    found: int
    allowed: int
    setting: str
    at_least: bool = False

    def __str__(self) -> str:
        text = self.message.format(found=self.found, allowed=self.allowed)
        return f"{text} ({self.setting})."

    def shown(self) -> dict[str, Any]:
        """The value of `extensions.limit`."""
        shown: dict[str, Any] = {
            "name": self.limit,
            "found": self.found,
            "allowed": self.allowed,
            "setting": self.setting,
        }
        if self.at_least:
            shown["atLeast"] = True
        return shown

    def fault(self, code: ErrorCode = ErrorCode.LIMIT_EXCEEDED) -> Fault:
        return Fault(code, str(self), limit=self.shown())


class LimitExceededError(GraphQLError):
    """An excess among the errors of a document."""

    def __init__(self, excess: Excess) -> None:
        super().__init__(str(excess))
        self.excess = excess
