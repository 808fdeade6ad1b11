"""However a call is spelled, it reads as the same call; curl and bash themselves are the judges."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
from dataclasses import dataclass, field, replace
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gateway.migrate.call import RestCall, Token
from gateway.migrate.problems import Unreadable
from gateway.migrate.reading import read_call
from gateway.migrate.shell import read_command
from tests.gateway.migrate.spelling import Speller, calls
from tests.support.choices import Choices
from tests.support.serving import serve
from upstream.credentials import TokenKind
from upstream.demo.auth import Presented
from upstream.demo.params import parse_body, parse_query

BASH = ("/usr/bin/env", "bash", "--norc")
SECONDS = 30
TAPES = st.binary(max_size=120)


@settings(max_examples=120)
@given(calls(), TAPES)
def test_a_call_reads_the_same_in_every_spelling(call: RestCall, tape: bytes) -> None:
    text = Speller(Choices(tape)).spell(call)
    read = read_call(text)
    assert replace(read, secrets=frozenset(), notes=()) == call, text


PIECES = st.sampled_from(
    [
        *"ab /=:#%*?[]{}~!^@\t",
        "'",
        '"',
        "\\",
        "\\\n",
        "$'\\n\\x41\\u00e4\\101\\''",
        '$"x"',
        "é",
        "'a b'",
        '"a b"',
        '"\\$\\`\\"\\\\\\a"',
        "\\'",
        '\\"',
        "''",
        '""',
        "$",
        "$ ",
        "# not read",
        "  2>/dev/null ",
    ]
)


@settings(max_examples=30)
@given(st.lists(st.lists(PIECES, max_size=12).map("".join), min_size=1, max_size=20))
def test_words_are_those_that_bash_makes(lines: list[str]) -> None:
    readable = [line for line in lines if _is_complete(line)]
    told = bash_words(readable)
    for line, words in zip(readable, told, strict=True):
        assert ["x", *words] == list(read_command(f"x {line}").words), line
    assert len(told) == len(readable)


def _is_complete(line: str) -> bool:
    """Whether it is one command to us, without what bash would expand."""
    try:
        command = read_command(f"x {line}\n")
    except Unreadable:
        return False
    whole = command.end == len(f"x {line}") and not command.notes
    return whole and not command.references and not re.search(r"\$[\[!${\\-]", line)


def bash_words(lines: list[str]) -> list[list[str]]:
    script = "set -f +H +B\nx() { for w; do printf '%s\\0' \"$w\"; done; printf '\\1\\0'; }\n"
    script += "".join(f"x {line}\n" for line in lines)
    environ = {"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"], "HOME": "~"}
    with TemporaryDirectory() as folder:
        run = subprocess.run(  # noqa: S603 - bash is the judge here, in a folder of its own
            BASH, input=script.encode(), capture_output=True, check=False, timeout=SECONDS,
            env=environ, cwd=folder,
        )  # fmt: skip
    assert run.stderr == b"", run.stderr
    groups = run.stdout.decode().split("\1\0")[:-1]
    return [group.split("\0")[:-1] for group in groups]


@dataclass
class Received:
    """What a server was sent: what GitLab would make of each request."""

    calls: list[RestCall] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        query = parse_query(scope["query_string"].decode())
        body = parse_body(request.headers.get("content-type", ""), await request.body())
        presented = Presented.read(request.headers, {**query, **body})
        plain = {name: value for name, value in query.items() if not name.endswith("_token")}
        path = scope["raw_path"].decode().partition("/api/v4")[2]
        call = RestCall(request.method, path, "", tuple(plain.items()), body or None)
        self.calls.append(replace(call, token=_token(presented)))
        await Response()(scope, receive, send)


def _token(presented: Presented) -> Token | None:
    given = {
        TokenKind.PRIVATE_TOKEN: presented.private,
        TokenKind.BEARER: presented.bearer,
        TokenKind.JOB_TOKEN: presented.job,
    }
    return next((Token(kind, text) for kind, text in given.items() if text), None)


def _as_received(call: RestCall) -> RestCall:
    """The call as a server sees it: of two parameters of one name it takes the last."""
    query: dict[str, Any] = dict(call.query)
    return RestCall(call.method, call.path, "", tuple(query.items()), call.body, call.token)


async def _sent_by_curl(commands: list[str]) -> list[RestCall]:
    received = Received()
    with TemporaryDirectory() as folder:
        async with serve(received, lifespan="off") as url:
            script = "\n".join(commands).replace("http://api.test", url)
            process = await asyncio.create_subprocess_exec(
                *BASH, "-c", script, cwd=folder, env={**os.environ, "no_proxy": "*"},
                stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            )  # fmt: skip
            await asyncio.wait_for(process.communicate(), SECONDS)
    return received.calls


REAL = calls(st.just("http://api.test/api/v4"))


@settings(max_examples=4)
@given(st.lists(st.tuples(REAL, st.binary(max_size=60)), min_size=10, max_size=16))
def test_what_is_read_is_what_curl_sends(chosen: list[tuple[RestCall, bytes]]) -> None:
    texts = [Speller(Choices(tape), real=True).spell(call) for call, tape in chosen]
    sent = asyncio.run(_sent_by_curl(texts))
    assert sent == [_as_received(read_call(text)) for text in texts]
    assert sent == [_as_received(call) for call, _ in chosen]
