from __future__ import annotations

from benchmarks.openapi import openapi
from benchmarks.questions import PIPELINE_DETAIL, QUESTIONS, Selection, parse

DOCUMENT = openapi("http://127.0.0.1:1")
SCHEMAS = DOCUMENT["components"]["schemas"]


def test_every_field_asked_for_is_described() -> None:
    def look(selection: Selection, kind: str) -> None:
        for name, below in selection.items():
            if name == PIPELINE_DETAIL:
                look(below or {}, "Pipeline")
                continue
            found = SCHEMAS[kind]["properties"][name]
            if below is not None:
                look(below, (found.get("items") or found)["$ref"].rpartition("/")[2])

    for question in QUESTIONS:
        look(parse(question.selection), "Job")


def test_references_lead_to_what_is_there() -> None:
    def references(value: object) -> set[str]:
        if isinstance(value, dict):
            here = {value["$ref"]} if "$ref" in value else set()
            return here.union(*map(references, value.values()))
        return set().union(*map(references, value)) if isinstance(value, list) else set()

    found = references(DOCUMENT)
    assert found
    assert found <= {f"#/components/schemas/{name}" for name in SCHEMAS}


def test_operations_have_the_parameters_of_their_paths() -> None:
    for path, methods in DOCUMENT["paths"].items():
        for operation in methods.values():
            for parameter in operation["parameters"]:
                assert (f"{{{parameter['name']}}}" in path) == (parameter["in"] == "path")


def test_jobs_lead_to_their_pipeline() -> None:
    jobs = DOCUMENT["paths"]["/projects/{project_id}/jobs"]["get"]
    assert jobs["responses"]["200"]["links"]["pipelineDetail"]["operationId"] == "pipeline"
