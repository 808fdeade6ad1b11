"""The seam between what GitLab is asked and how bytes get there.

A transport knows HTTP and one GitLab; it knows no routes, no JSON and no GraphQL. It raises the
tree of `upstream.errors` and nothing else, and never sends a POST twice.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Request:
    """`target` goes on the wire as it is, percent-encoded, with the path GitLab lives below.

    Header names are in lower case, without host and content-length.
    """

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None

    def bearing(self, headers: tuple[tuple[str, str], ...]) -> Request:
        """The same request with these headers, too."""
        return Request(self.method, self.target, (*self.headers, *headers), self.body)


@dataclass(slots=True)
class Response:
    """`headers` has lower-case names, repeats joined by ", "; `body` is decoded and bounded."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class StreamedResponse(Protocol):
    @property
    def status(self) -> int: ...

    @property
    def headers(self) -> Mapping[str, str]: ...

    def chunks(self) -> AsyncIterator[bytes]:
        """The body as it arrives, decoded."""
        ...


class Transport(Protocol):
    async def send(self, request: Request) -> Response:
        """The whole answer, of at most `Limits.body_bytes`."""
        ...

    def stream(
        self, request: Request, *, origin: str | None = None
    ) -> AbstractAsyncContextManager[StreamedResponse]:
        """The answer as it comes; `origin` is another `scheme://host` than GitLab's own."""
        ...

    async def aclose(self) -> None: ...
