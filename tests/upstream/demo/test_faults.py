"""Faults that need no socket, and how calls are chosen for them."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest

from upstream.demo import DemoGitLab, Fault, effects, examples

JOB = f"/projects/1/jobs/{examples.FINISHED_JOB}"
JOB_ROUTE = "GET /projects/:id/jobs/:job_id"


async def test_the_application_s_rate_limit_is_json(
    demo: DemoGitLab, reporter: httpx.AsyncClient
) -> None:
    demo.faults.add(Fault(effects.rate_limited(7)))
    answer = await reporter.get(JOB)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    assert answer.json()["message"]["error"].endswith("Try again later.")
    assert (await reporter.get(JOB)).status_code == 200


async def test_the_throttle_s_rate_limit_is_text(
    demo: DemoGitLab, reporter: httpx.AsyncClient
) -> None:
    demo.faults.add(Fault(effects.rate_limited(text=True)))
    answer = await reporter.get(JOB)
    assert (answer.status_code, answer.text) == (429, "Retry later\n")
    assert answer.headers["content-type"] == "text/plain"
    assert answer.headers["retry-after"] == "60"


async def test_errors_of_server_and_proxy(demo: DemoGitLab, reporter: httpx.AsyncClient) -> None:
    demo.faults.add(Fault(effects.server_error()))
    demo.faults.add(Fault(effects.bad_gateway()))
    demo.faults.add(Fault(effects.redirect("http://elsewhere.test/")))
    assert (await reporter.get(JOB)).json() == {"message": "500 Internal Server Error"}
    page = await reporter.get(JOB)
    assert (page.status_code, page.headers["content-type"]) == (502, "text/html")
    moved = await reporter.get(JOB)
    assert (moved.status_code, moved.headers["location"]) == (302, "http://elsewhere.test/")


async def test_a_fault_is_matched_by_method_route_and_path(
    demo: DemoGitLab, maintainer: httpx.AsyncClient
) -> None:
    error = effects.server_error()
    for fault in (
        Fault(error, times=None, method="POST"),
        Fault(error, times=None, route=JOB_ROUTE),
        Fault(error, times=None, path="/api/v4/projects/1/pipelines/*"),
    ):
        demo.faults.clear()
        demo.faults.add(fault)
        statuses = [
            (await maintainer.get(JOB)).status_code,
            (await maintainer.post(f"{JOB}/cancel")).status_code,
            (await maintainer.get(f"/projects/1/pipelines/{examples.FAILED_PIPELINE}")).status_code,
            (await maintainer.get("/projects/1/jobs")).status_code,
        ]
        assert statuses.count(500) == fault.hits == 1


async def test_a_fault_strikes_the_calls_it_was_told_to(
    demo: DemoGitLab, reporter: httpx.AsyncClient
) -> None:
    fault = demo.faults.add(Fault(effects.server_error(503), skip=1, times=2))
    statuses = [(await reporter.get(JOB)).status_code for _ in range(5)]
    assert statuses == [200, 503, 503, 200, 200]
    assert list(demo.faults) == [fault]
    demo.faults.remove(fault)
    assert len(demo.faults) == 0


async def test_faulty_calls_are_recorded_and_do_not_reach_gitlab(
    demo: DemoGitLab, maintainer: httpx.AsyncClient
) -> None:
    demo.faults.add(Fault(effects.server_error()))
    await maintainer.post(f"/projects/1/jobs/{examples.RUNNING_JOB}/cancel")
    assert demo.job(1, examples.RUNNING_JOB).status == "running"
    assert demo.calls.count("POST /projects/:id/jobs/:job_id/cancel") == 1


async def test_a_delay_lets_the_request_through_in_the_end(
    demo: DemoGitLab, reporter: httpx.AsyncClient
) -> None:
    demo.faults.add(Fault(effects.Delay(0.0)))
    assert (await reporter.get(JOB)).status_code == 200


async def test_a_held_call_waits_until_it_is_released(
    demo: DemoGitLab, reporter: httpx.AsyncClient
) -> None:
    hold = effects.Hold()
    demo.faults.add(Fault(hold))
    call = asyncio.create_task(reporter.get(JOB))
    await hold.arrived.wait()
    assert demo.calls.in_flight == 1
    await reporter.get(JOB)
    assert (demo.calls.in_flight, demo.calls.peak) == (1, 2)
    hold.release.set()
    assert (await call).json()["id"] == examples.FINISHED_JOB
    await demo.calls.idle()
    assert demo.calls.in_flight == 0


async def test_answers_with_other_json(demo: DemoGitLab, reporter: httpx.AsyncClient) -> None:
    demo.faults.add(Fault(effects.rewrite(lambda job: {**job, "status": "new_in_2030"})))
    assert (await reporter.get(JOB)).json()["status"] == "new_in_2030"


async def test_answers_with_wrong_types(demo: DemoGitLab, reporter: httpx.AsyncClient) -> None:
    demo.faults.add(Fault(effects.wrong_types(), times=2))
    job = (await reporter.get(JOB)).json()
    assert job["id"] == str(examples.FINISHED_JOB)
    assert (job["name"], job["user"], job["artifacts"]) == (len("compile"), [], {})
    assert (job["tag"], job["coverage"]) == ("neither", "neither")
    jobs = (await reporter.get("/projects/1/jobs")).json()
    assert isinstance(jobs[0]["id"], str)


async def test_answers_that_are_no_json(demo: DemoGitLab, reporter: httpx.AsyncClient) -> None:
    demo.faults.add(Fault(effects.invalid_json()))
    answer = await reporter.get(JOB)
    assert int(answer.headers["content-length"]) == len(answer.content)
    with pytest.raises(json.JSONDecodeError):
        answer.json()


async def test_dripping_answers_are_whole(demo: DemoGitLab, reporter: httpx.AsyncClient) -> None:
    demo.faults.add(Fault(effects.Drip(size=100, seconds=0.0)))
    assert (await reporter.get(JOB)).json()["id"] == examples.FINISHED_JOB


@pytest.mark.parametrize(("when", "status"), [("before", "running"), ("after", "canceling")])
async def test_without_a_socket_a_cut_raises_in_the_client(
    demo: DemoGitLab, maintainer: httpx.AsyncClient, when: str, status: str
) -> None:
    demo.faults.add(Fault(effects.Cut("after" if when == "after" else "before")))
    with pytest.raises(ConnectionResetError):
        await maintainer.post(f"/projects/1/jobs/{examples.RUNNING_JOB}/cancel")
    assert demo.job(1, examples.RUNNING_JOB).status == status
