"""Logs: streamed, with redirects, and with the credential kept at home."""

from __future__ import annotations

import pytest
from starlette.responses import JSONResponse, Response

from tests.upstream.conftest import CREDENTIAL, TOKEN, Received, World
from tests.upstream.raw_server import Connection, raw_server
from upstream.client import Upstream
from upstream.errors import Disconnected, Forbidden, InvalidResponse, UpstreamError
from upstream.events import CallFailed, CallFinished

TRACE = "/projects/:id/jobs/:job_id/trace"
PATH = "/projects/1/jobs/2/trace"
LOG = b"line one\nline two\xff\n" * 1000


async def read(upstream: Upstream) -> bytes:
    async with upstream.stream(TRACE, PATH, CREDENTIAL) as chunks:
        return b"".join([chunk async for chunk in chunks])


def tokens(requests: list[Received]) -> list[str | None]:
    assert all("authorization" not in received.headers for received in requests)
    return [received.headers.get("private-token") for received in requests]


def redirect(location: str, status: int = 302) -> Response:
    return Response(status_code=status, headers={"location": location})


async def test_a_log_is_streamed_with_the_credential(world: World) -> None:
    gitlab = await world.gitlab(Response(LOG, media_type="text/plain"))
    assert await read(await world.upstream(gitlab.url, body_bytes=100)) == LOG
    (received,) = gitlab.received
    assert received.target == f"/api/v4{PATH}"
    assert received.headers["accept"] == "*/*"
    assert tokens(gitlab.received) == [TOKEN]
    finished = world.events[-1]
    assert isinstance(finished, CallFinished)
    assert (finished.route, finished.status, finished.size) == (f"GET {TRACE}", 200, len(LOG))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_another_host_is_asked_without_the_credential(world: World, status: int) -> None:
    storage = await world.gitlab(Response(LOG))
    gitlab = await world.gitlab(redirect(f"{storage.url}/bucket/log?X-Sig=a%2Bb%3D", status))
    assert await read(await world.upstream(gitlab.url)) == LOG
    assert tokens(gitlab.received) == [TOKEN]
    assert tokens(storage.received) == [None]
    assert storage.received[0].target == "/bucket/log?X-Sig=a%2Bb%3D"
    assert TOKEN not in str(storage.received)


async def test_the_same_api_is_asked_with_the_credential(world: World) -> None:
    def moved(received: Received) -> Response:
        if "/projects/1/" in received.target:
            return redirect("/api/v4/projects/42/jobs/2/trace", 301)
        return Response(LOG)

    gitlab = await world.gitlab(moved)
    assert await read(await world.upstream(gitlab.url)) == LOG
    assert tokens(gitlab.received) == [TOKEN, TOKEN]


async def test_the_same_host_outside_the_api_is_asked_without_it(world: World) -> None:
    gitlab = await world.gitlab(
        lambda received: Response(LOG) if received.target == "/raw" else redirect("/raw")
    )
    assert await read(await world.upstream(gitlab.url)) == LOG
    assert tokens(gitlab.received) == [TOKEN, None]


async def test_the_credential_does_not_come_back_from_another_host(world: World) -> None:
    def first_away(received: Received) -> Response:
        return Response(LOG) if "/42/" in received.target else redirect(f"{storage.url}/")

    gitlab = await world.gitlab(first_away)
    storage = await world.gitlab(
        lambda _: redirect(f"{gitlab.url}/api/v4/projects/42/jobs/2/trace")
    )
    assert await read(await world.upstream(gitlab.url)) == LOG
    assert tokens(gitlab.received) == [TOKEN, None]
    assert tokens(storage.received) == [None]


async def test_three_redirects_are_followed_and_no_fourth(world: World) -> None:
    def counting(received: Received) -> Response:
        number = int(received.target.rpartition("=")[2]) if "=" in received.target else 0
        return Response(LOG) if number == steps else redirect(f"?step={number + 1}")

    gitlab = await world.gitlab(counting)
    upstream = await world.upstream(gitlab.url)
    steps = 3
    assert await read(upstream) == LOG
    steps = 4
    with pytest.raises(InvalidResponse, match="more than 3 times"):
        await read(upstream)
    assert len(gitlab.received) == 8
    assert isinstance(world.events[-1], CallFailed)


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("ftp://storage.example.com/log", "other than http and https"),
        ("file:///etc/passwd", "other than http and https"),
        ("http://user:pw@storage.example.com/log", "user name"),
        ("http://[half/log", "no address"),
    ],
)
async def test_a_redirect_to_elsewhere_is_refused(world: World, location: str, reason: str) -> None:
    gitlab = await world.gitlab(redirect(location))
    with pytest.raises(InvalidResponse, match=reason):
        await read(await world.upstream(gitlab.url))


async def test_an_error_has_gitlabs_words(world: World) -> None:
    gitlab = await world.gitlab(
        JSONResponse({"message": f"403 Forbidden - {TOKEN}"}, status_code=403)
    )
    with pytest.raises(Forbidden, match=r"403 Forbidden - \*\*\*"):
        await read(await world.upstream(gitlab.url))


async def test_an_endless_error_is_read_in_part(world: World) -> None:
    gitlab = await world.gitlab(Response(b"x" * 5_000_000, status_code=403))
    with pytest.raises(Forbidden) as caught:
        await read(await world.upstream(gitlab.url))
    assert len(caught.value.message) == 500


async def test_an_error_of_the_storage_is_not_gitlabs(world: World) -> None:
    secrets = "<Error><StringToSign>s3-signature</StringToSign></Error>"
    storage = await world.gitlab(Response(secrets, status_code=403))
    gitlab = await world.gitlab(redirect(f"{storage.url}/bucket"))
    with pytest.raises(InvalidResponse, match="redirected to answered 403") as caught:
        await read(await world.upstream(gitlab.url))
    assert "signature" not in caught.value.message


async def test_a_redirect_without_a_location_is_an_error(world: World) -> None:
    gitlab = await world.gitlab(Response(status_code=302))
    with pytest.raises(UpstreamError, match="redirects"):
        await read(await world.upstream(gitlab.url))


async def test_a_log_that_breaks_off_is_an_error(world: World) -> None:
    async def breaks(connection: Connection) -> None:
        await connection.request()
        await connection.send(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf")

    async with raw_server(breaks) as gitlab:
        with pytest.raises(Disconnected):
            await read(await world.upstream(gitlab.url))
    failed = world.events[-1]
    assert isinstance(failed, CallFailed)
    assert failed.error == "Disconnected"


async def test_a_log_left_early_makes_room_for_the_next_call(world: World) -> None:
    gitlab = await world.gitlab(Response(b"x" * 5_000_000))
    upstream = await world.upstream(gitlab.url, in_flight=1, waiting=0)
    for _ in range(3):
        async with upstream.stream(TRACE, PATH, CREDENTIAL) as chunks:
            assert await anext(chunks)


async def test_an_error_of_the_reader_stays_its_own(world: World) -> None:
    gitlab = await world.gitlab(Response(LOG))
    upstream = await world.upstream(gitlab.url, in_flight=1, waiting=0)
    with pytest.raises(LookupError, match="the reader's"):
        async with upstream.stream(TRACE, PATH, CREDENTIAL):
            raise LookupError("the reader's")
    assert await read(upstream) == LOG
