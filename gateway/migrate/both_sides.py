"""A REST call and its translation, run against the same GitLab.

Reading is done on both sides. GitLab may move between two calls, so where something differs REST is
asked again: a value that REST itself answers otherwise a moment later is no difference. What acts
is never run twice: GraphQL acts, and REST is asked what has come of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from gateway.migrate import entities
from gateway.migrate.asking import (
    CannotCompare,
    GraphqlAnswer,
    Sides,
    ask_graphql,
    ask_rest,
    json_of,
)
from gateway.migrate.call import RestCall
from gateway.migrate.differences import ABSENT, Comparison, Difference, changed
from gateway.migrate.entities import Entity
from gateway.migrate.plain_http import Answer
from gateway.migrate.routes import Paging
from gateway.migrate.translation import Translation
from upstream.urls import number_segment, project_segment

ATTEMPTS = 3
# What goes its way by itself once a job has been acted on.
_GOES_ON = frozenset(
    {"status", "started_at", "finished_at", "duration", "queued_duration", "coverage"}
    | {"failure_reason", "runner", "runner_manager", "artifacts", "artifacts_file"}
)
_GOES_ON_INSIDE = frozenset({"pipeline.status", "pipeline.updated_at", "user.local_time"})


@dataclass(slots=True)
class Outcome:
    """`moved` are the places where GitLab itself changed meanwhile; they do not count.

    `refused` is what both sides answered where they refused alike.
    """

    comparison: Comparison = field(default_factory=Comparison)
    moved: list[str] = field(default_factory=list)
    refused: str | None = None

    @property
    def differences(self) -> list[Difference]:
        return self.comparison.differences

    def differs(self, path: str, rest: Any, graphql: Any) -> Outcome:
        self.differences.append(Difference(path, rest, graphql))
        return self

    def forgive(self, moved: set[str]) -> None:
        """Takes out what GitLab itself has changed meanwhile."""
        self.moved = [each.path for each in self.differences if each.path in moved]
        kept = [each for each in self.differences if each.path not in moved]
        self.comparison.differences = kept


async def compare(call: RestCall, translation: Translation, sides: Sides) -> Outcome:
    """Raises CannotCompare, or CannotAsk where a side is not to be reached."""
    if translation.route.acts:
        return await _acted(translation, sides)
    outcome = await _read(call, translation, sides)
    for _ in range(1, ATTEMPTS):
        if not outcome.differences:
            break
        outcome = await _read(call, translation, sides)
    return outcome


async def _read(call: RestCall, translation: Translation, sides: Sides) -> Outcome:
    before = await ask_rest(sides, call.path, call.query)
    answer = await ask_graphql(sides, translation)
    outcome = Outcome()
    if before.status >= HTTPStatus.MULTIPLE_CHOICES:
        return _refused(before, answer, outcome)
    if answer.errors:
        return outcome.differs("the status", before.status, answer.problems[0])
    payload = _payload(before, translation)
    _compare(payload, answer.at(*translation.operation.answer), translation, outcome.comparison)
    if translation.route.paging is not Paging.NONE:
        _compare_paging(before, answer, translation, outcome)
    if outcome.differences:
        after = _payload(await ask_rest(sides, call.path, call.query), translation)
        outcome.forgive(set(changed(payload, after)))
    return outcome


async def _acted(translation: Translation, sides: Sides) -> Outcome:
    answer = await ask_graphql(sides, translation)
    job = answer.at(*translation.operation.answer)
    if answer.errors or not isinstance(job, Mapping):
        refusals = answer.at(translation.operation.answer[0], "errors") or ()
        told = [*answer.problems, *(f"{each['code']}: {each['message']}" for each in refusals)]
        raise CannotCompare(f"the action was refused: {'; '.join(told) or 'no job came back'}")
    outcome = Outcome()
    entity, payload = await _shown_now(translation.variables["input"]["projectId"], job, sides)
    outcome.comparison.objects(entity, payload, job)
    outcome.forgive({each.path for each in outcome.differences if _goes_on(each.path)})
    return outcome


def _goes_on(path: str) -> bool:
    return path in _GOES_ON_INSIDE or path.partition(".")[0].partition("[")[0] in _GOES_ON


async def _shown_now(
    project: str, job: Mapping[str, Any], sides: Sides
) -> tuple[Entity, Mapping[str, Any]]:
    """What REST shows of a job that has just been acted on, and in which form.

    A bridge stands in the list of its pipeline only, also where the action showed it as a job.
    """
    root = f"/projects/{project_segment(project)}"
    number = int(job["databaseId"])
    alone = await ask_rest(sides, f"{root}/jobs/{number_segment(number, 'job')}")
    if alone.status == HTTPStatus.OK:
        return entities.JOB, json_of(alone)
    pipeline = number_segment(int(job["pipeline"]["databaseId"]), "pipeline")
    path = f"{root}/pipelines/{pipeline}/bridges"
    listed = json_of(await ask_rest(sides, path, (("per_page", "100"),)))
    for bridge in listed if isinstance(listed, list) else ():
        if bridge["id"] == number and job["__typename"] == "Bridge":
            return entities.BRIDGE, bridge
        if bridge["id"] == number:
            del bridge["downstream_pipeline"]  # no key of a job
            return entities.CI_JOB, bridge
    raise CannotCompare(
        f"the action was done, but GitLab answers {alone.status} to who asks for the job"
    )


def _refused(rest: Answer, answer: GraphqlAnswer, outcome: Outcome) -> Outcome:
    """An error of REST has its status in GraphQL's error, too, beside the code for it."""
    outcome.comparison.compared += 1
    if rest.status in answer.statuses:
        outcome.refused = f"{rest.status}, {answer.problems[0]}"
        return outcome
    return outcome.differs("the status", rest.status, next(iter(answer.problems), ABSENT))


def _payload(answer: Answer, translation: Translation) -> Any:
    if answer.status >= HTTPStatus.MULTIPLE_CHOICES:
        return ABSENT
    if translation.operation.entity is None:
        return answer.body.decode("utf-8", "replace")
    return json_of(answer)


def _compare(payload: Any, shown: Any, translation: Translation, comparison: Comparison) -> None:
    entity = translation.operation.entity
    if entity is None:
        # A job without a log: REST answers with an empty body.
        comparison.values(payload, shown or "", "the log")
    elif translation.operation.listed and isinstance(payload, list):
        first, last = translation.window or (0, None)
        comparison.lists(entity, payload, shown[first:last] if isinstance(shown, list) else shown)
    else:
        comparison.objects(entity, payload, shown)


def _compare_paging(
    rest: Answer, answer: GraphqlAnswer, translation: Translation, outcome: Outcome
) -> None:
    """The headers of a page, which are part of what REST answers."""
    connection = answer.at(*translation.operation.answer[:-1]) or {}
    goes_on = 'rel="next"' in rest.headers.get("link", "")
    shown = answer.at(*translation.operation.answer[:-1], "pageInfo", "hasNextPage")
    outcome.comparison.values(goes_on, shown, "whether pages follow")
    total = rest.headers.get("x-total", "")
    if "totalCount" in connection and total.isdecimal():
        outcome.comparison.values(int(total), connection["totalCount"], "X-Total")
