"""Several jobs of one pipeline by one list call, where that takes fewer calls than each by itself.

GitLab has no route for a set of jobs, but a pipeline's list holds all of them, each with the same
keys as by itself. What the list turns out not to hold is left to a call of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, NamedTuple

from upstream.client import Upstream
from upstream.credentials import Credential
from upstream.endpoints import jobs, pipelines
from upstream.errors import Forbidden, NotFound, UpstreamError
from upstream.paging import OffsetPage
from upstream.single_flight import Flight, SingleFlight

LEAST = 3  # jobs that are worth a list, which is a larger answer than a job
PAGE_SIZE = 100  # GitLab's own maximum for per_page

PipelineKey = tuple[str, int]
Payload = dict[str, Any]


class Found(NamedTuple):
    """What a pipeline's list holds, by number, and what kept it from being read to its end."""

    jobs: dict[int, Payload]
    error: UpstreamError | None = None


class Listing(NamedTuple):
    """A pipeline's list on its way, and the numbers that are looked for in it."""

    wanted: set[int]
    flight: Flight[Found]


class Covering:
    """Reads pipelines' lists for those that ask for their jobs in one turn of the event loop.

    Who comes while a list is being read looks into it, too. `limit` bounds the calls.
    """

    def __init__(
        self, upstream: Upstream, credential: Credential | None, limit: asyncio.Semaphore
    ) -> None:
        self._upstream = upstream
        self._credential = credential
        self._limit = limit
        self._flights: SingleFlight[Found] = SingleFlight()
        self._listings: dict[PipelineKey, Listing] = {}

    async def find(self, project: str, pipeline: int, number: int) -> Payload | None:
        """The job as the list of its pipeline shows it; None where it is to be read by itself.

        Raises what the list call failed with, unless that says no more than that there is no list
        to see.
        """
        if jobs.is_at_hand(self._upstream, self._credential, project, number):
            return None
        place = (project, pipeline)
        flight = self._flights.find(place)
        if flight is None:
            wanted: set[int] = set()
            # Its first step is taken in the next turn, when all of this turn have been here.
            flight = self._flights.start(place, self._read(place, wanted))
            self._listings[place] = Listing(wanted, flight)
        self._listings[place].wanted.add(number)
        found = await flight.wait()
        payload = found.jobs.get(number)
        if payload is None and found.error is not None:
            raise found.error
        return payload

    def clear(self) -> None:
        """Lets nobody look any more into what is being read now."""
        self._flights.seal()

    async def _read(self, place: PipelineKey, wanted: set[int]) -> Found:
        found: dict[int, Payload] = {}
        page: int | None = 1 if len(wanted) >= LEAST else None
        try:
            while page is not None:
                async with self._limit:
                    answer = await pipelines.list_pipeline_jobs(
                        self._upstream,
                        self._credential,
                        *place,
                        include_retried=True,
                        page=page,
                        per_page=PAGE_SIZE,
                    )
                numbered = {number: item for item in answer.items if (number := _number(item))}
                found.update(numbered)
                page = _page_worth_reading(answer, wanted - found.keys(), numbered)
        except (Forbidden, NotFound):
            return Found(found)
        except UpstreamError as error:
            return Found(found, error)
        return Found(found)


def _page_worth_reading(
    answer: OffsetPage, missing: Iterable[int], shown: Iterable[int]
) -> int | None:
    """The next page, where all the pages that are left take fewer calls than the jobs on them.

    Numbers go down from page to page. None as well where GitLab does not say how many there are:
    it counts to 10,000 jobs.
    """
    if answer.next_page is None or answer.total is None:
        return None
    lowest = min(shown, default=0)
    further = sum(number < lowest for number in missing)
    pages_left = -(-answer.total // answer.per_page) - answer.page
    return answer.next_page if pages_left < further else None


def _number(item: Payload) -> int:
    number = item.get("id")
    return number if number.__class__ is int and isinstance(number, int) else 0
