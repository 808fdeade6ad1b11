"""A GitLab before 15.9 pages a project's jobs by offset, whatever it is asked for."""

from __future__ import annotations

import asyncio
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import JSONResponse

from tests.conftest import Graphql
from tests.resolvers.gateways import data, gateway_to
from tests.upstream.conftest import CREDENTIAL, World
from upstream.demo import DemoGitLab, Fault, effects
from upstream.endpoints import jobs
from upstream.endpoints.older_gitlab import Fetch, Place, page_after
from upstream.errors import InvalidResponse, MethodNotAllowed
from upstream.paging import OffsetPage, keyset_cursor

ROUTE = "GET /projects/:id/jobs"
PAGE = """query ($first: Int, $after: String) { project(id: "1") {
  jobs(first: $first, after: $after) {
    nodes { databaseId } pageInfo { endCursor hasNextPage } } } }"""

REFUSED = pytest.mark.parametrize("refused", [False, True], ids=["ignored", "refused"])


async def window(ask: Graphql, first: int, after: str | None = None) -> tuple[list[int], str, bool]:
    shown = data(await ask(PAGE, {"first": first, "after": after}))["project"]["jobs"]
    info = shown["pageInfo"]
    numbers = [int(node["databaseId"]) for node in shown["nodes"]]
    return numbers, info["endCursor"], info["hasNextPage"]


def newest(demo: DemoGitLab, count: int) -> list[int]:
    return sorted(demo.project(1).builds, reverse=True)[:count]


@REFUSED
async def test_all_jobs_come_once_and_in_order(
    demo: DemoGitLab, demo_url: str, *, refused: bool
) -> None:
    demo.seed_jobs(1, 230)
    demo.faults.add(Fault(effects.WithoutKeyset(refused=refused), route=ROUTE, times=None))
    async with gateway_to(demo_url, GATEWAY_CACHE_BYTES="0") as ask:
        numbers, _, more = await window(ask, 230)
    assert numbers == newest(demo, 230)
    assert more
    assert demo.calls.count(ROUTE) == 3 + refused


@REFUSED
async def test_a_window_goes_on_where_the_last_one_ended_while_new_jobs_arrive(
    demo: DemoGitLab, demo_url: str, *, refused: bool
) -> None:
    demo.seed_jobs(1, 120)
    expected = newest(demo, 100)
    demo.faults.add(Fault(effects.WithoutKeyset(refused=refused), route=ROUTE, times=None))
    seen: list[int] = []
    after = None
    async with gateway_to(demo_url) as ask:
        for _ in range(4):
            numbers, after, _ = await window(ask, 25, after)
            seen += numbers
            demo.new_job(1)
    assert seen == expected


async def test_the_last_page_has_no_next(demo: DemoGitLab, demo_url: str) -> None:
    demo.faults.add(Fault(effects.WithoutKeyset(), route=ROUTE, times=None))
    async with gateway_to(demo_url) as ask:
        numbers, _, more = await window(ask, 500)
    assert numbers == sorted(demo.project(1).builds, reverse=True)
    assert not more


async def test_another_refusal_stays_one(world: World) -> None:
    gitlab = await world.gitlab(JSONResponse({"message": "405 Method Not Allowed"}, 405))
    with pytest.raises(MethodNotAllowed):
        await jobs.list_project_jobs(await world.upstream(gitlab.url), CREDENTIAL, "1", per_page=20)
    assert len(gitlab.received) == 1


def listing(numbers: list[int], calls: list[int]) -> Fetch:
    async def fetch(page: int, per_page: int) -> OffsetPage:
        calls.append(page)
        start = (page - 1) * per_page
        items = [{"id": number} for number in numbers[start : start + per_page]]
        following = page + 1 if start + per_page < len(numbers) else None
        return OffsetPage(items, page, per_page, following, None)

    return fetch


@given(st.sets(st.integers(1, 10_000), max_size=300), st.integers(1, 30), st.integers(0, 10_001))
def test_from_any_place_the_rest_follows_whole(
    jobs_there: set[int], per_page: int, after: int
) -> None:
    numbers, calls, found = sorted(jobs_there, reverse=True), list[int](), list[int]()
    fetch = listing(numbers, calls)

    async def walk() -> None:
        place, first = Place(after), 0
        while True:
            page = await page_after(place, fetch, per_page)
            found.extend(item["id"] for item in page.items)
            first = first or len(calls)
            if page.next_cursor is None:
                break
            place = Place.of(page.next_cursor)
        pages = max(1, math.ceil(len(numbers) / per_page))
        assert first <= 2 * math.log2(pages + 1) + 2

    asyncio.run(walk())
    assert found == [number for number in numbers if number < after]


def test_a_place_is_told_by_its_job_alone_where_a_client_names_it() -> None:
    assert Place.of(keyset_cursor(77)) == Place(77)
    assert Place.of(Place(77, 3, 20).cursor) == Place(77, 3, 20)
    assert Place.of("!") == Place.of("bm90IGpzb24=") == Place.of(None) == Place()


async def test_a_job_without_an_id_is_no_place(world: World) -> None:
    gitlab = await world.gitlab(JSONResponse([{"name": "x"}], headers={"X-Next-Page": "2"}))
    upstream = await world.upstream(gitlab.url)
    with pytest.raises(InvalidResponse, match="without an id"):
        await jobs.list_project_jobs(upstream, CREDENTIAL, "1", per_page=1)
