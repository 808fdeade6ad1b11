from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.upstream.cache.payloads import COMMIT, JOB, JOBS, PIPELINE, SHA, commit, job, pipeline
from upstream.cache.policy import (
    Policy,
    confirmed_headers,
    confirms,
    refuses,
    tag_to_keep,
)
from upstream.config import Reuse
from upstream.endpoints import commits, jobs, pipelines
from upstream.records import STATUSES

NOW = 1_793_610_000.0
POLICY = Policy(Reuse(job_seconds=60, pipeline_seconds=30, commit_seconds=300))
JOB_PATH = "/projects/1/jobs/7"
PIPELINE_PATH = "/projects/1/pipelines/3"
COMMIT_PATH = f"/projects/1/repository/commits/{SHA}"


def seconds(route: str, path: str, payload: Any) -> float:
    rest = POLICY.rest(route, path, payload, NOW)
    return 0.0 if rest is None else rest.seconds


def test_the_routes_are_those_of_the_endpoints() -> None:
    assert (JOB, PIPELINE, COMMIT) == (jobs.JOB, pipelines.PIPELINE, commits.COMMIT)
    assert JOBS == jobs.JOBS


def test_each_thing_at_rest_has_its_own_time_and_its_project() -> None:
    found = [
        POLICY.rest(JOB, JOB_PATH, job(), NOW),
        POLICY.rest(PIPELINE, PIPELINE_PATH, pipeline(), NOW),
        POLICY.rest(COMMIT, COMMIT_PATH, commit(), NOW),
    ]
    assert [(rest.seconds, rest.project) for rest in found if rest] == [
        (60, "1"),
        (30, "1"),
        (300, "1"),
    ]


@pytest.mark.parametrize("status", sorted(STATUSES))
def test_only_what_has_ended_is_at_rest(status: str) -> None:
    ended = status in {"success", "failed", "canceled"}  # a skipped one may yet come to life
    assert bool(seconds(JOB, JOB_PATH, job(status))) is ended
    assert bool(seconds(JOB, JOB_PATH, job(pipeline=pipeline(status)))) is ended
    assert bool(seconds(PIPELINE, PIPELINE_PATH, pipeline(status))) is ended
    assert bool(seconds(COMMIT, COMMIT_PATH, commit(status))) is ended
    assert bool(seconds(COMMIT, COMMIT_PATH, commit(last_pipeline=pipeline(status)))) is ended


@pytest.mark.parametrize(
    ("expiry", "expected"),
    [
        (None, 60),
        ("2026-11-02T09:00:20.000Z", 20),
        ("2026-11-02T10:00:20.000+01:00", 20),
        ("2026-11-02T09:05:00.000Z", 60),
        ("2026-11-02T08:59:00.000Z", 60),  # over: kept by GitLab as the latest, or gone already
        ("soon", 60),
        (7, 60),
    ],
)
def test_a_job_is_not_handed_out_past_the_expiry_of_its_artifacts(
    expiry: object, expected: float
) -> None:
    assert seconds(JOB, JOB_PATH, job(artifacts_expire_at=expiry)) == expected


@pytest.mark.parametrize(
    ("path", "payload"),
    [
        ("/projects/1/repository/commits/main", commit()),
        (f"/projects/1/repository/commits/{SHA[:8]}", commit()),
        (f"/projects/1/repository/commits/{'f' * 40}", commit()),  # a branch of such a name
        (COMMIT_PATH, commit(None)),
        (COMMIT_PATH, commit(last_pipeline=None)),  # its pipeline may be about to start
    ],
)
def test_a_commit_is_at_rest_by_its_full_sha_and_pipeline_alone(path: str, payload: object) -> None:
    assert seconds(COMMIT, path, payload) == 0


def test_a_sha_of_64_digits_is_a_full_one() -> None:
    sha = SHA + SHA[:24]
    assert seconds(COMMIT, f"/projects/1/repository/commits/{sha}", commit(id=sha)) == 300


def test_what_does_not_tell_its_project_is_always_asked_for() -> None:
    lonely = {"status": "success"}
    assert seconds(JOB, JOB_PATH, {"status": "success", "pipeline": lonely}) == 0
    assert seconds(PIPELINE, PIPELINE_PATH, lonely) == 0
    assert seconds(PIPELINE, PIPELINE_PATH, pipeline() | {"project_id": True}) == 0


@given(
    st.sampled_from([JOBS, f"{PIPELINE}/jobs", "/job", "/projects/:id/pipelines"]),
    st.sampled_from([job(), [job()], pipeline(), commit()]),
)
def test_lists_and_other_routes_are_always_asked_for(route: str, payload: object) -> None:
    assert seconds(route, JOB_PATH, payload) == 0


@given(
    st.sampled_from([JOB, PIPELINE, COMMIT]),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=2)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "id",
                        "status",
                        "pipeline",
                        "project_id",
                        "last_pipeline",
                        "artifacts_expire_at",
                    ]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=8,
    ),
)
def test_odd_payloads_are_never_at_rest_nor_a_reason_to_fail(route: str, payload: object) -> None:
    rest = POLICY.rest(route, COMMIT_PATH, payload, NOW)
    assert rest is None or rest.seconds > 0


def test_times_of_nothing_switch_it_off() -> None:
    policy = Policy(Reuse(job_seconds=0, pipeline_seconds=0, commit_seconds=0))
    assert policy.rest(JOB, JOB_PATH, job(), NOW) is None
    assert policy.rest(PIPELINE, PIPELINE_PATH, pipeline(), NOW) is None
    assert policy.rest(COMMIT, COMMIT_PATH, commit(), NOW) is None


@pytest.mark.parametrize(
    ("tag", "usable"),
    [
        ('W/"abc"', True),
        ('"abc"', True),
        ('""', True),
        ("abc", False),
        ('W/"a"b"', False),
        ('"a\r\nx: y"', False),
        ('"é"', False),
        ("*", False),
        ("", False),
    ],
)
def test_only_an_entity_tag_is_one(tag: str, usable: bool) -> None:  # noqa: FBT001 - a column of the table
    assert tag_to_keep(200, {"etag": tag}) == (tag if usable else None)


@pytest.mark.parametrize(
    "control", ["", "max-age=0, private, must-revalidate", "no-cache", "private"]
)
def test_what_has_to_be_confirmed_before_use_may_be_kept(control: str) -> None:
    assert tag_to_keep(200, {"etag": '"a"', "cache-control": control}) == '"a"'


@pytest.mark.parametrize("control", ["no-store", "No-Store", "private,no-store , max-age=0"])
def test_what_must_not_be_stored_is_not_kept(control: str) -> None:
    assert tag_to_keep(200, {"etag": '"a"', "cache-control": control}) is None


@pytest.mark.parametrize("status", [201, 204, 206, 404, 500])
def test_nothing_but_a_plain_success_is_kept(status: int) -> None:
    assert tag_to_keep(status, {"etag": '"a"'}) is None


def test_what_has_no_tag_is_not_kept() -> None:
    assert tag_to_keep(200, {}) is None


@pytest.mark.parametrize("status", [301, 401, 403, 404, 410])
def test_what_ends_a_claim(status: int) -> None:
    assert refuses(status)


@pytest.mark.parametrize("status", [200, 304, 429, 500, 503])
def test_what_says_nothing_about_a_claim(status: int) -> None:
    assert not refuses(status)


def test_a_304_for_another_tag_confirms_nothing() -> None:
    assert confirms({}, '"a"')
    assert confirms({"etag": 'W/"a"'}, '"a"')
    assert not confirms({"etag": '"b"'}, '"a"')


def test_paging_is_told_by_the_newest_answer_that_speaks_of_it() -> None:
    kept = {"x-next-page": "2", "x-total": "30"}
    assert confirmed_headers({"x-request-id": "r"}, kept) == {**kept, "x-request-id": "r"}
    assert confirmed_headers({"x-total": "31"}, kept) == {"x-total": "31"}
