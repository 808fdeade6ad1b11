"""What spellings are made of."""

from __future__ import annotations

from typing import Any, NamedTuple

TOKEN = "demo-maintainer"
API = "https://gitlab.example.com/api/v4"


class Spelling(NamedTuple):
    """A text, and what it means in GraphQL."""

    name: str
    text: str
    operation: str
    variables: dict[str, Any]


PROJECT = {"projectId": "1"}
FAILED = {**PROJECT, "scope": ["FAILED"]}
TWO = {**PROJECT, "scope": ["PENDING", "RUNNING"]}
PIPELINE = {**PROJECT, "pipelineId": "1001"}
JOB = {**PROJECT, "jobId": "20001"}
ACTED = {"input": {"projectId": "1", "id": "20212"}}
VARIABLES = {
    "input": {
        **ACTED["input"],
        "variables": [{"key": "A", "value": "1"}, {"key": "B", "value": "it's two"}],
    }
}
