"""What the status of a pipeline is made of."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from upstream.demo.statuses import STATUSES, composite


@dataclass(frozen=True)
class _Job:
    status: str
    allow_failure: bool = False


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        ("", "success"),
        ("success success", "success"),
        ("success skipped", "success"),
        ("skipped", "skipped"),
        ("created", "created"),
        ("created skipped", "created"),
        ("success created", "running"),
        ("pending created", "pending"),
        ("pending success", "running"),
        ("running failed", "running"),
        ("canceling running", "canceling"),
        ("success manual", "manual"),
        ("manual created", "manual"),
        ("success scheduled", "scheduled"),
        ("waiting_for_resource success", "waiting_for_resource"),
        ("waiting_for_callback success", "waiting_for_callback"),
        ("preparing success", "preparing"),
        ("success canceled", "canceled"),
        ("failed canceled", "failed"),
        ("failed skipped success", "failed"),
        ("failed? success", "success"),
        ("canceled? success", "success"),
        ("manual? success", "success"),
        ("manual? skipped", "skipped"),
        ("manual? created", "created"),
    ],
)
def test_composite(parts: str, whole: str) -> None:
    """A question mark stands for a job that is allowed to fail."""
    jobs = [_Job(part.rstrip("?"), part.endswith("?")) for part in parts.split()]
    assert composite(jobs) == whole


@pytest.mark.parametrize("status", STATUSES)
def test_one_job_gives_its_own_status(status: str) -> None:
    assert composite([_Job(status)]) == status
