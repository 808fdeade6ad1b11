"""What has no equivalent: why, and what comes nearest."""

from __future__ import annotations

import pytest

from gateway.migrate.elsewhere import endpoints
from gateway.migrate.problems import Untranslatable
from gateway.migrate.reading import read_call
from gateway.migrate.routes import ROUTES, find_route, match_template
from gateway.migrate.translation import translate
from gateway.migrate.writing import problem_as_text, problem_of

API = "https://gitlab.example.com/api/v4/projects/1"
JOBS = f"{API}/jobs"
VARIABLE = "job_variables_attributes[]"
PIPELINE = f"{API}/pipelines/6"


def problem_with(text: str) -> Untranslatable:
    with pytest.raises(Untranslatable) as caught:
        translate(read_call(text))
    return caught.value


@pytest.mark.parametrize(
    ("text", "reason", "nearest"),
    [
        (f"{API}/merge_requests", "GET /projects/:…/merge_requests is no part of the Jobs API", ""),
        (f"curl {JOBS}/7/artifacts", "answers with a file", "Job.artifacts"),
        (f"curl {JOBS}/7/artifacts/a/b.txt", "answers with a file", "Job.artifacts"),
        (f"curl {JOBS}/artifacts/main/download?job=x", "answers with a file", "Job.artifacts"),
        (f"curl -X POST {JOBS}/7/artifacts/keep", "Job Artifacts API", "Job.artifactsExpireAt"),
        (f"curl -X DELETE {JOBS}/7/artifacts", "Job Artifacts API", "eraseJob"),
        (f"curl -X POST {API}/pipeline?ref=main", "not on whole pipelines", ""),
        (f"curl -X POST {PIPELINE}/retry", "not on whole pipelines", "Pipeline.jobs"),
        (f"curl {API}/pipelines/latest", "has no field for it", "gives the newest one"),
        (f"curl {API}/pipelines/last", "the number of the pipeline", ""),
        (f"curl {PIPELINE}/test_report", "no field for it", "Pipeline.jobs"),
        (f"curl {API}", "a project is a handle", "project(id:)"),
        (f"curl -X PUT {JOBS}/7", "GitLab has no PUT for this path", "GET /projects/:…/jobs/:…"),
        (f"curl -X GET {JOBS}/7/play", "GitLab has no GET for this path", "POST"),
        (f"curl -I {JOBS}", "HEAD asks for headers alone", "totalCount and pageInfo"),
        ("/api/v4/projects/group/project/jobs", "no such route", "group%2Fproject"),
        (f"curl -r 0-9 {JOBS}/7/trace", "the header Range", "text(tail:)"),
        (f"curl -H 'Sudo: root' {JOBS}", "the header Sudo", "a token of the user"),
        (f"{JOBS}/x", "the number of the job in the path is none", ""),
        (f"{JOBS}/0", "the number of the job in the path is none", ""),
        (f"{JOBS}/007", "the number of the job in the path is none", ""),
        ("/projects/1%3Fa/jobs", "the project holds", ""),
        (f"{JOBS}?foo=1", "foo is no parameter of GET /projects/:id/jobs", "scope, page, per_page"),
        (f"{JOBS}/7?foo=1", "foo is no parameter", "it has no parameters"),
        (f"{JOBS}?x.y=1", "one of the names in the query or the body is no parameter", "scope"),
        (f"{JOBS}?ref=main", "ref has no equivalent", "pipelines(ref:)"),
        (f"{JOBS}?id_after=7", "id_after is no parameter", "scope"),
        (f"{JOBS}?scope=odd", "scope takes canceled, canceling", ""),
        (f"{JOBS}?scope=failed&scope[]=odd", "in two forms", ""),
        (f"{JOBS}?per_page=0", "per_page is at least 1", ""),
        (f"{JOBS}?per_page=many", "per_page takes a whole number", ""),
        (f"{JOBS}?per_page=$N", "per_page takes a whole number", ""),
        (f"{JOBS}?page=6&per_page=100", "more than 500 items", "pageInfo.endCursor"),
        (f"{JOBS}?pagination=keyset&per_page=501", "from 1 to 500", "pageInfo.endCursor"),
        (f"{JOBS}?pagination=keyset&cursor=abc", "none of GitLab's", ""),
        (f"{JOBS}?pagination=keyset&cursor=eyJpZCI6IjciLCJfa2QiOiJwIn0=", "leads back", "after"),
        (f"{JOBS}?pagination=keyset&cursor=eyJpZCI6ImEifQ==", "none of a list of jobs", ""),
        (f"{JOBS}?cursor=eyJpZCI6IjcifQ==", "only beside pagination=keyset", ""),
        (f"{JOBS}?pagination=keyset&sort=asc", "GitLab answers 405 to a sort", ""),
        (f"{JOBS}?order_by=status", "order_by other than id", "sort the nodes"),
        (f"{PIPELINE}/jobs?pagination=keyset", "keyset pagination for the jobs of a project", ""),
        (f"{PIPELINE}/jobs?include_retried=maybe", "include_retried takes true or false", ""),
        (f"{PIPELINE}/jobs?with_artifacts=1", "with_artifacts has no equivalent", "leave it out"),
        (f"{PIPELINE}/bridges?include_retried=1", "include_retried has no equivalent", "leave it"),
        (f"{API}/pipelines?scope=tags", "scope has no equivalent", "filter by status"),
        (f"{API}/pipelines?name=x", "name has no equivalent", "look at the name"),
        (f"{API}/pipelines?ref[]=x", "ref takes one text", ""),
        (f"{API}/pipelines?updated_after=now", "updated_after takes ISO 8601", ""),
        (f"curl -d force=maybe {JOBS}/7/cancel", "force takes true or false", ""),
        (f"curl -d inputs=x {JOBS}/7/retry", "inputs takes an object", ""),
        (f"curl -d force=1 {JOBS}/7/erase", "force is no parameter", "it has no parameters"),
        (f"curl -d @nowhere {JOBS}/7/cancel", "a file that cannot be read here", ""),
        (
            f"curl -d 'job_variables_attributes=x' {JOBS}/7/play",
            "takes a list of objects",
            "",
        ),
        (
            f"""curl --json '{{"job_variables_attributes":[{{"key":"A"}}]}}' {JOBS}/7/play""",
            "each variable has a key and a value",
            "",
        ),
        (
            f"curl -d '{VARIABLE}[key]=A&{VARIABLE}[value][]=' {JOBS}/7/play",
            "a key and a value are text",
            "",
        ),
    ],
)  # fmt: skip
def test_it_says_why_and_what_is_nearest(text: str, reason: str, nearest: str) -> None:
    problem = problem_with(text)
    assert reason in problem.reason
    assert nearest in problem.nearest


def test_a_cursor_belongs_to_a_project_that_must_be_known() -> None:
    url = "$CI_API_V4_URL/projects/$P/jobs?pagination=keyset&cursor=eyJpZCI6IjcifQ"
    assert "which a variable names" in problem_with(f'curl "{url}"').reason


def test_programs_are_told_which_endpoints_can_be_translated() -> None:
    problem = problem_with(f"{JOBS}?ref=main")
    told = problem_of(problem)["error"]
    assert told["message"] == problem.reason
    assert told["nearest"] == problem.nearest
    assert told["endpoints"] == endpoints() == [route.name for route in ROUTES]
    assert problem_as_text(problem).splitlines() == [
        f"cannot be translated: {problem.reason}",
        f"nearest: {problem.nearest}",
    ]


def test_routes_are_found_by_their_path_as_it_goes_over_the_wire() -> None:
    match = find_route("GET", "/projects/a%2Fb/jobs/7/trace")
    assert match is not None
    assert match.route.name == "GET /projects/:id/jobs/:job_id/trace"
    assert match.arguments == {"id": "a%2Fb", "job_id": "7"}
    for method, path in [
        ("GET", "/projects/a/b/jobs"),
        ("GET", "/projects//jobs"),
        ("GET", "/projects/1/jobs/7/trace/x"),
        ("POST", "/projects/1/jobs"),
        ("GET", "/"),
    ]:
        assert find_route(method, path) is None
    assert match_template("/a/*rest", "/a") is None
    assert match_template("/a/*rest", "/a/b/c") == {"rest": "b/c"}
