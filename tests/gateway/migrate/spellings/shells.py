"""Quotes, options and lines of all kinds of shells."""

from __future__ import annotations

from tests.gateway.migrate.spellings.values import API, FAILED, PROJECT, TOKEN, TWO, Spelling

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
