"""Partial records: read what the payload holds, complete once what it does not.

GitLab shows one thing in several representations: a pipeline inside a job has a dozen keys, the
same pipeline by itself has thirty. A record wraps the payload it came in. A field that stands in
it costs nothing; the first one that does not makes the one call that completes the record, through
a loader, so that all its siblings in the request share it.

"Absent from this representation" and "null" are different: null is an answer, absence a question.
Keys in `SPARSE` are left out by GitLab where there is nothing to say, so for them absence is null.

The type of a record is the type of its object: `schema/` declares one GraphQL type over each.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, ClassVar

from resolvers.context import RequestContext
from resolvers.ids import global_id
from resolvers.loaders.base import Loader
from upstream.errors import InvalidResponse

Payload = Mapping[str, Any]


class Record:
    """A payload, the project it belongs to as REST's `:id`, and whether it is all there is.

    `full` is the complete payload once it is known; what stood in `payload` keeps its value.
    """

    __slots__ = ("complete", "context", "full", "payload", "project")

    SPARSE: ClassVar[frozenset[str]] = frozenset()

    def __init__(
        self, context: RequestContext, payload: Payload, project: str, *, complete: bool = False
    ) -> None:
        self.context = context
        self.payload = payload
        self.project = project
        self.complete = complete
        self.full: Payload | None = None

    def absent(self, key: str) -> Any:
        """The value of a key that the payload lacks: null, or what completing brings."""
        if self.complete or key in self.SPARSE:
            return None
        if self.full is not None:
            return self.full.get(key)
        return self._completed(key)

    async def _completed(self, key: str) -> Any:
        return (await self.load()).get(key)

    async def load(self) -> Payload:
        """The complete payload, loaded at most once in a request."""
        loader, key = self.route()
        payload: Payload = await loader.load(key)
        return payload

    def beside(self, other: Record) -> bool:
        """Whether both were found in the same place, so that equal payloads show the same."""
        return self.project == other.project

    def route(self) -> tuple[Loader[Any, Any], Any]:
        """The loader and the key that complete this kind of record."""
        raise TypeError(f"a {type(self).__name__} has no route of its own")

    @property
    def number(self) -> int:
        """REST's `id`, without which no follow-up call can be made."""
        return number_of(self.payload, "id")

    @property
    def project_id(self) -> str:
        """GitLab's number of the project where the payload tells it, else what the caller gave."""
        return project_of(self.payload, self.project)


class JobRecord(Record):
    """A job. Every route answers with the same keys, save what GitLab leaves out when empty."""

    __slots__ = ()

    # Newer than some servers, or only there when set; the single job would not tell more.
    SPARSE = frozenset(
        {
            "failure_reason",
            "artifacts_file",
            "runner_manager",
            "erased_at",
            "archived",
            "queued_duration",
            "coverage",
        }
    )

    def route(self) -> tuple[Loader[Any, Any], Any]:
        return self.context.jobs, (self.project, self.number)

    @property
    def project_id(self) -> str:
        return project_of(self.payload.get("pipeline"), self.project)

    @property
    def global_id(self) -> str:
        pipeline = self.payload.get("pipeline")
        number = pipeline.get("id") if isinstance(pipeline, dict) else None
        if number.__class__ is int and number > 0:
            return global_id("Job", self.project_id, number, self.number)
        return global_id("Job", self.project_id, self.number)


class BridgeRecord(Record):
    """A trigger job. GitLab shows it in lists only, so what a list lacks is null."""

    __slots__ = ()

    def __init__(self, context: RequestContext, payload: Payload, project: str) -> None:
        super().__init__(context, payload, project, complete=True)

    @property
    def project_id(self) -> str:
        return project_of(self.payload.get("pipeline"), self.project)

    @property
    def global_id(self) -> str:
        pipeline = number_of(mapping(self.payload.get("pipeline")) or {}, "id")
        return global_id("Bridge", self.project_id, pipeline, self.number)


class PipelineRecord(Record):
    """A pipeline, embedded in a job, listed, or read by itself."""

    __slots__ = ()

    def route(self) -> tuple[Loader[Any, Any], Any]:
        return self.context.pipelines, (self.project, self.number)

    @property
    def global_id(self) -> str:
        return global_id("Pipeline", self.project_id, self.number)


class CommitRecord(Record):
    """A commit, embedded in a job or read by itself; it never changes."""

    __slots__ = ("known_project",)

    def __init__(
        self,
        context: RequestContext,
        payload: Payload,
        project: str,
        *,
        complete: bool = False,
        known_project: str | None = None,
    ) -> None:
        super().__init__(context, payload, project, complete=complete)
        self.known_project = known_project or project

    def route(self) -> tuple[Loader[Any, Any], Any]:
        return self.context.commits, (self.project, self.sha)

    def beside(self, other: Record) -> bool:
        return (
            super().beside(other)
            and isinstance(other, CommitRecord)
            and self.known_project == other.known_project
        )

    @property
    def sha(self) -> str:
        sha = self.payload.get("id")
        if not isinstance(sha, str) or not sha:
            raise InvalidResponse("GitLab sent a commit without its id")
        return sha

    @property
    def global_id(self) -> str:
        project = project_of(self.payload, self.known_project)
        return global_id("Commit", project, self.sha)


class ProjectRecord:
    """A handle on a project: naming it costs no call. `settings` may be at hand from a job."""

    __slots__ = ("context", "payload", "project")

    def __init__(
        self, context: RequestContext, project: str, payload: Payload | None = None
    ) -> None:
        self.context = context
        self.project = project
        self.payload = payload


def read(source: Any, name: str) -> Any:
    """The value of a plain field: the field's Python name is the REST key."""
    if isinstance(source, Record):
        payload = source.payload
        return payload[name] if name in payload else source.absent(name)
    if isinstance(source, dict):
        return source.get(name)
    return getattr(source, name)


def reader(key: str, convert: Callable[[Any], Any] | None = None) -> Callable[[Any], Any]:
    """A resolver for a plain field whose REST key or form differs from the field's own."""
    if convert is None:

        def resolve(root: Any) -> Any:
            return read(root, key)

        return resolve

    def resolve_converted(root: Any) -> Any:
        value = read(root, key)
        if isinstance(value, Coroutine):
            return _converted(value, convert)
        return convert(value)

    return resolve_converted


async def _converted(value: Awaitable[Any], convert: Callable[[Any], Any]) -> Any:
    return convert(await value)


def embedded(source: Record, key: str, make: Callable[[Payload], Any]) -> Any:
    """The object that `make` builds over a payload inside this one; null stays null."""

    def made(value: Any) -> Any:
        return None if value is None else make(mapping(value))

    value = read(source, key)
    return _converted(value, made) if isinstance(value, Coroutine) else made(value)


def embedded_text(source: Record, key: str, make: Callable[[str], Any]) -> Any:
    """The object that `make` builds over a name inside this payload; null stays null."""

    def made(value: Any) -> Any:
        if value is None or isinstance(value, str):
            return None if value is None else make(value)
        raise InvalidResponse(f"GitLab sent something else where the text of {key} belongs")

    value = read(source, key)
    return _converted(value, made) if isinstance(value, Coroutine) else made(value)


def mapping(value: Any) -> Any:
    """An object or null; GitLab sends nothing else where an object belongs."""
    if value is None or isinstance(value, dict):
        return value
    raise InvalidResponse("GitLab sent something else where an object belongs")


def mappings(value: Any) -> Any:
    """A list of objects; null and absence are the empty list."""
    if value is None:
        return []
    if isinstance(value, list):
        return [mapping(item) for item in value]
    raise InvalidResponse("GitLab sent something else where a list belongs")


def number_of(payload: Payload, key: str) -> int:
    """A number that stands for an object in URLs; without it GitLab's answer is of no use."""
    value = payload.get(key)
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    raise InvalidResponse(f"GitLab sent an object without a usable {key}")


def project_of(payload: Any, otherwise: str) -> str:
    """The `project_id` of a payload as text, or what the caller called the project."""
    project_id = payload.get("project_id") if isinstance(payload, dict) else None
    if isinstance(project_id, int) and not isinstance(project_id, bool):
        return str(project_id)
    return otherwise
