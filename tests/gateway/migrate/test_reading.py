"""Calls found in whole texts, and what is said of texts that are none."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.migrate.call import RestCall, Token
from gateway.migrate.problems import Unreadable, Untranslatable
from gateway.migrate.reading import calls_in, find_calls, read_call
from gateway.migrate.translation import translate
from upstream.credentials import TokenKind

SCRIPT = r"""#!/bin/bash
# curl https://gitlab.example.com/api/v4/projects/1/jobs/1
# or by hand; curl https://gitlab.example.com/api/v4/projects/1/jobs/3
API="$CI_API_V4_URL/projects/$CI_PROJECT_ID"
echo "don't curl by hand"
for page in 1 2; do
  curl --silent --header "JOB-TOKEN: $CI_JOB_TOKEN" \
    "$API/jobs?per_page=100&page=$page" >> jobs.json
done
if ! FAILED=$(curl -s "$API/pipelines/6/jobs?scope[]=failed" | jq length); then exit 1; fi
curl -X POST "$API/jobs/7/play" --json @- <<EOF
{"job_variables_attributes": [{"key": "curl", "value": "curl $API"}]}
EOF
docker run curlimages/curl -s https://gitlab.example.com/api/v4/projects/1/jobs/2
apt-get install curl jq
curl https://example.com/health && curl -fsS $API/jobs/8; curl $API/jobs/9
"""


def test_the_calls_of_a_script_are_found_with_their_lines() -> None:
    found = list(find_calls(SCRIPT))
    assert [each.line for each in found] == [7, 10, 11, 16, 16, 16]
    calls = [each.read() for each in (*found[:3], *found[4:])]
    assert [call.path for call in calls] == [
        "/jobs",
        "/pipelines/6/jobs",
        "/jobs/7/play",
        "/jobs/8",
        "/jobs/9",
    ]
    variables = [{"key": "curl", "value": "curl ${API}"}]
    assert calls[2].body == {"job_variables_attributes": variables}
    with pytest.raises(Unreadable, match="no /api/v4 in it"):
        found[3].read()


def test_a_document_has_calls_in_its_blocks() -> None:
    document = """
It's what GitLab's curl example shows:

```plaintext
GET /projects/:id/jobs
```

```shell
curl --header "PRIVATE-TOKEN: <your_access_token>" "https://gitlab.example.com/api/v4/projects/1/jobs/8"
```

```http
POST /api/v4/projects/1/jobs/8/play HTTP/1.1
Content-Type: application/json

{"job_variables_attributes": []}
```
Isn't it?

https://gitlab.example.com/api/v4/projects/1/jobs/9
"""
    calls = [each.read() for each in find_calls(document)]
    assert [(call.method, call.path) for call in calls] == [
        ("GET", "/projects/1/jobs/8"),
        ("POST", "/projects/1/jobs/8/play"),
        ("GET", "/projects/1/jobs/9"),
    ]
    assert calls[1].body == {"job_variables_attributes": []}


def test_many_lines_are_many_calls() -> None:
    text = "".join(
        f"curl https://g.test/api/v4/projects/1/jobs/{number}\n" for number in range(1, 9)
    )
    assert [each.read().path[-1] for each in find_calls(text)] == list("12345678")


def test_what_stands_between_is_passed_over() -> None:
    assert list(find_calls("nothing here\nbut 'an open quote\nand a curling match")) == []


def test_of_several_calls_none_is_the_one() -> None:
    with pytest.raises(Unreadable, match="there are 2 calls"):
        read_call("curl http://a/api/v4/job; curl http://a/api/v4/job")


API = "https://g.test/api/v4/projects/1/jobs"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("hello", "no REST call was found"),
        ("", "no REST call was found"),
        ("https://gitlab.example.com/group/project/-/jobs/7", "no /api/v4 in it"),
        ("https://gitlab.example.com/api/v3/projects/1/jobs", "version 3"),
        ("https://gitlab.example.com/api/graphql", "GraphQL already"),
        ("curl", "no URL"),
        ("curl -s", "no URL"),
        (f"curl {API} {API}", "several URLs"),
        (f"curl -H 'A: b {API}", "a quote is opened and never closed"),
        (f'curl -H "A: b {API}', "a quote is opened and never closed"),
        (f"curl -H $'A: b {API}", "a quote is opened and never closed"),
        (f"curl -H $(cat {API}", "a command substitution is opened and never closed"),
        (f"curl --json @- {API} <<EOF\n{{}}\n", "a here-document is opened and never closed"),
        (f"curl {API} -H", "-H is the last word, and its value is missing"),
        (f"curl {API} --header", "--header is the last word, and its value is missing"),
        (f"curl --haeder 'A: b' {API}", "the 1st word after curl.*did you mean --header?"),
        (f"curl -s -L --qqqqqqqq {API}", "the 3rd word after curl is no option of curl$"),
        (f"curl -s€ {API}", "the 1st word after curl is no option"),
        (f"curl -s {API} --next {API}", "--next.*several calls in one"),
        (f"curl -K file {API}", "--config.*reads options from a file"),
        (f"curl -T file {API}", "--upload-file.*uploads a file"),
        (f"curl {API}/{{1,2}}", "several calls.*--globoff"),
        (f"curl {API}/[1-3]", "several calls.*--globoff"),
        (f"curl -X 'GET /' {API}", "the method is none of HTTP's"),
        (f"curl -F x {API}", "no name=value"),
        (f"curl -F x=@file {API}", "uploads a file"),
        (f"curl -G -d @nowhere {API}", "a file that cannot be read"),
        (f"curl --json '{{' {API}", r"not valid JSON \(line 1, column 2\)"),
        (f"curl --json '[1]' {API}", "not an object"),
        (f"curl -d x -H 'Content-Type: text/csv' {API}", "neither JSON nor a form"),
        (f"curl '{API}?scope=%zz'", "a % that encodes nothing"),
        (f"curl '{API}?scope=%ff'", "not as UTF-8"),
        ("curl https://g.test:x/api/v4/job", "host or port is none"),
        (f"curl {API}/$(cat id)", "what another command prints"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_why(text: str, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        read_call(text)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (f'curl "{API}\n  --silent', "the quote around the URL is not closed"),
        (f"curl {API}\n  --silent", "a line that begins with an option was joined"),
        (f"curl {API}?per_page=5&page=2", "an & outside of quotes ends the command"),
        (f"curl -H 'PRIVATE-TOKEN: a' -H 'JOB-TOKEN: b' {API}", "several credentials"),
        (f"curl -u me:pass {API}", "no user and password"),
        (f"curl -H 'Authorization: Basic eA==' {API}", "no other Authorization than Bearer"),
        (f"curl {API}?private_token=abc", "private_token became a header"),
        (f"curl -d '{{}}' {API}", "the body is JSON, but is not declared so"),
        (f"curl -H @headers.txt {API}", "the file that --header names was not read"),
    ],
)
def test_what_had_to_be_guessed_is_noted(text: str, note: str) -> None:
    assert any(note in each for each in read_call(text).notes)


def test_files_are_read_where_that_is_allowed() -> None:
    files = {"vars.json": '{"a":\n "b"}', "head": "PRIVATE-TOKEN: abc\nX: y\n", "-": "c=d"}
    call = read_call(f"curl -H @head --json @vars.json {API}", files.get)
    assert call.body == {"a": "b"}
    assert call.token == Token(TokenKind.PRIVATE_TOKEN, "abc")
    assert read_call(f"curl -d @- {API}", files.get).body == {"c": "d"}
    assert read_call(f"curl -d @- {API} < vars.json", files.get).body == {"a": "b"}
    assert read_call(f"curl -d @vars.json {API}", files.get).body == {"a": "b"}
    assert read_call(f"curl -d @vars.json {API}").unread == "vars.json"
    assert read_call(f"curl -F 'e=<vars.json' {API}", files.get).body == {"e": '{"a":\n "b"}'}
    encoded = f"curl -G --data-urlencode e@vars.json {API}"
    assert read_call(encoded, files.get).query == (("e", '{"a":\n "b"}'),)


def test_only_what_changes_the_answer_is_kept_of_the_headers() -> None:
    call = read_call(f"curl -r 0-9 -H 'Sudo: root' -z 'now' -H 'Accept: text/plain' {API}")
    assert call.conditions == {"range", "sudo", "if-modified-since"}


def test_a_call_without_anything_is_a_get() -> None:
    assert read_call(f"curl {API}") == RestCall("GET", "/projects/1/jobs", "https://g.test/api/v4")
    assert read_call(f"curl -I {API}").method == "HEAD"
    assert read_call(f"curl -XDELETE {API}").method == "DELETE"
    assert read_call(f"curl -d '' {API}").method == "POST"


@given(
    st.text(max_size=80) | st.text(alphabet="curl -HdX'\"\\$`(){}^%@=?&/\n <>|;#a1:", max_size=80)
)
def test_any_text_is_read_or_refused(text: str) -> None:
    for each in (text, f"curl {text}", f"curl ^{text}", f"GET /{text}"):
        for found in calls_in(each):
            try:
                translate(found.read())
            except Untranslatable:
                continue


@pytest.mark.parametrize(
    "text",
    [
        "x=" * 20_000,
        "do " * 20_000,
        "A='b' " * 20_000,
        "$ " * 20_000 + "cur",
        "curl " + "\\" * 50_000,
        'curl "' + "\\" * 50_001,
        "curl $'" + "\\x" * 20_000,
        "curl " + "$(" * 20_000,
        "curl '" + "a" * 50_000,
        "http://" + "a/" * 20_000,
        "/" + "projects/" * 10_000,
        "curl " + "^\n" * 20_000,
        "curl http://a/api/v4/job?" + "a[b]=c&" * 900 + "d",
        "curl http://a/api/v4/job?" + "a" + "[b]" * 5_000 + "=c",
        "curl http://a/api/v4/job -d '" + "[" * 50_000 + "'",
        "curl http://a/api/v4/job --json '" + '{"a":' * 50_000 + "'",
        "\n".join(["curl http://a/api/v4/job"] * 3_000),
    ],
    ids=lambda text: text[:20],
)
def test_no_text_takes_long(text: str) -> None:
    begin = time.perf_counter()
    for found in calls_in(text):
        try:
            translate(found.read())
        except Untranslatable:
            continue
    assert time.perf_counter() - begin < 5
