from __future__ import annotations

from gateway.http.health import Live, Readiness, Ready
from tests.gateway.example import client_of


async def test_live_always_answers() -> None:
    async with client_of(Live()) as client:
        answer = await client.get("/health/live")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_ready_between_start_and_shutdown() -> None:
    readiness = Readiness()
    seen = []
    async with client_of(Ready(readiness, lambda: "closed")) as client:
        for change in (None, readiness.opened, readiness.closing):
            if change is not None:
                change()
            answer = await client.get("/health/ready")
            seen.append((answer.status_code, answer.json()))
    assert seen == [
        (503, {"status": "unready", "reason": "starting"}),
        (200, {"status": "ok", "breaker": "closed"}),
        (503, {"status": "unready", "reason": "shutting down"}),
    ]


async def test_health_is_only_asked_for() -> None:
    async with client_of(Ready(Readiness(), lambda: "closed")) as client:
        answer = await client.post("/health/ready")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"
    assert answer.json()["errors"][0]["extensions"]["code"] == "METHOD_NOT_ALLOWED"
