"""Statuses, and what the status of a pipeline is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

STATUSES = (
    "created",
    "waiting_for_resource",
    "preparing",
    "waiting_for_callback",
    "pending",
    "running",
    "success",
    "failed",
    "canceling",
    "canceled",
    "skipped",
    "manual",
    "scheduled",
)
COMPLETED = frozenset({"success", "failed", "canceled", "skipped"})
CANCELABLE = frozenset(STATUSES) - COMPLETED - {"canceling"}
RETRYABLE = frozenset({"success", "failed", "canceled", "canceling"})
ACTIVE = frozenset(
    {"waiting_for_resource", "preparing", "waiting_for_callback", "pending", "running"}
)

_IGNORED = frozenset({"skipped", "ignored"})
_QUIET = _IGNORED | {"created"}
_Kinds = frozenset[str]

# The first rule that holds decides; what is left over has been canceled.
_RULES: tuple[tuple[str, Callable[[_Kinds], bool]], ...] = (
    ("success", lambda kinds: not kinds),
    ("skipped", lambda kinds: kinds <= _IGNORED),
    ("success", lambda kinds: kinds <= _IGNORED | {"success"}),
    ("created", lambda kinds: kinds <= _QUIET),
    ("canceling", lambda kinds: "canceling" in kinds),
    ("pending", lambda kinds: "pending" in kinds and kinds <= _QUIET | {"pending"}),
    ("running", lambda kinds: bool(kinds & {"running", "pending"})),
    ("waiting_for_resource", lambda kinds: "waiting_for_resource" in kinds),
    ("waiting_for_callback", lambda kinds: "waiting_for_callback" in kinds),
    ("preparing", lambda kinds: "preparing" in kinds),
    ("manual", lambda kinds: "manual" in kinds),
    ("scheduled", lambda kinds: "scheduled" in kinds),
    ("running", lambda kinds: "created" in kinds),
    ("failed", lambda kinds: "failed" in kinds),
)


class _Counted(Protocol):
    @property
    def status(self) -> str: ...
    @property
    def allow_failure(self) -> bool: ...


def _kind(job: _Counted) -> str:
    if job.allow_failure and job.status in ("failed", "canceled"):
        return "success"
    if job.allow_failure and job.status == "manual":
        return "ignored"  # an optional manual job holds nothing up
    return job.status


def composite(jobs: Iterable[_Counted]) -> str:
    """The one status that stands for all of `jobs`; "success" for none."""
    kinds = frozenset(_kind(job) for job in jobs)
    return next((status for status, holds in _RULES if holds(kinds)), "canceled")
