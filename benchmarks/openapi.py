"""The OpenAPI document that two of the peers start from, made from the schema of a third."""

from __future__ import annotations

from typing import Any

import graphql

from benchmarks.places import SOURCES
from benchmarks.questions import PIPELINE_DETAIL, camel, snake

_SCALARS = {"Int": "integer", "Float": "number", "String": "string", "Boolean": "boolean"}
_JOBS = "/projects/{project_id}/jobs"
_JOB = f"{_JOBS}/{{job_id}}"
_PIPELINE = "/projects/{project_id}/pipelines/{pipeline_id}"
_ROOTS = ("Query", "Mutation")


def openapi(server: str) -> dict[str, Any]:
    """The routes that the questions need; a link leads from a job to its pipeline."""
    document = graphql.parse((SOURCES / "yoga" / "schema.graphql").read_text(encoding="utf-8"))
    types = [
        node for node in document.definitions if isinstance(node, graphql.ObjectTypeDefinitionNode)
    ]
    job = {"$ref": "#/components/schemas/Job"}
    page = {"name": "per_page", "in": "query", "required": False, "schema": {"type": "integer"}}
    jobs = {"type": "array", "items": job}
    return {
        "openapi": "3.0.3",
        "info": {"title": "GitLab Jobs", "version": "4"},
        "servers": [{"url": f"{server}/api/v4"}],
        "paths": {
            _JOBS: {"get": _operation("jobs", jobs, _ids("project_id"), [page], links=True)},
            _JOB: {"get": _operation("job", job, _ids("project_id", "job_id"), links=True)},
            f"{_JOB}/retry": {
                "post": _operation("retryJob", job, _ids("project_id", "job_id"), status="201")
            },
            _PIPELINE: {
                "get": _operation(
                    "pipeline",
                    {"$ref": "#/components/schemas/Pipeline"},
                    _ids("project_id", "pipeline_id"),
                )
            },
        },
        "components": {
            "schemas": {
                node.name.value: _object(node) for node in types if node.name.value not in _ROOTS
            }
        },
    }


def _object(node: graphql.ObjectTypeDefinitionNode) -> dict[str, Any]:
    properties = {snake(one.name.value): _schema(one.type) for one in node.fields or ()}
    properties.pop(PIPELINE_DETAIL, None)
    return {"type": "object", "properties": properties}


def _schema(kind: graphql.TypeNode) -> dict[str, Any]:
    if isinstance(kind, graphql.NonNullTypeNode):
        return {**_schema(kind.type), "nullable": False}
    if isinstance(kind, graphql.ListTypeNode):
        return {"type": "array", "items": _schema(kind.type)}
    name = kind.name.value if isinstance(kind, graphql.NamedTypeNode) else ""
    if name in _SCALARS:
        return {"type": _SCALARS[name], "nullable": True}
    return {"$ref": f"#/components/schemas/{name}"}


def _ids(*names: str) -> list[dict[str, Any]]:
    whole = {"type": "integer"}
    return [{"name": name, "in": "path", "required": True, "schema": whole} for name in names]


def _operation(
    name: str,
    schema: dict[str, Any],
    ids: list[dict[str, Any]],
    more: list[dict[str, Any]] | None = None,
    *,
    status: str = "200",
    links: bool = False,
) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "description": "what was asked for",
        "content": {"application/json": {"schema": schema}},
    }
    if links:
        answer["links"] = {
            camel(PIPELINE_DETAIL): {
                "operationId": "pipeline",
                "parameters": {
                    "project_id": "$request.path.project_id",
                    "pipeline_id": "$response.body#/pipeline/id",
                },
            }
        }
    return {"operationId": name, "parameters": [*ids, *(more or [])], "responses": {status: answer}}
