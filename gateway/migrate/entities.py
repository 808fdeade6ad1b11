"""REST's objects and the fields that show them, read off the schema.

Each field's note (`schema._fields`) says which key of the payload it shows. GitLab has short and
long forms of some objects; an operation that asked for a key which a short form lacks would cost a
REST call more, so the short forms are told here.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from graphql import GraphQLNamedType, GraphQLSchema, get_named_type, is_composite_type
from strawberry.types.field import StrawberryField

from schema import build_schema
from schema._fields import NOTE, Computed, Plain


@dataclass(frozen=True, slots=True)
class Field:
    """A key of a payload, and the field that shows its value."""

    key: str
    name: str
    type: GraphQLNamedType

    @property
    def is_object(self) -> bool:
        return is_composite_type(self.type)


@dataclass(frozen=True, slots=True)
class Entity:
    """A form of an object: all keys of its type, or those of `only`, or all but `without`.

    `inside` gives the forms of the objects under its keys, where they are not the whole ones.
    """

    type: str
    only: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    inside: Mapping[str, Entity] = field(default_factory=lambda: MappingProxyType({}))

    def fields(self) -> tuple[Field, ...]:
        """Its fields, in the order of the schema."""
        return tuple(
            each
            for each in fields_of(self.type)
            if (not self.only or each.key in self.only) and each.key not in self.without
        )

    def at(self, each: Field) -> Entity:
        """The form of the object under a key."""
        return self.inside.get(each.key) or Entity(each.type.name)


# Fields that show a key of the payload, though they are computed and bear no note of it.
_COMPUTED = frozenset({"CiJob.project", "Job.project", "Bridge.project"})
_SETTING = "Project.ciJobTokenScopeEnabled"


@functools.cache
def schema() -> GraphQLSchema:
    return build_schema()._schema  # noqa: SLF001 - Strawberry offers no public way to it


@functools.cache
def fields_of(type_name: str) -> tuple[Field, ...]:
    """The fields of a type that show a key of REST's payload."""
    return tuple(_fields(schema().type_map[type_name]))


def _fields(type_: Any) -> Iterator[Field]:
    for name, definition in type_.fields.items():
        declared = definition.extensions.get("strawberry-definition")
        key = _key(f"{type_.name}.{name}", declared)
        if key is not None:
            yield Field(key, name, get_named_type(definition.type))


def _key(coordinate: str, declared: Any) -> str | None:
    if not isinstance(declared, StrawberryField):
        return None
    note = declared.metadata.get(NOTE)
    if isinstance(note, Plain):
        return note.key or declared.python_name
    if coordinate in _COMPUTED or coordinate == _SETTING:
        return declared.python_name
    return note.embeds if isinstance(note, Computed) else None


USER = Entity("User")
USER_BASIC = Entity(
    "User",
    only=frozenset(
        {"id", "username", "public_email", "name", "state", "locked", "avatar_url", "web_url"}
    ),
)
COMMIT_DETAIL_KEYS = frozenset({"stats", "status", "project_id", "last_pipeline"})
COMMIT = Entity("Commit", without=COMMIT_DETAIL_KEYS)
PIPELINE_BASIC_KEYS = frozenset(
    {"id", "iid", "project_id", "sha", "ref", "status", "source"}
    | {"created_at", "updated_at", "web_url"}
)
PIPELINE_BASIC = Entity("Pipeline", only=PIPELINE_BASIC_KEYS)
PIPELINE_LISTED = Entity("Pipeline", only=PIPELINE_BASIC_KEYS | {"name"})
PIPELINE = Entity("Pipeline", inside=MappingProxyType({"user": USER_BASIC}))
COMMIT_DETAIL = Entity("Commit", inside=MappingProxyType({"last_pipeline": PIPELINE_BASIC}))

_IN_A_JOB: Mapping[str, Entity] = MappingProxyType(
    {
        "user": USER,
        "commit": COMMIT,
        "pipeline": PIPELINE_BASIC,
        "downstream_pipeline": PIPELINE_BASIC,
    }
)
CI_JOB = Entity("CiJob", inside=_IN_A_JOB)
JOB = Entity("Job", inside=_IN_A_JOB)
BRIDGE = Entity("Bridge", inside=_IN_A_JOB)
ALLOWED_AGENTS = Entity("AllowedAgents")

# Keys that GitLab sends, or has sent, and the schema leaves out, by the type they would belong to.
LEFT_OUT: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "Job": {
            "download_url": "GitLab's document shows it, but GitLab does not send it any more",
            "source": "GitLab's document shows it, but GitLab 18.9 does not send it",
        },
        "User": {
            "is_followed": "whether the caller follows the user has nothing to do with jobs",
            "avatar_path": "sent on request only",
            "custom_attributes": "sent on request only, to administrators",
        },
        "Runner": {"created_by": "sent to some callers only"},
        "DetailedStatus": {
            "illustration": "a picture of GitLab's own pages",
            "action": "a button of GitLab's own pages",
        },
    }
)
