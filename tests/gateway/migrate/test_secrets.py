"""A token in the input never comes out again: not translated, not in an error, not in a note."""

from __future__ import annotations

import base64

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.cli import main
from gateway.migrate.call import Token
from gateway.migrate.problems import Untranslatable
from gateway.migrate.reading import calls_in
from gateway.migrate.translation import translate
from gateway.migrate.writing import as_text, problem_as_text, problem_of, request_of
from upstream.credentials import TokenKind

API = "https://gitlab.example.com/api/v4"
PLACES = [
    "curl -H 'PRIVATE-TOKEN: {0}' {1}/projects/1/jobs",
    "curl -H 'Private-Token:{0}' {1}/projects/1/merge_requests",
    "curl -H 'JOB-TOKEN: {0}' {1}/job",
    "curl -H 'Authorization: Bearer {0}' {1}/projects/1/jobs/x",
    "curl -H 'Authorization: Token {0}' {1}/projects/1/jobs",
    "curl -H 'Deploy-Token: {0}' {1}/projects/1/jobs?foo=1",
    "curl -b '_gitlab_session={0}' {1}/projects/1/jobs",
    "curl -u user:{0} {1}/projects/1/jobs",
    "curl -u {0} {1}/projects/1/jobs?scope={0}",
    "curl --user={0}: {1}/projects/1/jobs",
    "curl --oauth2-bearer {0} {1}/projects/1/jobs",
    "curl --oauth2-bearer{0} {1}/projects/1/jobs",
    "curl --header-{0} {1}/projects/1/jobs",
    "curl -{0} {1}/projects/1/jobs",
    "curl --{0} {1}/projects/1/jobs",
    "curl --next {0} {1}/projects/1/jobs",
    "curl -X {0} {1}/projects/1/jobs",
    "curl {1}/projects/1/jobs {0}",
    "curl -K {0} {1}/projects/1/jobs",
    "curl '{1}/projects/1/jobs?private_token={0}'",
    "curl '{1}/projects/1/jobs?job_token={0}&scope=odd'",
    "curl '{1}/projects/1/jobs?access_token={0}&page={0}'",
    "curl '{1}/projects/1/jobs?token={0}'",
    "curl '{1}/projects/1/jobs?{0}=1'",
    "curl '{1}/projects/1/jobs?{0}'",
    "curl '{1}/projects/1/jobs?pagination=keyset&cursor={0}'",
    "curl '{1}/projects/1/jobs?scope[]=%&private_token={0}'",
    "curl '{1}/projects/1/jobs?scope[a={0}&scope=1&scope[]=2'",
    "curl 'https://oauth2:{0}@gitlab.example.com/api/v4/projects/1/jobs'",
    "curl 'https://{0}@gitlab.example.com/api/v4/nothing'",
    "curl -d 'private_token={0}' {1}/projects/1/jobs/1/cancel",
    "curl -d 'private_token={0}&force=odd' {1}/projects/1/jobs/1/cancel",
    "curl -F 'private_token={0}' {1}/projects/1/jobs/1/retry",
    "curl --form-string '{0}' {1}/projects/1/jobs/1/retry",
    "curl -F 'x=@{0}' {1}/projects/1/jobs/1/retry",
    "curl -d '@{0}' {1}/projects/1/jobs/1/play",
    "curl -d '@{0}' {1}/projects/1/jobs/1/cancel",
    """curl --json '{{"private_token":"{0}"}}' {1}/projects/1/jobs/1/play""",
    """curl --json '{{"private_token":"{0}"' {1}/projects/1/jobs/1/play""",
    """curl --json '{{"{0}":1}}' {1}/projects/1/jobs/1/play""",
    """curl -u {0} --json '{{"job_variables_attributes":[{{"key":"T","value":"{0}"}}]}}' {1}/projects/1/jobs/1/play""",  # noqa: E501 - a command line
    "curl -H 'PRIVATE-TOKEN: {0}' '{1}/projects/1/pipelines?ref={0}'",
    'TOKEN={0} curl -H "PRIVATE-TOKEN: $TOKEN" {1}/projects/1/jobs',
    'curl -H "PRIVATE-TOKEN: $(echo {0})" {1}/projects/1/jobs/$(echo {0})',
    'curl -H "PRIVATE-TOKEN: ${{TOKEN:-{0}}}" {1}/projects/1/jobs',
    "curl -H 'PRIVATE-TOKEN: {0}",
    "curl 'PRIVATE-TOKEN: {0}' {1}/projects/1/jobs",
    'curl ^"{1}/projects/1/jobs^" -H ^"PRIVATE-TOKEN: {0}^"',
    'curl ^"{1}/projects/1/jobs^" -H ^"PRIVATE-TOKEN: {0}',
    "GET /api/v4/projects/1/jobs HTTP/1.1\nPRIVATE-TOKEN: {0}\n\n",
    "POST /api/v4/projects/1/jobs/1/play HTTP/1.1\nAuthorization: Bearer {0}\n\n{{{0}",
    "{1}/projects/1/jobs?private_token={0}",
    "{1}/nothing/{0}?private_token={0}",
    "https://gitlab.example.com/{0}",
    "{0}",
]  # fmt: skip
TOKENS = st.from_regex(r"[A-Za-z]{3}[A-Z0-9_-]{12,20}[a-z]", fullmatch=True)


def told_of(text: str) -> str:
    """Everything that may be told of a text."""
    told = []
    for found in calls_in(text):
        try:
            translation = translate(found.read())
        except Untranslatable as problem:
            told += [problem_as_text(problem), str(problem_of(problem)), repr(problem)]
        else:
            told += [as_text(translation), str(request_of(translation)), repr(translation)]
    return "\n".join(told)


@given(st.sampled_from(PLACES), TOKENS)
def test_a_token_never_comes_out_again(place: str, token: str) -> None:
    told = told_of(place.format(token, API))
    assert told
    assert token not in told
    assert base64.b64encode(token.encode()).decode() not in told


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("arguments", [[], ["--json"]], ids=["text", "json"])
def test_the_command_keeps_it_to_itself(
    place: str, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    token = "glpat-Zx9_verySecret-Token"
    main(["translate", *arguments, place.format(token, API)])
    told = capsys.readouterr()
    assert told.out + told.err
    assert token not in told.out + told.err


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TOKENS)
def test_no_repr_shows_it(token: str) -> None:
    (found,) = calls_in(
        f"curl -u a:{token} -H 'JOB-TOKEN: {token}' {API}/job?private_token={token}"
    )
    assert token not in repr(found.read())
    assert token not in repr(Token(TokenKind.BEARER, token))


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("curl -H 'PRIVATE-TOKEN: x' {0}/projects/1/jobs", '"PRIVATE-TOKEN: $PRIVATE_TOKEN"'),
        (
            "curl -H 'Authorization: Bearer x' {0}/projects/1/jobs",
            '"Authorization: Bearer $PRIVATE_TOKEN"',
        ),
        ("curl '{0}/projects/1/jobs?job_token=x'", '"JOB-TOKEN: $CI_JOB_TOKEN"'),
        ("curl -H 'Authorization: Bearer x' {0}/job", '"Authorization: Bearer $CI_JOB_TOKEN"'),
        ("curl -u me:x {0}/projects/1/jobs", '"PRIVATE-TOKEN: $PRIVATE_TOKEN"'),
    ],
)
def test_a_placeholder_stands_where_the_token_stood(text: str, header: str) -> None:
    assert f"--header {header}" in told_of(text.format(API))


def test_without_a_token_there_is_no_placeholder() -> None:
    told = told_of(f"curl {API}/projects/1/jobs")
    assert "TOKEN" not in told
    assert "uthorization" not in told
