"""Answers whose bodies are read as they come, at the end of GitLab's redirects."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AsyncExitStack

from upstream.answer import SUCCESS, refusal_of
from upstream.credentials import Credential
from upstream.decoding import REDIRECTS
from upstream.errors import InvalidResponse
from upstream.redirects import follow, place_of
from upstream.transports.base import Request, Response, StreamedResponse, Transport
from upstream.urls import API

_ERROR_BYTES = 64 * 1024  # of an error's body are read where a log was asked for

Headers = tuple[tuple[str, str], ...]


class Streaming:
    """`origin` and `root` are GitLab's; at most `redirects` redirects are followed.

    Inside GitLab's API they are followed with the credential, anywhere else without it, and from
    https to http not at all.
    """

    def __init__(
        self, transport: Transport, origin: str, root: str, headers: Headers, redirects: int
    ) -> None:
        self._transport = transport
        self._origin = origin
        self._prefix = root + API
        self._headers = headers
        self._redirects = redirects

    async def arrive(
        self,
        stack: AsyncExitStack,
        path: str,
        credential: Credential | None,
        under_way: UnderWay,
    ) -> StreamedResponse:
        """The answer at the end of the redirects, closed by `stack`."""
        target = self._prefix + path
        home = here = place_of(self._origin + target)
        trusted = True  # once away from GitLab's API, the credential is not brought back either
        for step in range(self._redirects + 1):
            headers = self._headers
            if trusted:
                headers = (*with_credential(headers, credential), *under_way.headers)
            origin = None if here.origin == home.origin else here.origin
            answer = await stack.enter_async_context(
                self._transport.stream(Request("GET", here.target, headers), origin=origin)
            )
            if step == 0:
                under_way.heard(answer.status)
            location = answer.headers.get("location")
            if answer.status not in REDIRECTS or location is None:
                await _check(answer, target, credential, trusted=trusted)
                return answer
            await stack.aclose()
            here = follow(here, location)
            trusted = trusted and self._is_gitlab(here.origin, here.target, home.origin)
        raise InvalidResponse(
            f"GitLab redirects more than {self._redirects} times in a row", status=answer.status
        )

    def _is_gitlab(self, origin: str, target: str, home: str) -> bool:
        return origin == home and target.startswith(f"{self._prefix}/")


class UnderWay:
    """A call whose answer is being read: its status once there is one, and the bytes so far.

    `headers` go along to GitLab, and to nobody else. `answered` is told of the status of the first
    answer, which is GitLab's own.
    """

    def __init__(self, headers: Headers, answered: Callable[[int], None]) -> None:
        self.headers = headers
        self.status = 0
        self.size = 0
        self._answered = answered

    def heard(self, status: int) -> None:
        self.status = status
        self._answered(status)

    async def counted(self, chunks: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
        async for chunk in chunks:
            self.size += len(chunk)
            yield chunk


class Forwarded:
    """GitLab's answer to a request that was handed on, with its bytes counted."""

    def __init__(self, answer: StreamedResponse, under_way: UnderWay) -> None:
        self.status = answer.status
        self.headers = answer.headers
        self._answer = answer
        self._under_way = under_way

    def chunks(self) -> AsyncIterator[bytes]:
        return self._under_way.counted(self._answer.chunks())


async def preceded(first: bytes | None, rest: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    """`rest`, after what was taken from it already."""
    if first is not None:
        yield first
    async for chunk in rest:
        yield chunk


def with_credential(headers: Headers, credential: Credential | None) -> Headers:
    return headers if credential is None else (*headers, credential.header)


async def _check(
    answer: StreamedResponse, target: str, credential: Credential | None, *, trusted: bool
) -> None:
    if answer.status in SUCCESS:
        return
    if not trusted:
        # A storage's own words would speak of keys and signatures.
        raise InvalidResponse(
            f"the place that GitLab redirected to answered {answer.status}", status=answer.status
        )
    body = bytearray()
    async for chunk in answer.chunks():
        body += chunk
        if len(body) >= _ERROR_BYTES:
            break
    raise refusal_of(Response(answer.status, answer.headers, bytes(body)), target, credential)
