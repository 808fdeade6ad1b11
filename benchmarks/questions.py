"""The questions put to every server, and what each must answer.

A question is written once, in REST's names. A dialect turns it into the GraphQL of one server,
and that server's answer back into REST's names, to be compared with the payloads themselves.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from benchmarks.payloads import Payloads, newest

Kind = Literal["jobs", "job", "retry"]
Selection = dict[str, "Selection | None"]

PIPELINE_DETAIL = "pipeline_detail"  # the whole pipeline, which costs a REST call of its own

_ONE_ID = ("job", "retry")
_WORD = re.compile(r"[{}]|\w+")
_CAPITAL = re.compile(r"(?<=[a-z0-9])([A-Z])")
_AFTER_UNDERSCORE = re.compile(r"_([a-z])")


@dataclass(frozen=True, slots=True)
class Question:
    name: str
    title: str
    kind: Kind
    selection: str
    count: int = 0

    @property
    def takes_an_id(self) -> bool:
        return self.kind in _ONE_ID


_LEAVES = """
    id name stage status ref tag allow_failure coverage created_at started_at finished_at
    duration queued_duration failure_reason web_url
"""
QUESTIONS = (
    Question(
        "Q1",
        "20 jobs, 24 leaves each",
        "jobs",
        f"{_LEAVES} commit {{ id title author_name }} user {{ username }}"
        " pipeline { id ref sha status source }",
        20,
    ),
    Question(
        "Q2",
        "20 jobs and their 5 pipelines",
        "jobs",
        f"id name status {PIPELINE_DETAIL} {{ id status duration coverage }}",
        20,
    ),
    Question(
        "Q3",
        "one job",
        "job",
        "id name stage status ref tag coverage created_at duration web_url",
    ),
    Question(
        "Q4",
        "100 jobs, every field",
        "jobs",
        f"""{_LEAVES} artifacts_expire_at tag_list
        commit {{ id short_id created_at title message author_name author_email }}
        artifacts_file {{ filename size }}
        artifacts {{ file_type size filename file_format }}
        pipeline {{ id project_id ref sha status source }}
        runner {{ id description active paused is_shared runner_type name online status }}
        user {{ id username name state avatar_url web_url created_at bio location public_email
                linkedin twitter website_url organization }}""",
        100,
    ),
    Question("M1", "retry a job", "retry", "id name stage status web_url"),
)


def by_name(names: Sequence[str]) -> tuple[Question, ...]:
    known = {question.name: question for question in QUESTIONS}
    return tuple(known[name] for name in names)


def parse(selection: str) -> Selection:
    """`"id user { name }"` -> `{"id": None, "user": {"name": None}}`."""
    return _block(iter(_WORD.findall(selection)))


def _block(words: Iterator[str]) -> Selection:
    found: Selection = {}
    last = ""
    for word in words:
        if word == "}":
            break
        if word == "{":
            found[last] = _block(words)
        else:
            found[word] = None
            last = word
    return found


def camel(name: str) -> str:
    return _AFTER_UNDERSCORE.sub(lambda match: match.group(1).upper(), name)


def snake(name: str) -> str:
    return _CAPITAL.sub(lambda match: f"_{match.group(1)}", name).lower()


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one server wants to be asked.

    `operations` holds a text for each kind, with COUNT and SELECTION to be filled in; `roots` the
    way through `data` to what was asked for. `write` names a field, given its parent's name ("" for
    a job) and its own.
    """

    operations: Mapping[Kind, str]
    roots: Mapping[Kind, tuple[str, ...]]
    write: Callable[[str, str], str] = field(default=lambda _parent, name: camel(name))

    def text(self, question: Question) -> str:
        fields = self._fields(parse(question.selection), "")
        text = self.operations[question.kind].replace("SELECTION", fields)
        return text.replace("COUNT", str(question.count))

    def body(self, question: Question, job: int) -> str:
        """The JSON to post."""
        request: dict[str, Any] = {"query": self.text(question)}
        if question.takes_an_id:
            request["variables"] = {"id": job}
        return json.dumps(request)

    def answer(self, question: Question, data: Any) -> Any:
        """What was asked for, in REST's names."""
        for step in self.roots[question.kind]:
            data = data[step]
        return _in_rest_names(data)

    def _fields(self, selection: Selection, parent: str) -> str:
        words = []
        for name, below in selection.items():
            words.append(self.write(parent, name))
            if below is not None:
                words.append(f"{{ {self._fields(below, name)} }}")
        return " ".join(words)


def _in_rest_names(value: Any) -> Any:
    if isinstance(value, list):
        return [_in_rest_names(item) for item in value]
    if isinstance(value, dict):
        return {snake(key): _in_rest_names(item) for key, item in value.items()}
    return value


def expected(question: Question, payloads: Payloads, job: int) -> Any:
    """The right answer, taken from the payloads; `job` counts where the question takes an id."""
    selection = parse(question.selection)
    if question.kind == "jobs":
        return [_select(selection, one, payloads) for one in newest(payloads, question.count)]
    source = payloads.jobs if question.kind == "job" else payloads.retried
    return _select(selection, source[job], payloads)


def _select(selection: Selection, value: Any, payloads: Payloads) -> Any:
    if value is None:
        return None
    if isinstance(value, list):
        return [_select(selection, item, payloads) for item in value]
    chosen = {}
    for name, below in selection.items():
        if name == PIPELINE_DETAIL:
            found = payloads.pipelines[value["pipeline"]["id"]]
        else:
            found = value.get(name)  # GitLab leaves some keys out: null to GraphQL
        chosen[name] = found if below is None else _select(below, found, payloads)
    return chosen


def difference(right: Any, given: Any, where: str = "") -> str | None:
    """The first place where an answer is wrong, or None.

    Equal counts: 3 and 3.0; a coverage as GitLab's text and as a number; a status in capitals, as
    the members of GraphQL's enums are written.
    """
    if isinstance(right, dict) and isinstance(given, dict):
        if right.keys() != given.keys():
            return f"{where}: fields {sorted(right.keys() ^ given.keys())} on one side only"
        pairs = ((f"{where}.{key}", right[key], given[key]) for key in right)
        return _first_difference(pairs)
    if isinstance(right, list) and isinstance(given, list):
        if len(right) != len(given):
            return f"{where}: {len(given)} items, not {len(right)}"
        both = enumerate(zip(right, given, strict=True))
        return _first_difference((f"{where}[{index}]", *pair) for index, pair in both)
    if _equal(right, given, where.rpartition(".")[2]):
        return None
    return f"{where}: {given!r}, not {right!r}"


def _first_difference(pairs: Iterator[tuple[str, Any, Any]]) -> str | None:
    found = (difference(right, given, where) for where, right, given in pairs)
    return next((text for text in found if text), None)


def _equal(right: Any, given: Any, name: str) -> bool:
    if name == "coverage" and isinstance(right, str) and isinstance(given, float):
        return float(right) == given
    if name == "status" and isinstance(given, str):
        return bool(right == given.lower())
    if isinstance(right, bool) or isinstance(given, bool):
        return right is given
    return bool(right == given)
