"""The page and its files, as they go over the wire."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from gateway.http.graphiql import STATIC, graphiql_routes, read_manifest

ASSETS = "/static/graphiql"


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(Starlette(routes=graphiql_routes(demo=True)))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        yield client


def policy(response: httpx.Response) -> dict[str, str]:
    parts = response.headers["content-security-policy"].split("; ")
    return {directive: sources for directive, _, sources in (part.partition(" ") for part in parts)}


async def test_the_policy_of_the_page_lets_scripts_in_from_here_alone(
    client: httpx.AsyncClient,
) -> None:
    sources = policy(await client.get("/"))
    assert sources["default-src"] == "'none'"
    assert sources["script-src"] == sources["worker-src"] == sources["connect-src"] == "'self'"
    assert sources["frame-ancestors"] == sources["base-uri"] == sources["form-action"] == "'none'"


async def test_style_elements_need_a_nonce_that_is_new_each_time(client: httpx.AsyncClient) -> None:
    nonces = set()
    for _ in range(2):
        response = await client.get("/")
        (nonce,) = re.findall(r'nonce="([^"]+)"', response.text)
        assert policy(response)["style-src-elem"] == f"'self' 'nonce-{nonce}'"
        assert response.headers["cache-control"] == "no-store"
        nonces.add(nonce)
    assert len(nonces) == 2


async def test_the_page_has_no_script_of_its_own(client: httpx.AsyncClient) -> None:
    page = (await client.get("/")).text
    assert re.findall(r"<script[^>]*>([^<]*)</script>", page) == [""]
    assert "<style" not in page
    assert not re.search(r"\son\w+=", page)


async def test_every_file_that_the_page_names_is_served(client: httpx.AsyncClient) -> None:
    page = (await client.get("/")).text
    names = set(re.findall(rf"{ASSETS}/([\w.-]+)", page))
    manifest = read_manifest()
    assert names >= {manifest.script, manifest.style, manifest.icon, *manifest.workers.values()}
    for name in names:
        response = await client.get(f"{ASSETS}/{name}")
        assert response.status_code == 200
        assert response.content == (STATIC / name).read_bytes()


@pytest.mark.parametrize(
    ("suffix", "content_type"),
    [
        (".js", "text/javascript; charset=utf-8"),
        (".css", "text/css; charset=utf-8"),
        (".svg", "image/svg+xml"),
        (".ttf", "font/ttf"),
    ],
)
async def test_hashed_files_may_be_kept_for_ever(
    client: httpx.AsyncClient, suffix: str, content_type: str
) -> None:
    name = next(path.name for path in STATIC.iterdir() if path.suffix == suffix)
    response = await client.get(f"{ASSETS}/{name}")
    assert response.headers["content-type"] == content_type
    assert "immutable" in response.headers["cache-control"]
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "no-referrer"
    assert response.headers["cross-origin-opener-policy"] == "same-origin"
    assert policy(response)["script-src"] == "'self'"


async def test_other_files_are_asked_for_again_and_cost_nothing_unchanged(
    client: httpx.AsyncClient,
) -> None:
    first = await client.get(f"{ASSETS}/LICENSES.txt")
    assert first.headers["cache-control"] == "no-cache"
    again = await client.get(
        f"{ASSETS}/LICENSES.txt", headers={"if-none-match": first.headers["etag"]}
    )
    assert again.status_code == 304
    assert again.content == b""


async def test_files_travel_compressed(client: httpx.AsyncClient) -> None:
    url = f"{ASSETS}/{read_manifest().script}"
    response = await client.get(url, headers={"accept-encoding": "gzip"})
    assert response.headers["content-encoding"] == "gzip"
    assert response.num_bytes_downloaded * 2 < len(response.content)


@pytest.mark.parametrize("path", ["/no-such-file.js", "/..%2fgraphiql.py", "/../graphiql.py", "/"])
async def test_nothing_else_is_served(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(ASSETS + path)).status_code == 404


async def test_under_a_path_prefix_the_page_points_below_it() -> None:
    app = Starlette(routes=[Mount("/jobs", routes=graphiql_routes(demo=False))])
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        page = (await client.get("/jobs/")).text
        assert 'data-endpoint="/jobs/graphql"' in page
        assert 'data-mode="gitlab"' in page
        (script,) = re.findall(r'src="([^"]+)"', page)
        assert (await client.get(script)).status_code == 200


async def test_a_prefix_cannot_break_out_of_its_attribute() -> None:
    transport = httpx.ASGITransport(
        Starlette(routes=graphiql_routes(demo=True)), root_path='/"><script>'
    )
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        assert "<script>" not in (await client.get('/"><script>/')).text
