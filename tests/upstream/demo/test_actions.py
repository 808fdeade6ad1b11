"""Cancel, retry, erase and play, with GitLab's oddities."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.upstream.demo.test_jobs import BASIC_KEYS
from upstream.demo import DemoGitLab, ManualClock, Role, examples
from upstream.demo.lifecycle import CANCELING_SECONDS


async def post(client: httpx.AsyncClient, job: int, verb: str, **body: Any) -> httpx.Response:
    return await client.post(f"/projects/1/jobs/{job}/{verb}", json=body or None)


async def test_cancel_of_a_running_job_passes_through_canceling(
    clock: ManualClock, developer: httpx.AsyncClient
) -> None:
    answer = await post(developer, examples.RUNNING_JOB, "cancel")
    assert (answer.status_code, answer.json()["status"]) == (201, "canceling")
    pipeline = await developer.get(f"/projects/1/pipelines/{examples.RUNNING_PIPELINE}")
    assert pipeline.json()["status"] == "canceling"
    clock.advance(CANCELING_SECONDS + 1)
    job = (await developer.get(f"/projects/1/jobs/{examples.RUNNING_JOB}")).json()
    assert job["status"] == "canceled"
    assert job["finished_at"] is not None
    pipeline = await developer.get(f"/projects/1/pipelines/{examples.RUNNING_PIPELINE}")
    assert pipeline.json()["status"] == "canceled"


async def test_cancel_on_an_old_runner_is_done_at_once(
    demo: DemoGitLab, developer: httpx.AsyncClient
) -> None:
    job = demo.new_job(3, status="running")
    answer = await developer.post(f"/projects/3/jobs/{job}/cancel")
    assert answer.json()["status"] == "canceled"


async def test_cancel_of_a_finished_job_changes_nothing(developer: httpx.AsyncClient) -> None:
    before = (await developer.get(f"/projects/1/jobs/{examples.FINISHED_JOB}")).json()
    answer = await post(developer, examples.FINISHED_JOB, "cancel")
    assert (answer.status_code, answer.json()) == (201, before)


@pytest.mark.parametrize("status", ["created", "pending", "manual", "scheduled", "preparing"])
async def test_what_has_not_begun_is_canceled_at_once(
    demo: DemoGitLab, developer: httpx.AsyncClient, status: str
) -> None:
    answer = await post(developer, demo.new_job(1, status=status), "cancel")
    assert (answer.status_code, answer.json()["status"]) == (201, "canceled")


async def test_force_ends_canceling_for_maintainers_only(
    maintainer: httpx.AsyncClient, developer: httpx.AsyncClient
) -> None:
    job = examples.RUNNING_JOB
    running = await post(maintainer, job, "cancel", force=True)
    assert (running.status_code, running.json()["status"]) == (201, "running")
    await post(developer, job, "cancel")
    refused = await post(developer, job, "cancel", force=True)
    assert (refused.status_code, refused.json()) == (403, {"message": "403 Forbidden"})
    forced = await post(maintainer, job, "cancel", force="true")
    assert (forced.status_code, forced.json()["status"]) == (201, "canceled")


async def test_a_force_that_is_neither_yes_nor_no_is_refused(
    maintainer: httpx.AsyncClient,
) -> None:
    answer = await post(maintainer, examples.RUNNING_JOB, "cancel", force="perhaps")
    assert (answer.status_code, answer.json()) == (400, {"error": "force is invalid"})


async def test_retry_makes_a_new_job_of_the_one_who_asked(
    maintainer: httpx.AsyncClient,
) -> None:
    answer = await post(maintainer, examples.FAILED_JOB, "retry")
    again = answer.json()
    assert answer.status_code == 201
    assert again["id"] > examples.FAILED_JOB
    assert (again["name"], again["status"], again["user"]["username"]) == ("e2e", "pending", "mia")
    assert again["pipeline"]["status"] == "running"
    path = f"/projects/1/pipelines/{examples.FAILED_PIPELINE}/jobs"
    latest = {job["id"] for job in (await maintainer.get(path)).json()}
    assert again["id"] in latest
    assert examples.FAILED_JOB not in latest


async def test_retry_lets_what_was_skipped_run_after_all(
    clock: ManualClock, demo: DemoGitLab, maintainer: httpx.AsyncClient
) -> None:
    assert demo.job(1, examples.SKIPPED_JOB).status == "skipped"
    await post(maintainer, examples.FAILED_JOB, "retry")
    assert demo.job(1, examples.SKIPPED_JOB).status == "created"
    clock.advance(120)
    assert demo.job(1, examples.SKIPPED_JOB).status == "skipped"  # it failed a third time


@pytest.mark.parametrize(
    "job",
    [
        examples.RETRIED_JOB,
        examples.RUNNING_JOB,
        examples.CREATED_JOB,
        examples.MANUAL_JOB,
        examples.SKIPPED_JOB,
    ],
)
async def test_what_cannot_be_retried(maintainer: httpx.AsyncClient, job: int) -> None:
    answer = await post(maintainer, job, "retry")
    assert answer.status_code == 403
    assert answer.json() == {"message": "403 Forbidden - Job is not retryable"}


async def test_a_job_is_retried_once(maintainer: httpx.AsyncClient) -> None:
    assert (await post(maintainer, examples.FAILED_JOB, "retry")).status_code == 201
    assert (await post(maintainer, examples.FAILED_JOB, "retry")).status_code == 403


async def test_retry_with_inputs_is_refused_while_the_flag_is_off(
    maintainer: httpx.AsyncClient,
) -> None:
    answer = await post(maintainer, examples.FAILED_JOB, "retry", inputs={"level": 1})
    assert answer.status_code == 403


async def test_a_retried_bridge_looks_like_a_job_and_triggers_again(
    clock: ManualClock, demo: DemoGitLab, maintainer: httpx.AsyncClient
) -> None:
    answer = await post(maintainer, examples.BRIDGE, "retry")
    again = answer.json()
    extra = {"artifacts", "runner", "artifacts_expire_at", "archived", "tag_list"}
    assert answer.status_code == 201
    assert set(again) == set(BASIC_KEYS) | extra
    clock.advance(10)
    downstream = demo.bridge(1, again["id"]).downstream
    assert downstream is not None
    assert downstream.id != examples.DOWNSTREAM_PIPELINE
    assert downstream.project.id == 2


async def test_erase_takes_log_and_artifacts_and_works_once(
    maintainer: httpx.AsyncClient,
) -> None:
    answer = await post(maintainer, examples.FINISHED_JOB, "erase")
    job = answer.json()
    assert answer.status_code == 201
    assert job["erased_at"] == "2026-11-02T09:00:00.000Z"
    assert (job["artifacts"], job["artifacts_expire_at"]) == ([], None)
    assert "artifacts_file" not in job
    log = await maintainer.get(f"/projects/1/jobs/{examples.FINISHED_JOB}/trace")
    assert (log.status_code, log.content) == (200, b"")
    second = await post(maintainer, examples.FINISHED_JOB, "erase")
    assert second.status_code == 403
    assert second.json() == {"message": "403 Forbidden - Job is not erasable!"}


@pytest.mark.parametrize("job", [examples.RUNNING_JOB, examples.SKIPPED_JOB])
async def test_what_cannot_be_erased(maintainer: httpx.AsyncClient, job: int) -> None:
    assert (await post(maintainer, job, "erase")).status_code == 403


async def test_developers_erase_their_own_jobs_where_the_branch_is_free(
    clock: ManualClock, demo: DemoGitLab, developer: httpx.AsyncClient
) -> None:
    assert (await post(developer, examples.FINISHED_JOB, "erase")).status_code == 403
    mine = demo.new_pipeline(1, ref="mine", user="devon")
    others = demo.new_pipeline(1, ref="others", user="mia")
    clock.advance(60)
    expected = ((mine, 201), (others, 403))
    for pipeline, status in expected:
        job = demo.pipeline(1, pipeline).jobs[1].id
        assert (await post(developer, job, "erase")).status_code == status


async def test_play_starts_a_manual_job_with_variables(
    clock: ManualClock, demo: DemoGitLab, developer: httpx.AsyncClient
) -> None:
    variables = [{"key": "COLOUR", "value": "blue"}]
    answer = await post(developer, examples.MANUAL_JOB, "play", job_variables_attributes=variables)
    job = answer.json()
    assert (answer.status_code, job["status"]) == (200, "pending")
    assert (job["id"], job["user"]["username"]) == (examples.MANUAL_JOB, "devon")
    assert demo.job(1, examples.MANUAL_JOB).variables == {"COLOUR": "blue"}
    clock.advance(60)
    assert demo.job(1, examples.MANUAL_JOB).status == "success"
    log = await developer.get(f"/projects/1/jobs/{examples.MANUAL_JOB}/trace")
    assert b"variable COLOUR is set" in log.content


async def test_play_of_a_finished_manual_job_is_a_new_job_without_the_variables(
    clock: ManualClock, demo: DemoGitLab, developer: httpx.AsyncClient
) -> None:
    await post(developer, examples.MANUAL_JOB, "play")
    clock.advance(60)
    variables = [{"key": "COLOUR", "value": "blue"}]
    answer = await post(developer, examples.MANUAL_JOB, "play", job_variables_attributes=variables)
    again = answer.json()
    assert (answer.status_code, again["status"]) == (200, "pending")
    assert again["id"] != examples.MANUAL_JOB
    assert demo.job(1, again["id"]).variables == {}


async def test_play_of_a_job_in_the_queue_or_of_no_manual_job_is_refused(
    developer: httpx.AsyncClient,
) -> None:
    await post(developer, examples.MANUAL_JOB, "play")
    for job in (examples.MANUAL_JOB, examples.FINISHED_JOB, examples.RUNNING_JOB, examples.BRIDGE):
        answer = await post(developer, job, "play")
        assert answer.status_code == 400
        assert answer.json() == {"message": "400 Bad request - Unplayable Job"}


async def test_play_starts_a_delayed_job_now(developer: httpx.AsyncClient) -> None:
    answer = await post(developer, examples.SCHEDULED_JOB, "play")
    assert (answer.status_code, answer.json()["status"]) == (200, "pending")


async def test_play_of_a_manual_bridge_answers_with_a_bridge(
    clock: ManualClock, demo: DemoGitLab, developer: httpx.AsyncClient
) -> None:
    answer = await post(developer, examples.MANUAL_BRIDGE, "play")
    assert answer.status_code == 200
    assert set(answer.json()) == set(BASIC_KEYS) | {"downstream_pipeline"}
    assert answer.json()["downstream_pipeline"] is None
    clock.advance(10)
    downstream = demo.bridge(1, examples.MANUAL_BRIDGE).downstream
    assert downstream is not None
    assert downstream.project.path == "demo/website"


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ([{"key": "A"}], "job_variables_attributes[0][value] is missing"),
        ([{"value": "1"}], "job_variables_attributes[0][key] is missing"),
        (
            [{}],
            (
                "job_variables_attributes[0][key] is missing, "
                "job_variables_attributes[0][value] is missing"
            ),
        ),
        ("A=1", "job_variables_attributes is invalid"),
        (["A"], "job_variables_attributes is invalid"),
    ],
)
async def test_variables_need_key_and_value(
    developer: httpx.AsyncClient, given: Any, error: str
) -> None:
    answer = await post(developer, examples.MANUAL_JOB, "play", job_variables_attributes=given)
    assert (answer.status_code, answer.json()) == (400, {"error": error})


async def test_variables_may_need_more_than_a_developer(
    demo: DemoGitLab, developer: httpx.AsyncClient, maintainer: httpx.AsyncClient
) -> None:
    job = demo.new_job(3, status="manual")
    body = {"job_variables_attributes": [{"key": "A", "value": "1"}]}
    path = f"/projects/3/jobs/{job}/play"
    assert (await developer.post(path, json=body)).status_code == 403
    assert (await maintainer.post(path, json=body)).status_code == 200


@pytest.mark.parametrize("verb", ["cancel", "retry", "erase", "play", "artifacts/keep"])
async def test_reporters_change_nothing(reporter: httpx.AsyncClient, verb: str) -> None:
    answer = await post(reporter, examples.MANUAL_JOB, verb)
    assert (answer.status_code, answer.json()) == (403, {"message": "403 Forbidden"})


@pytest.mark.parametrize("verb", ["cancel", "erase"])
async def test_bridges_cannot_be_canceled_or_erased(
    maintainer: httpx.AsyncClient, verb: str
) -> None:
    answer = await post(maintainer, examples.BRIDGE, verb)
    assert (answer.status_code, answer.json()) == (404, {"message": "404 Not found"})


@pytest.mark.parametrize("verb", ["cancel", "retry", "erase", "play"])
async def test_missing_jobs_are_not_found(maintainer: httpx.AsyncClient, verb: str) -> None:
    assert (await post(maintainer, 1, verb)).status_code == 404


async def test_rights_change_with_the_role(demo: DemoGitLab, reporter: httpx.AsyncClient) -> None:
    demo.set_role("rita", 1, Role.DEVELOPER)
    assert (await post(reporter, examples.RUNNING_JOB, "cancel")).status_code == 201
    demo.set_role("rita", 1, None)
    answer = await post(reporter, examples.RUNNING_JOB, "cancel")
    assert answer.json() == {"message": "404 Project Not Found"}


async def test_artifacts_can_be_fetched_kept_and_deleted(
    maintainer: httpx.AsyncClient, developer: httpx.AsyncClient
) -> None:
    path = f"/projects/1/jobs/{examples.FINISHED_JOB}/artifacts"
    archive = await developer.get(path)
    assert archive.headers["content-type"] == "application/zip"
    assert archive.content.startswith(b"PK")
    kept = await developer.post(f"{path}/keep")
    assert (kept.status_code, kept.json()["artifacts_expire_at"]) == (200, None)
    assert (await developer.delete(path)).status_code == 403
    assert (await maintainer.delete(path)).status_code == 204
    for answer in (
        await maintainer.get(path),
        await maintainer.delete(path),
        await maintainer.post(f"{path}/keep"),
    ):
        assert answer.json() == {"message": "404 Not found"}
