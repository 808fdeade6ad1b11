"""Actions, with bodies of all kinds."""

from __future__ import annotations

from tests.gateway.migrate.spellings.values import API, TOKEN, VARIABLES, Spelling

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
