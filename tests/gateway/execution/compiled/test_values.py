"""Every field over every kind of value, each alone in its selection, so that none hides another."""

from __future__ import annotations

import re
from typing import Any

import pytest
from graphql import GraphQLObjectType, get_named_type, is_leaf_type

from schema import build_schema
from tests.gateway.execution.compiled.engines import Answer, Engines, ask, running
from tests.gateway.execution.compiled.gitlab import Behaviour, CannedGitLab
from tests.gateway.execution.compiled.payloads import WRONG

ENGINES = Engines(build_schema())
ODD = [value for values in WRONG.values() for value in values] + ["success", 2**63, -(2**63) - 1]

# Each type with the keys that lead to it from the payload of a job, and what is written before.
REACHED = {
    "Job": ((), ""),
    "User": (("user",), "user"),
    "Pipeline": (("pipeline",), "pipeline"),
    "Commit": (("commit",), "commit"),
    "Runner": (("runner",), "runner"),
    "ArtifactFile": (("artifacts_file",), "artifactsFile"),
}
RECORDS = ("Job", "Pipeline", "Commit")


def fields_of(type_name: str) -> list[str]:
    type_ = ENGINES.schema._schema.type_map[type_name]
    assert isinstance(type_, GraphQLObjectType)
    return [
        name if is_leaf_type(get_named_type(each.type)) else f"{name} {{ __typename }}"
        for name, each in type_.fields.items()
        if not each.args and name != "log"  # which is no value of a payload
    ]


def odd_payload(type_name: str, value: Any) -> dict[str, Any]:
    """An object with the same value under every key that a field of its type may read."""
    names = (field.split()[0] for field in fields_of(type_name))
    keys = {re.sub("[A-Z]", lambda capital: f"_{capital.group().lower()}", name) for name in names}
    return dict.fromkeys(keys | {"id"}, value)


def within(keys: tuple[str, ...], value: Any) -> Any:
    for key in reversed(keys):
        value = {"id": 7, key: value}
    return value


def document(type_name: str, entry: str) -> str:
    """A selection of its own for each field, all of the same object."""
    before = REACHED[type_name][1]
    inner = [f"{before} {{ {field} }}" if before else field for field in fields_of(type_name)]
    return " ".join(f"f{number}: {entry.format(each)}" for number, each in enumerate(inner))


@pytest.mark.parametrize("type_name", REACHED)
@pytest.mark.parametrize("value", ODD, ids=repr)
def test_one_odd_value_comes_out_alike(type_name: str, value: Any) -> None:
    payload = within(REACHED[type_name][0], odd_payload(type_name, value))
    answers = {
        "GET /projects/1/jobs/7": payload,
        "GET /projects/1/jobs": [payload],
        "GET /projects/1/pipelines/7": (404, {"message": "404 Not found"}),
        "GET /projects/1/repository/commits/7": (404, {"message": "404 Not found"}),
    }
    alone = document(type_name, 'job(projectId: "1", id: "7") {{ {} }}')
    # What is listed may lack keys, which sends for the complete one.
    lacking = document(type_name, "jobs {{ nodes {{ {} }} }}") if type_name in RECORDS else "id"
    operation = ENGINES.operation(f'{{ {alone} project(id: "1") {{ {lacking} }} }}')
    told: list[Answer] = []

    async def ask_each() -> None:
        for engine in (ENGINES.stock, ENGINES.compiled):
            gitlab = CannedGitLab(Behaviour(), answers=answers)
            told.append(await ask(engine, operation, gitlab))

    running(ask_each)
    stock, compiled = told
    assert compiled.body == stock.body
    assert compiled.calls <= stock.calls
