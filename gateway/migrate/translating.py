"""`jobs-gateway translate`: REST calls in, operations out."""

from __future__ import annotations

import json as json_text
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from gateway.migrate.elsewhere import endpoints as all_endpoints
from gateway.migrate.problems import NOTHING_FOUND, Unreadable, Untranslatable
from gateway.migrate.reading import Found, calls_in, find_calls
from gateway.migrate.translation import Translation, translate
from gateway.migrate.writing import as_text, problem_as_text, problem_of, request_of

MAX_FILE_BYTES = 1024 * 1024
MAX_INPUT_BYTES = 64 * 1024 * 1024


class Call(NamedTuple):
    """A call of the input, and where it stands in it: a line from 1, 0 for an argument."""

    line: int
    found: Found


def run(texts: Sequence[str], *, json: bool, gateway: str, endpoints: bool) -> int:
    """Prints the translations of all calls; returns 1 where one has none."""
    if endpoints:
        _say("\n".join(all_endpoints()))
        return 0
    calls = list(_arguments(texts) if texts else _standard_input())
    failed = 0
    for index, call in enumerate(calls):
        try:
            translation = translate(call.found.read())
        except Untranslatable as problem:
            failed += 1
            _tell_problem(problem, call.line, json=json)
        else:
            _tell(translation, call.line, json=json, gateway=gateway, first=index == 0)
    if not calls:
        failed += 1
        _tell_problem(Unreadable(NOTHING_FOUND), 0, json=json)
    if failed and not json:
        sys.stderr.write("These can be translated:\n")
        sys.stderr.writelines(f"  {endpoint}\n" for endpoint in all_endpoints())
    return 1 if failed else 0


def read_named_file(name: str) -> str | None:
    """The text of a file that a call names, `-` for standard input; None where it has none."""
    if name == "-":
        return None if sys.stdin.isatty() else _text(sys.stdin.buffer.read(MAX_FILE_BYTES))
    try:
        path = Path(name)
        if not path.is_file():
            return None
        with path.open("rb") as file:
            return _text(file.read(MAX_FILE_BYTES))
    except (OSError, ValueError):
        return None


def _arguments(texts: Sequence[str]) -> Iterator[Call]:
    for text in texts:
        readable = _text(text.encode("utf-8", "surrogateescape"))
        yield from (Call(0, each) for each in calls_in(readable, read_named_file))


def _standard_input() -> Iterator[Call]:
    if sys.stdin.isatty():
        sys.stderr.write("jobs-gateway: reading calls from the terminal; end with Ctrl-D\n")
    text = _text(sys.stdin.buffer.read(MAX_INPUT_BYTES))
    return (Call(each.line, each) for each in find_calls(text, _not_from_input))


def _not_from_input(name: str) -> str | None:
    return None if name == "-" else read_named_file(name)


def _tell(translation: Translation, line: int, *, json: bool, gateway: str, first: bool) -> None:
    if json:
        _say(json_text.dumps(request_of(translation), ensure_ascii=False))
        return
    before = "" if first else "\n"
    place = f"# line {line}\n" if line else ""
    _say(f"{before}{place}{as_text(translation, gateway)}")


def _tell_problem(problem: Untranslatable, line: int, *, json: bool) -> None:
    if json:
        _say(json_text.dumps(problem_of(problem), ensure_ascii=False))
        return
    sys.stdout.flush()
    place = f"line {line}: " if line else ""
    sys.stderr.write(f"jobs-gateway: {place}{problem_as_text(problem)}\n")
    sys.stderr.flush()


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace").removeprefix("\ufeff")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
