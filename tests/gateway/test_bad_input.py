"""Whatever a client gets wrong is told to it: the place, the code, and what would be right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from resolvers.ids import GlobalId
from tests.conftest import Graphql
from upstream.demo import (
    DEVELOPER_TOKEN,
    MAINTAINER_TOKEN,
    OUTSIDER_TOKEN,
    DemoGitLab,
    examples,
)

JOB = examples.FINISHED_JOB
JOB_ID = str(GlobalId("Job", "1", str(JOB)))
PIPELINE_ID = str(GlobalId("Pipeline", "1", str(examples.FAILED_PIPELINE)))


@dataclass(frozen=True, slots=True)
class Bad:
    """`sent`: whether GitLab had to be asked to know."""

    query: str
    code: str
    message: str
    path: tuple[str, ...]
    token: str | None = MAINTAINER_TOKEN
    sent: bool = False


def job(arguments: str, code: str, message: str, **more: Any) -> Bad:
    return Bad(f"{{ job({arguments}) {{ name }} }}", code, message, ("job",), **more)


def jobs(arguments: str, message: str) -> Bad:
    query = f'{{ project(id: "1") {{ jobs({arguments}) {{ nodes {{ name }} }} }} }}'
    return Bad(query, "BAD_USER_INPUT", message, ("project", "jobs"))


def project(name: str, message: str, code: str = "BAD_USER_INPUT") -> Bad:
    query = f'{{ project(id: "{name}") {{ jobs {{ nodes {{ name }} }} }} }}'
    return Bad(query, code, message, ("project",))


NUMBER = f'id: "{JOB}"'

CASES = {
    "unknown project": Bad(
        '{ project(id: "no/such") { jobs { nodes { name } } } }',
        "NOT_FOUND",
        "404 Project Not Found",
        ("project", "jobs"),
        sent=True,
    ),
    "unknown project by number": job(
        'projectId: "999", id: "7"', "NOT_FOUND", "404 Project Not Found", sent=True
    ),
    "somebody else's job": job(
        f'projectId: "1", {NUMBER}',
        "NOT_FOUND",
        "404 Project Not Found",
        token=OUTSIDER_TOKEN,
        sent=True,
    ),
    "a job that members alone may see": Bad(
        '{ project(id: "demo/vault") { jobs { nodes { name } } } }',
        "FORBIDDEN",
        "403 Forbidden",
        ("project", "jobs"),
        token=DEVELOPER_TOKEN,
        sent=True,
    ),
    "unknown job": job('projectId: "1", id: "4000000"', "NOT_FOUND", "404 Not found", sent=True),
    "no token": job(
        f'projectId: "1", {NUMBER}', "UNAUTHENTICATED", "401 Unauthorized", token=None, sent=True
    ),
    "wrong token": job(
        f'projectId: "1", {NUMBER}',
        "UNAUTHENTICATED",
        "401 Unauthorized",
        token="demo-nobody",
        sent=True,
    ),
    "bad id": job(
        'projectId: "1", id: "seven"',
        "BAD_USER_INPUT",
        "id: 'seven' is neither a number of GitLab nor a global id of this API",
    ),
    "id below one": job(
        'projectId: "1", id: "0"',
        "BAD_USER_INPUT",
        "id: '0' is neither a number of GitLab nor a global id of this API",
    ),
    "id of another kind": job(
        f'id: "{PIPELINE_ID}"',
        "BAD_USER_INPUT",
        "id: this global id names a Pipeline; wanted is a Job",
    ),
    "both ways of naming a job": job(
        f'projectId: "1", id: "{JOB_ID}"',
        "BAD_USER_INPUT",
        "projectId: leave it out where `id` is a global id, which carries its project",
    ),
    "neither way of naming a job": job(
        NUMBER,
        "BAD_USER_INPUT",
        f"id: the number {JOB} needs `projectId` beside it; or give a global id alone",
    ),
    "bad global id": Bad(
        '{ node(id: "Zm9v") { id } }',
        "BAD_USER_INPUT",
        "id: 'Zm9v' is not a global id; take it from an object's `id` field",
        ("node",),
    ),
    "bad cursor": jobs(
        'after: "not a cursor"',
        "after: this is not a cursor of this API; take one from `pageInfo` or `edges`",
    ),
    "first: 0": jobs("first: 0", "first: 0 is out of range; it may be from 1 to 500"),
    "first: 10000": jobs("first: 10000", "first: 10000 is out of range; it may be from 1 to 500"),
    "scope: UNKNOWN": jobs(
        "scope: [UNKNOWN]",
        "scope: UNKNOWN stands for statuses this API does not know yet; GitLab cannot filter by it",
    ),
    "empty project": project("", "id: empty; give the project's number or its full path"),
    "project that climbs": project(
        "group/../admin",
        "the project has an empty part, . or .. in its path; "
        "give its number, or its full path such as group/project",
    ),
    "project that climbs, encoded": project(
        "%2E%2E",
        "the project has an empty part, . or .. in its path; "
        "give its number, or its full path such as group/project",
    ),
    "project with a line break": project(
        "group/name\\r\\nprivate-token: x",
        "the project holds a space, a control character, ?, #, % or a backslash; "
        "give its number, or its full path such as group/project",
    ),
    "project with a query": project(
        "1?private_token=x",
        "the project holds a space, a control character, ?, #, % or a backslash; "
        "give its number, or its full path such as group/project",
    ),
    "too many nodes": Bad(
        f"{{ nodes(ids: [{', '.join([f'{JOB}'] * 501)}]) {{ id }} }}",
        "BAD_USER_INPUT",
        "ids: 501 ids are too many; at most 500 at once",
        ("nodes",),
    ),
}


@pytest.mark.parametrize("bad", CASES.values(), ids=CASES)
async def test_bad_input_is_told_by_message_code_and_path(
    demo: DemoGitLab, graphql: Graphql, bad: Bad
) -> None:
    answer = await graphql(bad.query, None, bad.token)
    [error] = answer["errors"]
    assert error["message"] == bad.message
    assert error["extensions"]["code"] == bad.code
    assert error["extensions"]["retryable"] is False
    assert tuple(error["path"]) == bad.path
    assert bool(len(demo.calls)) is bad.sent
    assert ("http" in error["extensions"]) is bad.sent


INVALID = {
    "unknown field": ("{ job(id: 1) { nam } }", "Cannot query field 'nam' on type 'Job'."),
    "unknown argument": ("{ job(id: 1, name: 2) { name } }", "Unknown argument 'name'"),
    "unknown status": (
        '{ project(id: "1") { jobs(scope: [DONE]) { totalCount } } }',
        "Value 'DONE' does not exist in 'JobStatus' enum.",
    ),
    "missing argument": ("{ job { name } }", "'Query.job(id:)' of type 'ID!' is required"),
    "first beyond Int": (
        '{ project(id: "1") { jobs(first: 3000000000) { totalCount } } }',
        "Int cannot represent non 32-bit signed integer value",
    ),
    "null as id": ("{ job(id: null) { name } }", "Expected value of non-null type 'ID!'"),
    "a time that is none": (
        '{ project(id: "1") { pipelines(updatedAfter: "yesterday") { totalCount } } }',
        "DateTime",
    ),
    "no fields": ("{ job(id: 1) }", "must have a selection of subfields"),
}


@pytest.mark.parametrize(("query", "message"), INVALID.values(), ids=INVALID)
async def test_what_the_schema_does_not_have_is_refused_before_anything_is_sent(
    demo: DemoGitLab, graphql: Graphql, query: str, message: str
) -> None:
    answer = await graphql(query)
    assert "data" not in answer
    assert message in answer["errors"][0]["message"]
    assert answer["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    assert demo.calls.routes() == []


async def test_a_token_is_never_repeated(graphql: Graphql) -> None:
    answer = await graphql(f'{{ job(projectId: "1", {NUMBER}) {{ name }} }}', None, "glpat-secret")
    assert "glpat-secret" not in str(answer)
