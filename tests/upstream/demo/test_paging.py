"""Pages by offset and by keyset."""

from __future__ import annotations

import base64
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from upstream.demo import DemoGitLab, ManualClock, examples
from upstream.demo.paging import make_cursor

KEYSET = "/projects/1/jobs?pagination=keyset&order_by=id&sort=desc"
PIPELINE_JOBS = f"/projects/1/pipelines/{examples.MANUAL_PIPELINE}/jobs"


def links(answer: httpx.Response) -> dict[str, str]:
    return {rel: str(link["url"]) for rel, link in answer.links.items() if rel}


async def test_project_jobs_are_never_counted(reporter: httpx.AsyncClient) -> None:
    answer = await reporter.get("/projects/1/jobs?page=2&per_page=5")
    assert len(answer.json()) == 5
    assert set(links(answer)) == {"prev", "next", "first"}
    assert "x-total" not in answer.headers
    assert "x-total-pages" not in answer.headers
    assert answer.headers["x-page"] == "2"
    assert answer.headers["x-prev-page"] == "1"
    assert answer.headers["x-next-page"] == "3"


async def test_pipeline_jobs_are_counted(reporter: httpx.AsyncClient) -> None:
    answer = await reporter.get(f"{PIPELINE_JOBS}?per_page=4&page=3")
    assert answer.headers["x-total"] == "11"
    assert answer.headers["x-total-pages"] == "3"
    assert answer.headers["x-next-page"] == ""
    assert set(links(answer)) == {"prev", "first", "last"}
    assert len(answer.json()) == 3


async def test_links_bring_back_every_parameter(reporter: httpx.AsyncClient) -> None:
    answer = await reporter.get(f"{PIPELINE_JOBS}?scope[]=success&scope[]=manual&per_page=1&x[y]=z")
    parts = urlsplit(links(answer)["next"])
    assert (parts.scheme, parts.netloc) == ("http", "gitlab.test")
    assert parse_qs(parts.query) == {
        "id": ["1"],
        "pipeline_id": [str(examples.MANUAL_PIPELINE)],
        "include_retried": ["false"],
        "scope[]": ["success", "manual"],
        "page": ["2"],
        "per_page": ["1"],
        "x[y]": ["z"],
    }


async def test_links_may_name_another_host_than_the_one_that_was_asked() -> None:
    demo = DemoGitLab(ManualClock(), link_origin="https://internal.test:8443")
    transport = httpx.ASGITransport(demo.app)
    headers = {"private-token": "demo-reporter"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://g/api/v4", headers=headers
    ) as client:
        answer = await client.get("/projects/demo%2Fshop/jobs")
    assert links(answer)["next"].startswith(
        "https://internal.test:8443/api/v4/projects/demo%2Fshop/jobs?"
    )


async def test_a_page_beyond_the_end_is_empty(reporter: httpx.AsyncClient) -> None:
    answer = await reporter.get(f"{PIPELINE_JOBS}?page=50")
    assert (answer.status_code, answer.json()) == (200, [])


@pytest.mark.parametrize(
    ("query", "size"),
    [("per_page=500", 100), ("per_page=", 20), ("", 20), ("per_page=-3", 20), ("page=-1", 20)],
)
async def test_sizes_are_clamped(reporter: httpx.AsyncClient, query: str, size: int) -> None:
    answer = await reporter.get(f"/projects/1/jobs?{query}")
    assert len(answer.json()) == size
    assert answer.headers["x-per-page"] == str(size)
    assert answer.headers["x-page"] == "1"


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("per_page=0", "per_page has a value not allowed"),
        ("per_page=many", "per_page is invalid"),
        ("page=first", "page is invalid"),
        ("page=a&per_page=b", "page is invalid, per_page is invalid"),
    ],
)
@pytest.mark.parametrize("path", ["/projects/1/jobs", "/projects/1/pipelines", PIPELINE_JOBS])
async def test_bad_pages_are_refused(
    reporter: httpx.AsyncClient, path: str, query: str, error: str
) -> None:
    answer = await reporter.get(f"{path}?{query}")
    assert (answer.status_code, answer.json()) == (400, {"error": error})


async def test_above_ten_thousand_rows_the_totals_vanish(
    demo: DemoGitLab, reporter: httpx.AsyncClient
) -> None:
    numbers = demo.seed_jobs(1, 10_001, per_pipeline=10_001)
    pipeline = demo.job(1, numbers[0]).pipeline.id
    answer = await reporter.get(f"/projects/1/pipelines/{pipeline}/jobs?per_page=1")
    assert "x-total" not in answer.headers
    assert "last" not in links(answer)


async def test_a_walk_by_keyset_meets_each_old_job_once_while_new_ones_appear(
    demo: DemoGitLab, reporter: httpx.AsyncClient
) -> None:
    old = set(demo.project(1).builds) | set(demo.seed_jobs(1, 200))
    met: list[int] = []
    url: str | None = f"{KEYSET}&per_page=90"
    while url is not None:
        answer = await reporter.get(url)
        met.extend(job["id"] for job in answer.json())
        demo.new_job(1)
        url = links(answer).get("next")
        assert ("x-next-cursor" in answer.headers) == (url is not None)
        assert "x-page" not in answer.headers
    assert len(met) == len(set(met))
    assert set(met) == old


async def test_the_keyset_link_holds_the_cursor_and_nothing_leads_back(
    reporter: httpx.AsyncClient,
) -> None:
    answer = await reporter.get(f"{KEYSET}&per_page=2&scope[]=success")
    last = answer.json()[-1]["id"]
    cursor = answer.headers["x-next-cursor"]
    assert base64.urlsafe_b64decode(cursor) == b'{"id":"%d","_kd":"n"}' % last
    assert set(links(answer)) == {"next"}
    query = parse_qs(urlsplit(links(answer)["next"]).query)
    assert query["cursor"] == [cursor]
    assert query["scope[]"] == ["success"]


async def test_the_previous_cursor_leads_back(reporter: httpx.AsyncClient) -> None:
    first = await reporter.get(f"{KEYSET}&per_page=3")
    assert "x-prev-cursor" not in first.headers
    second = await reporter.get(f"{KEYSET}&per_page=3&cursor={first.headers['x-next-cursor']}")
    back = await reporter.get(f"{KEYSET}&per_page=3&cursor={second.headers['x-prev-cursor']}")
    assert back.json() == first.json()
    assert "x-prev-cursor" not in back.headers


async def test_keyset_pages_are_not_clamped(demo: DemoGitLab, reporter: httpx.AsyncClient) -> None:
    demo.seed_jobs(1, 150)
    assert len((await reporter.get(f"{KEYSET}&per_page=150")).json()) == 150


async def test_a_cursor_may_lack_its_padding_or_lie_beyond_the_end(
    reporter: httpx.AsyncClient,
) -> None:
    cursor = make_cursor(20_000, "n").rstrip("=")
    jobs = (await reporter.get(f"{KEYSET}&cursor={cursor}")).json()
    assert jobs[0]["id"] < 20_000
    answer = await reporter.get(f"{KEYSET}&cursor={make_cursor(1, 'n')}")
    assert (answer.status_code, answer.json()) == (200, [])
    assert not links(answer)


@pytest.mark.parametrize("order", ["sort=asc", "order_by=name", "order_by=created_at&sort=desc"])
async def test_keyset_knows_one_order(reporter: httpx.AsyncClient, order: str) -> None:
    answer = await reporter.get(f"/projects/1/jobs?pagination=keyset&{order}")
    assert answer.status_code == 405
    error = "Keyset pagination is not yet available for this type of request"
    assert answer.json() == {"error": error}


@pytest.mark.parametrize("cursor", ["x", "%20%20", "e30", "W10", "eyJpZCI6ImEifQ", "bm8="])
async def test_a_malformed_cursor_is_an_error_of_the_server(
    reporter: httpx.AsyncClient, cursor: str
) -> None:
    answer = await reporter.get(f"{KEYSET}&cursor={cursor}")
    assert answer.status_code == 500
    assert answer.json() == {"message": "500 Internal Server Error"}


async def test_a_negative_keyset_size_is_an_error_of_the_server(
    reporter: httpx.AsyncClient,
) -> None:
    assert (await reporter.get(f"{KEYSET}&per_page=-1")).status_code == 500
