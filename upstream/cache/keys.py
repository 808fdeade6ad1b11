"""By what answers are told apart: never by a token in clear, never across credentials."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

from upstream.credentials import Credential

ANONYMOUS = "anonymous"

Key = tuple[str, str]  # partition and target
Tag = tuple[str, Hashable]

_PROJECTS = "/projects/"


@dataclass(slots=True)
class Read:
    """One GET: its route's template, its path below /api/v4, and its target with the query."""

    route: str
    path: str
    target: str
    partition: str
    key: Key = field(init=False)

    def __post_init__(self) -> None:
        self.key = (self.partition, self.target)


def partition_of(credential: Credential | None) -> str:
    return ANONYMOUS if credential is None else credential.fingerprint()


def project_in(path: str) -> str | None:
    """What a path calls its project: a number, or a full path in its encoded form."""
    if not path.startswith(_PROJECTS):
        return None
    return path[len(_PROJECTS) :].partition("/")[0]


def of_partition(partition: str) -> Tag:
    return "partition", partition


def of_project(partition: str, project: str) -> Tag:
    return "project", (partition, project)


def unasked_in(project: str) -> Tag:
    """Marks what may be handed out without GitLab's word for it, whoever it was kept for."""
    return "unasked", project


UNASKED_ANYWHERE: Tag = ("unasked", None)
