"""What each route of a proper GitLab answers, as far as a random generator decides it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.gateway.execution.compiled import payloads

FULL_PAGE = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to a route; `headers` are the answer's, to be added to."""

    random: Random
    path: Mapping[str, str]
    query: Mapping[str, str]
    headers: dict[str, str]
    crowded: bool


def answer_to(target: str, random: Random, headers: dict[str, str], *, crowded: bool) -> Any:
    """A payload, or the bytes of a log."""
    url = urlsplit(target)
    route = url.path.removeprefix("/api/v4")
    query = {name: values[-1] for name, values in parse_qs(url.query).items()}
    for pattern, answer in ROUTES:
        if found := pattern.fullmatch(route):
            return answer(Asked(random, found.groupdict(), query, headers, crowded))
    raise AssertionError(f"no route for {target}")


Make = Callable[[Random, int], Any]


def _page(asked: Asked, make: Make, *, full: bool) -> list[Any]:
    random, page = asked.random, int(asked.query.get("page", "1"))
    first = 100_000 - 1000 * page if full else 100 - 10 * page
    count = FULL_PAGE if full else random.randrange(4)
    return [
        make(random, first - index) for index in range(min(count, int(asked.query["per_page"])))
    ]


def _offset(make: Make, *, of_project: bool = False) -> Callable[[Asked], Any]:
    def answer(asked: Asked) -> Any:
        random, page = asked.random, int(asked.query["page"])
        if random.random() < 0.4:
            asked.headers["x-next-page"] = str(page + 1)
        if random.random() < 0.7:
            asked.headers["x-total"] = str(random.randrange(400))
        return _page(asked, make, full=of_project and asked.crowded)

    return answer


def _keyset(asked: Asked) -> Any:
    items = _page(asked, payloads.job, full=asked.crowded)
    if len(items) == int(asked.query["per_page"]):
        cursor = f"c{asked.random.randrange(100)}"
        asked.headers["link"] = f'<https://other.test/api/v4/jobs?cursor={cursor}>; rel="next"'
    return items


def _numbered(make: Make) -> Callable[[Asked], Any]:
    return lambda asked: make(asked.random, int(asked.path["number"]))


def _pipeline(random: Random, number: int) -> Any:
    return payloads.pipeline(random, number, whole=True)


def _commit(asked: Asked) -> Any:
    return payloads.commit(asked.random, asked.path["sha"], whole=True)


_PROJECT = r"/projects/[^/]+"
ROUTES: tuple[tuple[re.Pattern[str], Callable[[Asked], Any]], ...] = tuple(
    (re.compile(pattern), answer)
    for pattern, answer in (
        (rf"{_PROJECT}/jobs", _keyset),
        (rf"{_PROJECT}/jobs/(?P<number>\d+)(/(cancel|erase|retry))?", _numbered(payloads.job)),
        (rf"{_PROJECT}/jobs/(?P<number>\d+)/play", _numbered(payloads.bridge)),
        (rf"{_PROJECT}/jobs/\d+/trace", lambda asked: payloads.log(asked.random)),
        (rf"{_PROJECT}/pipelines", _offset(payloads.pipeline, of_project=True)),
        (rf"{_PROJECT}/pipelines/(?P<number>\d+)", _numbered(_pipeline)),
        (rf"{_PROJECT}/pipelines/\d+/jobs", _offset(payloads.job)),
        (rf"{_PROJECT}/pipelines/\d+/bridges", _offset(payloads.bridge)),
        (rf"{_PROJECT}/repository/commits/(?P<sha>[^/]+)", _commit),
        (r"/job", lambda asked: payloads.job(asked.random, 42)),
        (r"/job/allowed_agents", lambda asked: payloads.allowed_agents(asked.random)),
    )
)
