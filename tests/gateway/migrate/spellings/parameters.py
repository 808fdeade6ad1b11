"""Parameters and credentials in all places; calls that are no curl."""

from __future__ import annotations

from tests.gateway.migrate.spellings.values import (
    API,
    FAILED,
    JOB,
    PIPELINE,
    PROJECT,
    TOKEN,
    TWO,
    Spelling,
)

PARAMETERS_AND_BODIES = [
    Spelling(
        "parameters by --get and --data",
        f"curl -G -d scope=failed --data per_page=3 -H 'PRIVATE-TOKEN: {TOKEN}' {API}/projects/1/jobs",
        "ProjectJobs",
        {**FAILED, "first": 3},
    ),
    Spelling(
        "parameters by --get and --data-urlencode",
        f"curl --get --data-urlencode 'scope[]=failed' --data-urlencode per_page=3 -H 'PRIVATE-TOKEN: {TOKEN}' {API}/projects/1/jobs",
        "ProjectJobs",
        {**FAILED, "first": 3},
    ),
    Spelling(
        "parameters by --url-query",
        f"curl --url-query scope=failed --url-query +per_page=3 -H 'PRIVATE-TOKEN: {TOKEN}' {API}/projects/1/jobs",
        "ProjectJobs",
        {**FAILED, "first": 3},
    ),
    Spelling(
        "parameters in both places",
        f"curl -G '{API}/projects/1/jobs?scope%5B%5D=failed' -d per_page=3 -H 'PRIVATE-TOKEN: {TOKEN}'",
        "ProjectJobs",
        {**FAILED, "first": 3},
    ),
    Spelling(
        "a list by numbers",
        f"curl -g -H 'PRIVATE-TOKEN: {TOKEN}' '{API}/projects/1/jobs?scope[0]=pending&scope[1]=running'",
        "ProjectJobs",
        TWO,
    ),
    Spelling(
        "a project by its path",
        f"curl -H 'PRIVATE-TOKEN: {TOKEN}' {API}/projects/demo%2Fshop/jobs/20001",
        "Job",
        {"projectId": "demo/shop", "jobId": "20001"},
    ),
    Spelling(
        "user and password",
        f"curl -u me:{TOKEN} {API}/projects/1/jobs/20001",
        "Job",
        JOB,
    ),
    Spelling(
        "a user in the address",
        f"curl https://oauth2:{TOKEN}@gitlab.example.com/api/v4/projects/1/jobs/20001",
        "Job",
        JOB,
    ),
    Spelling(
        "curl's own option for Bearer",
        f"curl --oauth2-bearer {TOKEN} {API}/projects/1/jobs/20001",
        "Job",
        JOB,
    ),
    Spelling(
        "a private token in the query",
        f"curl '{API}/projects/1/jobs/20001?private_token={TOKEN}'",
        "Job",
        JOB,
    ),
    Spelling(
        "an access token in the query",
        f"curl '{API}/projects/1/jobs/20001?access_token={TOKEN}'",
        "Job",
        JOB,
    ),
    Spelling(
        "a GitLab below a path",
        f"curl -H 'PRIVATE-TOKEN: {TOKEN}' https://example.com/gitlab/api/v4/projects/1/jobs/20001",
        "Job",
        JOB,
    ),
    Spelling(
        "no scheme",
        f"curl -H 'PRIVATE-TOKEN: {TOKEN}' gitlab.example.com/api/v4/projects/1/jobs/20001",
        "Job",
        JOB,
    ),
    Spelling(
        "a log",
        f"curl --location -H 'PRIVATE-TOKEN: {TOKEN}' {API}/projects/1/jobs/20001/trace",
        "JobLog",
        JOB,
    ),
    Spelling(
        "the jobs of a pipeline",
        f"curl -H 'PRIVATE-TOKEN: {TOKEN}' '{API}/projects/1/pipelines/1001/jobs?include_retried=true&scope[]=failed'",
        "PipelineJobs",
        {**PIPELINE, "scope": ["FAILED"], "includeRetried": True},
    ),
    Spelling(
        "the bridges of a pipeline",
        f"curl -H 'PRIVATE-TOKEN: {TOKEN}' '{API}/projects/1/pipelines/1021/bridges?per_page=2'",
        "PipelineBridges",
        {**PROJECT, "pipelineId": "1021", "first": 2},
    ),
    Spelling(
        "the pipelines of a project",
        f"curl -H 'PRIVATE-TOKEN: {TOKEN}' '{API}/projects/1/pipelines?ref=main&status=success&updated_after=2026-01-01T00%3A00%3A00%2B01%3A00&order_by=id&sort=desc'",
        "ProjectPipelines",
        {
            **PROJECT,
            "ref": "main",
            "status": "SUCCESS",
            "updatedAfter": "2026-01-01T00:00:00+01:00",
        },
    ),
    Spelling(
        "one pipeline",
        f"curl -H 'PRIVATE-TOKEN: {TOKEN}' {API}/projects/1/pipelines/1001",
        "Pipeline",
        PIPELINE,
    ),
    Spelling(
        "a commit by its branch",
        f"curl -H 'PRIVATE-TOKEN: {TOKEN}' {API}/projects/1/repository/commits/fix%2Ftime-zones?stats=false",
        "Commit",
        {**PROJECT, "sha": "fix/time-zones", "stats": False},
    ),
]

NO_CURL = [
    Spelling("a URL", f"{API}/projects/1/jobs?scope[]=failed", "ProjectJobs", FAILED),
    Spelling("a URL in quotes", f'"{API}/projects/1/jobs/20001"', "Job", JOB),
    Spelling("a URL with a fragment", f"<{API}/projects/1/jobs/20001#note>", "Job", JOB),
    Spelling("a path", "/api/v4/projects/1/jobs/20001", "Job", JOB),
    Spelling("a path below /api/v4", "/projects/1/jobs?scope=failed", "ProjectJobs", FAILED),
    Spelling(
        "a URL that begins with a variable", "${CI_API_V4_URL}/projects/1/jobs/20001", "Job", JOB
    ),
    Spelling(
        "a request as it goes over the wire",
        f"GET /api/v4/projects/1/jobs?scope=failed HTTP/1.1\r\nHost: gitlab.example.com\r\nPRIVATE-TOKEN: {TOKEN}\r\nAccept: */*\r\n\r\n",
        "ProjectJobs",
        FAILED,
    ),
    Spelling(
        "a request with a body",
        f'POST /api/v4/projects/1/jobs/20103/cancel HTTP/1.1\nHost: gitlab.example.com\nPRIVATE-TOKEN: {TOKEN}\nContent-Type: application/json\n\n{{"force": true}}\n',
        "CancelJob",
        {"input": {"projectId": "1", "id": "20103", "force": True}},
    ),
    Spelling("a request line alone", "GET /projects/1/jobs/20001", "Job", JOB),
    Spelling(
        "a request line with a URL", f"POST {API}/projects/1/jobs/20017/retry", "RetryJob",
        {"input": {"projectId": "1", "id": "20017"}},
    ),
]  # fmt: skip
