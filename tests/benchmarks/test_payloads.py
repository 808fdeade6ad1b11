from __future__ import annotations

import json
from statistics import mean

from benchmarks.payloads import JOBS_OF_A_PIPELINE, make_payloads, newest
from upstream.records import FINISHED_STATUSES, STATUSES


def test_the_same_seed_makes_the_same_payloads() -> None:
    assert make_payloads(40) == make_payloads(40)
    assert make_payloads(40) != make_payloads(40, seed=18)


def test_more_jobs_leave_the_first_ones_as_they_were() -> None:
    few, many = make_payloads(20), make_payloads(60)
    assert few.jobs.items() <= many.jobs.items()


def test_jobs_carry_a_part_of_their_pipeline() -> None:
    made = make_payloads(40)
    assert len(made.pipelines) == 40 / JOBS_OF_A_PIPELINE
    for job in made.jobs.values():
        pipeline = made.pipelines[job["pipeline"]["id"]]
        assert job["pipeline"].items() <= pipeline.items()
        assert "duration" not in job["pipeline"]
        assert job["commit"]["id"] == pipeline["sha"]


def test_keys_that_gitlab_leaves_out_are_left_out() -> None:
    jobs = make_payloads(400).jobs.values()
    assert {"failure_reason" in job for job in jobs} == {True, False}
    assert all(("failure_reason" in job) == (job["status"] == "failed") for job in jobs)
    with_archive = [job for job in jobs if "artifacts_file" in job]
    assert with_archive
    assert all(job["artifacts"][0]["file_type"] == "archive" for job in with_archive)


def test_statuses_are_those_of_gitlab() -> None:
    jobs = make_payloads(400).jobs.values()
    assert {job["status"] for job in jobs} <= set(STATUSES)
    for job in jobs:
        assert (job["finished_at"] is not None) == (job["status"] in FINISHED_STATUSES)


def test_a_retry_gives_a_new_job_of_the_same_pipeline() -> None:
    made = make_payloads(40)
    for old, new in made.retried.items():
        assert new["id"] not in made.jobs
        assert new["pipeline"] == made.jobs[old]["pipeline"]
        assert new["status"] == "pending"


def test_payloads_are_as_large_as_gitlabs() -> None:
    sizes = [
        len(json.dumps(job, separators=(",", ":"))) for job in make_payloads(400).jobs.values()
    ]
    assert 1_500 < mean(sizes) < 2_000


def test_newest_come_first() -> None:
    made = make_payloads(40)
    assert [job["id"] for job in newest(made, 3)] == sorted(made.jobs, reverse=True)[:3]
