"""REST calls as people have them: in scripts, in documents, in browsers, on every system.

They ask for what is always there in the demo (`upstream.demo.examples`), so that each can be run.
"""

from __future__ import annotations

from typing import Any, NamedTuple

TOKEN = "demo-maintainer"
API = "https://gitlab.example.com/api/v4"


class Spelling(NamedTuple):
    """A text, and what it means in GraphQL."""

    name: str
    text: str
    operation: str
    variables: dict[str, Any]


PROJECT = {"projectId": "1"}
FAILED = {**PROJECT, "scope": ["FAILED"]}
TWO = {**PROJECT, "scope": ["PENDING", "RUNNING"]}
PIPELINE = {**PROJECT, "pipelineId": "1001"}
JOB = {**PROJECT, "jobId": "20001"}
ACTED = {"input": {"projectId": "1", "id": "20212"}}
VARIABLES = {
    "input": {
        **ACTED["input"],
        "variables": [{"key": "A", "value": "1"}, {"key": "B", "value": "it's two"}],
    }
}

QUOTES_AND_OPTIONS = [
    Spelling(
        "as GitLab's document has it",
        f'curl --globoff --header "PRIVATE-TOKEN: {TOKEN}" "{API}/projects/1/jobs?scope[]=pending&scope[]=running"',
        "ProjectJobs",
        TWO,
    ),
    Spelling(
        "single quotes",
        f"curl -H 'PRIVATE-TOKEN: {TOKEN}' '{API}/projects/1/jobs?scope=failed'",
        "ProjectJobs",
        FAILED,
    ),
    Spelling(
        "no quotes at all",
        f"curl -HPRIVATE-TOKEN:{TOKEN} {API}/projects/1/jobs",
        "ProjectJobs",
        PROJECT,
    ),
    Spelling(
        "an option's value glued to its letter",
        f"curl -sH'PRIVATE-TOKEN: {TOKEN}' -XGET '{API}/projects/1/jobs'",
        "ProjectJobs",
        PROJECT,
    ),
    Spelling(
        "an option's value behind an equals sign",
        f"curl --header='PRIVATE-TOKEN: {TOKEN}' --request=GET --url='{API}/projects/1/jobs'",
        "ProjectJobs",
        PROJECT,
    ),
    Spelling(
        "quotes in the middle of a word",
        f'curl -H PRIVATE-TOKEN:" {TOKEN}" {API}/projects/1"/jobs?"scope=\'failed\'',
        "ProjectJobs",
        FAILED,
    ),
    Spelling(
        "ANSI-C quotes",
        f"curl -H $'PRIVATE-TOKEN:\\x20{TOKEN}' $'{API}/projects/1/jobs\\u003fscope=failed'",
        "ProjectJobs",
        FAILED,
    ),
    Spelling(
        "escaped characters",
        f"curl -H PRIVATE-TOKEN:\\ {TOKEN} {API}/projects/1/jobs\\?scope\\[\\]=failed",
        "ProjectJobs",
        FAILED,
    ),
    Spelling(
        "lines that go on",
        f'curl --silent \\\n  --header "PRIVATE-TOKEN: {TOKEN}" \\\n  "{API}/projects/1/jobs?scope=failed"\n',
        "ProjectJobs",
        FAILED,
    ),
    Spelling(
        "lines that go on, with blanks behind the backslash",
        f'curl --silent \\ \n  --header "PRIVATE-TOKEN: {TOKEN}" \\\t\n  "{API}/projects/1/jobs?scope=failed"\n',
        "ProjectJobs",
        FAILED,
    ),
    Spelling(
        "lines that go on without a backslash",
        f'curl "{API}/projects/1/jobs?scope=failed"\n  --header "PRIVATE-TOKEN: {TOKEN}"\n  --silent\n',
        "ProjectJobs",
        FAILED,
    ),
    Spelling(
        "a quote that is not closed",
        f'curl "{API}/projects/1/jobs?scope=failed\n--header "PRIVATE-TOKEN: {TOKEN}"\n',
        "ProjectJobs",
        FAILED,
    ),
    Spelling(
        "Windows line ends",
        f'curl -s \\\r\n  -H "PRIVATE-TOKEN: {TOKEN}" \\\r\n  "{API}/projects/1/jobs?scope=failed"\r\n',
        "ProjectJobs",
        FAILED,
    ),
    Spelling(
        "cmd.exe",
        f'curl -s ^\r\n  -H "PRIVATE-TOKEN: {TOKEN}" ^\r\n  "{API}/projects/1/jobs?scope=failed&per_page=5"\r\n',
        "ProjectJobs",
        {**FAILED, "first": 5},
    ),
    Spelling(
        "copied from a browser for cmd.exe",
        f'curl ^"{API}/projects/demo^%^2Fshop/jobs?scope^[^]=failed^&per_page=5^" ^\n  -H ^"PRIVATE-TOKEN: {TOKEN}^" ^\n  --compressed',
        "ProjectJobs",
        {"projectId": "demo/shop", "scope": ["FAILED"], "first": 5},
    ),
    Spelling(
        "PowerShell",
        f'curl.exe -s `\n  -H "PRIVATE-TOKEN: {TOKEN}" `\n  "{API}/projects/1/jobs?scope=failed"',
        "ProjectJobs",
        FAILED,
    ),
    Spelling(
        "switches in a row",
        f"curl -sSfLk -m 30 -o /dev/null -w '%{{http_code}}' -H 'PRIVATE-TOKEN: {TOKEN}' '{API}/projects/1/jobs'",
        "ProjectJobs",
        PROJECT,
    ),
    Spelling(
        "switches in a row, of which the last takes a value",
        f"curl -sSXGET -vH 'Private-Token: {TOKEN}' '{API}/projects/1/jobs'",
        "ProjectJobs",
        PROJECT,
    ),
    Spelling(
        "options with values that look like options",
        f"curl -A -X -e -H --retry 3 -H 'PRIVATE-TOKEN: {TOKEN}' -- {API}/projects/1/jobs",
        "ProjectJobs",
        PROJECT,
    ),
    Spelling(
        "a switch that is taken back",
        f"curl -G --no-get --no-buffer -H 'PRIVATE-TOKEN: {TOKEN}' {API}/projects/1/jobs",
        "ProjectJobs",
        PROJECT,
    ),
]

IN_A_SHELL = [
    Spelling(
        "behind a prompt",
        f'$ curl -H "PRIVATE-TOKEN: {TOKEN}" {API}/projects/1/jobs',
        "ProjectJobs",
        PROJECT,
    ),
    Spelling(
        "with a path",
        f'/usr/bin/curl -H "PRIVATE-TOKEN: {TOKEN}" {API}/projects/1/jobs',
        "ProjectJobs",
        PROJECT,
    ),
    Spelling(
        "behind variables and words of the shell",
        f"if ! HTTPS_PROXY='http://p:1' LANG=C time curl -H 'PRIVATE-TOKEN: {TOKEN}' {API}/projects/1/jobs; then echo no; fi",
        "ProjectJobs",
        PROJECT,
    ),
    Spelling(
        "before a pipe",
        f"curl -s -H 'PRIVATE-TOKEN: {TOKEN}' '{API}/projects/1/jobs?scope=failed' | jq -r '.[] | \"\\(.id) | \\(.name)\"'",
        "ProjectJobs",
        FAILED,
    ),
    Spelling(
        "before redirections",
        f"curl -H 'PRIVATE-TOKEN: {TOKEN}' 2>/dev/null '{API}/projects/1/jobs?scope=failed' > jobs.json 2>&1",
        "ProjectJobs",
        FAILED,
    ),
    Spelling(
        "as the value of a variable",
        f"JOBS=$(curl -s -H 'PRIVATE-TOKEN: {TOKEN}' '{API}/projects/1/jobs?scope=failed')",
        "ProjectJobs",
        FAILED,
    ),
    Spelling(
        "in backquotes",
        f"JOBS=`curl -s -H 'PRIVATE-TOKEN: {TOKEN}' '{API}/projects/1/jobs?scope=failed'`; echo",
        "ProjectJobs",
        FAILED,
    ),
    Spelling(
        "behind another command",
        f"cd /tmp && curl -s -H 'PRIVATE-TOKEN: {TOKEN}' {API}/projects/1/jobs # why",
        "ProjectJobs",
        PROJECT,
    ),
    Spelling(
        "variables that CI gives",
        'curl --header "JOB-TOKEN: $CI_JOB_TOKEN" "${CI_API_V4_URL}/job"',
        "CurrentJob",
        {},
    ),
    Spelling(
        "the job token as Bearer",
        'curl --header "Authorization: Bearer $CI_JOB_TOKEN" "$CI_API_V4_URL/job"',
        "CurrentJob",
        {},
    ),
    Spelling(
        "the job token in the query",
        'curl "${CI_API_V4_URL}/job/allowed_agents?job_token=$CI_JOB_TOKEN"',
        "AllowedAgents",
        {},
    ),
    Spelling(
        "the job token of another program",
        'curl --header "JOB-TOKEN: $(cat "$HOME/.token (new)")" "${CI_API_V4_URL}/job/allowed_agents"',
        "AllowedAgents",
        {},
    ),
    Spelling(
        "the server by its own variable",
        'curl -H "PRIVATE-TOKEN: $TOKEN" "$CI_SERVER_URL/api/v4/projects/1/jobs?scope[]=failed"',
        "ProjectJobs",
        FAILED,
    ),
    Spelling(
        "PowerShell's variables",
        'curl -H "PRIVATE-TOKEN: $env:TOKEN" "$env:CI_API_V4_URL/projects/1/jobs?scope[]=failed"',
        "ProjectJobs",
        FAILED,
    ),
]

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

ACTIONS = [
    Spelling(
        "an action",
        f"curl --request POST --header 'PRIVATE-TOKEN: {TOKEN}' {API}/projects/1/jobs/20103/cancel",
        "CancelJob",
        {"input": {"projectId": "1", "id": "20103"}},
    ),
    Spelling(
        "an action with a parameter in its query",
        f"curl -X POST -H 'PRIVATE-TOKEN: {TOKEN}' '{API}/projects/1/jobs/20103/cancel?force=true'",
        "CancelJob",
        {"input": {"projectId": "1", "id": "20103", "force": True}},
    ),
    Spelling(
        "an action with a form of several parts",
        f"curl --form force=false -H 'PRIVATE-TOKEN: {TOKEN}' '{API}/projects/1/jobs/20103/cancel'",
        "CancelJob",
        {"input": {"projectId": "1", "id": "20103", "force": False}},
    ),
    Spelling(
        "an action whose method is in small letters",
        f"curl -X post -H 'PRIVATE-TOKEN: {TOKEN}' {API}/projects/1/jobs/20017/retry",
        "RetryJob",
        {"input": {"projectId": "1", "id": "20017"}},
    ),
    Spelling(
        "an action with nothing in its body",
        f"curl -d '' -H 'PRIVATE-TOKEN: {TOKEN}' {API}/projects/1/jobs/20001/erase",
        "EraseJob",
        {"input": {"projectId": "1", "id": "20001"}},
    ),
    Spelling(
        "a body by --json",
        f"""curl --json '{{"job_variables_attributes":[{{"key":"A","value":"1"}},{{"key":"B","value":"it'"'"'s two"}}]}}' -H 'PRIVATE-TOKEN: {TOKEN}' {API}/projects/1/jobs/20212/play""",
        "PlayJob",
        VARIABLES,
    ),
    Spelling(
        "a body by --data and its type",
        f'curl -X POST -H "Content-Type: application/json" -H "PRIVATE-TOKEN: {TOKEN}" -d "{{\\"job_variables_attributes\\": [{{\\"key\\": \\"A\\", \\"value\\": \\"1\\"}}, {{\\"key\\": \\"B\\", \\"value\\": \\"it\'s two\\"}}]}}" {API}/projects/1/jobs/20212/play',
        "PlayJob",
        VARIABLES,
    ),
    Spelling(
        "a body of many lines",
        f"""curl --request POST \\
     --header 'PRIVATE-TOKEN: {TOKEN}' \\
     --header 'Content-Type: application/json; charset=utf-8' \\
     --data-raw '{{
       "job_variables_attributes": [
         {{"key": "A", "value": 1}},
         {{"key": "B", "value": "it\\u0027s two"}}
       ]
     }}' '{API}/projects/1/jobs/20212/play'""",
        "PlayJob",
        VARIABLES,
    ),
    Spelling(
        "a body that is not declared",
        f"""curl -X POST -H 'PRIVATE-TOKEN: {TOKEN}' --data-binary '{{"job_variables_attributes":[{{"key":"A","value":"1"}},{{"key":"B","value":"it\\u0027s two"}}]}}' {API}/projects/1/jobs/20212/play""",
        "PlayJob",
        VARIABLES,
    ),
    Spelling(
        "a body from a here-document",
        f"""curl --json @- -H 'PRIVATE-TOKEN: {TOKEN}' {API}/projects/1/jobs/20212/play <<'EOF'
{{"job_variables_attributes": [
  {{"key": "A", "value": "1"}}, {{"key": "B", "value": "it's two"}}
]}}
EOF
""",
        "PlayJob",
        VARIABLES,
    ),
    Spelling(
        "a body from a here-string",
        f"""curl --json @- -H 'PRIVATE-TOKEN: {TOKEN}' {API}/projects/1/jobs/20213/play <<< '{{"job_variables_attributes": []}}'""",
        "PlayJob",
        {"input": {"projectId": "1", "id": "20213", "variables": []}},
    ),
    Spelling(
        "a form by --data",
        f"curl -H 'PRIVATE-TOKEN: {TOKEN}' -d 'job_variables_attributes[][key]=A' -d 'job_variables_attributes[][value]=1' -d 'job_variables_attributes[][key]=B&job_variables_attributes[][value]=it%27s+two' {API}/projects/1/jobs/20212/play",
        "PlayJob",
        VARIABLES,
    ),
    Spelling(
        "a form by --form",
        f"""curl -H 'PRIVATE-TOKEN: {TOKEN}' -F 'job_variables_attributes[][key]=A' -F 'job_variables_attributes[][value]="1";type=text/plain' --form-string 'job_variables_attributes[][key]=B' -F "job_variables_attributes[][value]=it's two" {API}/projects/1/jobs/20212/play""",
        "PlayJob",
        VARIABLES,
    ),
    Spelling(
        "a body from a file that is not here",
        f"""curl --request POST "{API}/projects/1/jobs/1/play
--header "PRIVATE-TOKEN: {TOKEN}"
--data @no-such-variables.json""",
        "PlayJob",
        {
            "input": {
                "projectId": "1",
                "id": "1",
                "variables": [{"key": "<key>", "value": "<value>"}],
            }
        },
    ),
    Spelling(
        "a value from a variable of the shell",
        f"""curl --json "{{\\"job_variables_attributes\\":[{{\\"key\\":\\"REF\\",\\"value\\":\\"$CI_COMMIT_REF_NAME\\"}}]}}" -H 'PRIVATE-TOKEN: {TOKEN}' "$CI_API_V4_URL/projects/$CI_PROJECT_ID/jobs/${{JOB}}/play" """,
        "PlayJob",
        {
            "input": {
                "projectId": "${CI_PROJECT_ID}",
                "id": "${JOB}",
                "variables": [{"key": "REF", "value": "${CI_COMMIT_REF_NAME}"}],
            }
        },
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

SPELLINGS = [
    *QUOTES_AND_OPTIONS,
    *IN_A_SHELL,
    *PARAMETERS_AND_BODIES,
    *ACTIONS,
    *NO_CURL,
]
