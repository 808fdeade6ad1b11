"""/__demo__: the second door by HTTP."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from upstream.demo import DemoGitLab, ManualClock, examples
from upstream.demo.fault_json import KINDS, MATCHERS, BadFault, read_fault

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


ROUTE = "route must be a method and a template of the API"

REFUSED: dict[str, tuple[Any, str]] = {
    "no JSON": (b"{", "the body is not JSON; send something like {"),
    "no object": ([], "the body must be an object such as {"),
    "no kind": ({}, "kind must be one of bad_gateway, broken_error, cut, delay, "),
    "another kind": ({"kind": ["cut"]}, "kind must be one of bad_gateway, "),
    "an unknown name": (
        {"kind": "delay", "seconds": 1, "hours": 1},
        'delay takes seconds, method, route, path, skip, times; there is no "hours"',
    ),
    "too little": ({"kind": "delay"}, "delay needs seconds, a number of seconds, 0 or more"),
    "a wrong type": (
        {"kind": "drip", "size": "1", "seconds": 1},
        "size must be a whole number, 1 or more",
    ),
    "a truth for a number": ({"kind": "delay", "seconds": True}, "seconds must be a number of"),
    "no number at all": (
        b'{"kind": "delay", "seconds": NaN}',
        "seconds must be a number of seconds, 0 or more",
    ),
    "a wrong word": (
        {"kind": "cut", "when": "later"},
        'when must be "before" or "after"',
    ),
    "out of range": (
        {"kind": "server_error", "status": 200},
        "status must be a whole number, from",
    ),
    "never": (
        {"kind": "cut", "times": 0},
        "times must be a whole number, 1 or more, or null for always",
    ),
    "a method for a list": ({"kind": "cut", "method": []}, 'method must be "GET" or "POST" or'),
    "no route": ({"kind": "cut", "route": "GET /job/allowed"}, f"{ROUTE}; the nearest to"),
}


@pytest.mark.parametrize(("body", "message"), REFUSED.values(), ids=REFUSED)
async def test_a_fault_that_makes_no_sense_is_refused_in_words_for_its_sender(
    demo: DemoGitLab, reporter: httpx.AsyncClient, body: Any, message: str
) -> None:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = await reporter.post(f"{DOOR}/faults", content=content)
    assert answer.status_code == 400
    assert answer.json()["message"].startswith(message)
    assert len(demo.faults) == 0


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=5,
)
NAMES = st.sampled_from(
    sorted({name for _, parameters in KINDS.values() for name in parameters} | set(MATCHERS))
)


@given(st.sampled_from(sorted(KINDS)), st.dictionaries(NAMES, JSON, max_size=3))
def test_whatever_is_sent_gives_a_fault_or_words(kind: str, values: dict[str, Any]) -> None:
    with contextlib.suppress(BadFault):
        read_fault(json.dumps({"kind": kind, **values}).encode(), ["GET /job"])


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
