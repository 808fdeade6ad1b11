"""/__demo__: the second door by HTTP."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from upstream.demo import DemoGitLab, ManualClock, examples
from upstream.demo.door import KINDS

DOOR = "http://gitlab.test/__demo__"
JOB = f"/projects/1/jobs/{examples.FINISHED_JOB}"


async def test_faults_come_and_go(demo: DemoGitLab, reporter: httpx.AsyncClient) -> None:
    body = {"kind": "rate_limited", "retry_after": 5, "method": "GET", "times": 1}
    added = await reporter.post(f"{DOOR}/faults", json=body)
    assert added.status_code == 201
    assert (await reporter.get(JOB)).headers["retry-after"] == "5"
    listed = (await reporter.get(f"{DOOR}/faults")).json()
    assert listed == [{**added.json(), "seen": 1, "hits": 1}]
    assert (await reporter.delete(f"{DOOR}/faults")).status_code == 204
    assert len(demo.faults) == 0


@pytest.mark.parametrize("kind", sorted(KINDS))
async def test_every_kind_can_be_added(
    demo: DemoGitLab, reporter: httpx.AsyncClient, kind: str
) -> None:
    needed: dict[str, dict[str, Any]] = {
        "delay": {"seconds": 1.5},
        "redirect": {"location": "http://elsewhere.test"},
        "drip": {"size": 1, "seconds": 1},
    }
    body = {"kind": kind, "times": None, **needed.get(kind, {})}
    assert (await reporter.post(f"{DOOR}/faults", json=body)).status_code == 201
    assert len(demo.faults) == 1


@pytest.mark.parametrize("body", [b"{", b"[]", b"{}", b'{"kind":"delay","hours":1}'])
async def test_a_fault_that_makes_no_sense_is_refused(
    reporter: httpx.AsyncClient, body: bytes
) -> None:
    answer = await reporter.post(f"{DOOR}/faults", content=body)
    assert answer.status_code == 400
    assert answer.json()["message"]


async def test_calls_can_be_read_and_cleared(reporter: httpx.AsyncClient) -> None:
    await reporter.get(JOB)
    calls = (await reporter.get(f"{DOOR}/calls")).json()
    assert calls == [
        {
            "method": "GET",
            "path": f"/api/v4{JOB}",
            "query": "",
            "route": "GET /projects/:id/jobs/:job_id",
            "credential": "private-token",
            "user": "rita",
        }
    ]
    assert (await reporter.delete(f"{DOOR}/calls")).status_code == 204
    assert (await reporter.get(f"{DOOR}/calls")).json() == []


async def test_the_clock_can_be_moved(clock: ManualClock, reporter: httpx.AsyncClient) -> None:
    before = clock.now()
    answer = await reporter.post(f"{DOOR}/clock", json={"seconds": 30})
    assert answer.json() == {"now": before + 30}
    for body in ({"seconds": -1}, {"minutes": 1}, {"seconds": "soon"}):
        assert (await reporter.post(f"{DOOR}/clock", json=body)).status_code == 400


async def test_the_machine_s_clock_cannot_be_moved() -> None:
    demo = DemoGitLab(door=True)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(demo.app)) as client:
        assert (await client.post(f"{DOOR}/clock", json={"seconds": 1})).status_code == 409


async def test_the_door_is_closed_unless_asked_for() -> None:
    demo = DemoGitLab(ManualClock())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(demo.app)) as client:
        assert (await client.get(f"{DOOR}/calls")).status_code == 404
