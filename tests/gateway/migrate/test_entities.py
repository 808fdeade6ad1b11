"""The operations ask for each key that REST sends, and the tables know all of GitLab's keys."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from graphql import FieldNode, Visitor, parse, validate, visit

from gateway.migrate import entities
from gateway.migrate.entities import LEFT_OUT, Entity, fields_of, schema
from gateway.migrate.operations import Operation, operation_of, operations
from gateway.migrate.reading import read_call
from gateway.migrate.routes import ROUTES
from gateway.migrate.translation import translate
from tests.gateway.migrate.agreement import both_sides
from tests.gateway.migrate.spellings import SPELLINGS
from upstream.demo import MAINTAINER_TOKEN
from upstream.demo.examples import RUNNING_JOB
from upstream.demo.tokens import job_token

EXAMPLES = Path(__file__).parents[2] / "schema" / "examples"
OBJECTS = [name for name in schema().type_map if not name.startswith("__")]


@pytest.mark.parametrize("operation", operations().values(), ids=lambda each: each.name)
def test_each_operation_fits_the_schema(operation: Operation) -> None:
    assert validate(schema(), parse(operation.text)) == []


def unknown_keys(entity: Entity, payload: Any, path: str = "") -> Iterator[str]:
    """Keys that no field shows and no table leaves out."""
    if isinstance(payload, list):
        for each in payload:
            yield from unknown_keys(entity, each, path)
    elif isinstance(payload, Mapping):
        known = {each.key: each for each in entity.fields()}
        dropped = LEFT_OUT.get("Job" if entity.type == "Bridge" else entity.type, {})
        for key, value in payload.items():
            if key not in known and key not in dropped:
                yield f"{path}.{key}"
            elif key in known and known[key].is_object:
                yield from unknown_keys(entity.at(known[key]), value, f"{path}.{key}")


def asked_for(operation: Operation) -> set[str]:
    class Names(Visitor):
        def __init__(self) -> None:
            super().__init__()
            self.found: set[str] = set()

        def enter_field(self, node: FieldNode, *_: Any) -> None:
            self.found.add(node.name.value)

    names = Names()
    visit(parse(operation.text), names)
    return names.found


def test_every_key_that_the_demo_sends_is_asked_for() -> None:
    reading = {each.operation: each for each in SPELLINGS if "input" not in each.variables}
    with both_sides() as sides:
        for spelling in reading.values():
            call = read_call(spelling.text)
            operation = translate(call).operation
            if operation.entity is None:
                continue
            of_a_job = operation.name in ("CurrentJob", "AllowedAgents")
            payload = sides.rest(call, job_token(RUNNING_JOB) if of_a_job else MAINTAINER_TOKEN)
            assert list(unknown_keys(operation.entity, payload.json())) == []


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_every_key_of_the_documents_examples_is_known(path: Path) -> None:
    example = json.loads(path.read_text(encoding="utf-8"))
    entity = {
        "allowed_agents": entities.ALLOWED_AGENTS,
        "pipeline_bridges": entities.BRIDGE,
    }.get(path.stem, entities.JOB)
    assert list(unknown_keys(entity, example["payload"])) == []


def test_every_field_that_shows_a_key_is_asked_for_somewhere() -> None:
    asked = {name: set[str]() for name in ("Job", "Bridge", "Pipeline", "Commit", "AllowedAgents")}
    for route in ROUTES:
        operation = operation_of(route)
        if operation.entity is not None:
            asked.setdefault(operation.entity.type, set()).update(asked_for(operation))
    for type_name, found in asked.items():
        assert {each.name for each in fields_of(type_name)} <= found, type_name


def test_short_forms_name_keys_that_there_are() -> None:
    for entity in (entities.USER_BASIC, entities.PIPELINE_BASIC, entities.PIPELINE_LISTED):
        assert entity.only <= {each.key for each in fields_of(entity.type)}
    assert {each.key for each in fields_of("Commit")} >= entities.COMMIT_DETAIL_KEYS


def test_keys_are_left_out_of_types_that_there_are_and_for_a_reason() -> None:
    for type_name, keys in LEFT_OUT.items():
        assert type_name in OBJECTS
        assert not set(keys) & {each.key for each in fields_of(type_name)}
        assert all(keys.values())
