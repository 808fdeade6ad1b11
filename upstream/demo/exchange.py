"""One request in the hands of a fault: run it, answer it otherwise, or break the connection."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass(slots=True)
class Recorded:
    """What the application would have sent."""

    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""


@dataclass(slots=True)
class Exchange:
    """The ASGI triple with the application behind it.

    A connection is cut at the transport of the server, which uvicorn's `receive` leads to; ASGI
    itself knows no way. Without a transport, as under a client that calls the application
    directly, the client's call raises ConnectionResetError.
    """

    app: ASGIApp
    scope: Scope
    receive: Receive
    send: Send

    async def proceed(self) -> None:
        await self.app(self.scope, self.receive, self.send)

    async def record(self) -> Recorded:
        """Let the application act, and keep its answer back."""
        recorded = Recorded()

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start":
                recorded.status = message["status"]
                recorded.headers = list(message["headers"])
            else:
                recorded.body += message.get("body", b"")

        await self.app(self.scope, self.receive, keep)
        return recorded

    async def start(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        await self.send({"type": "http.response.start", "status": status, "headers": headers})

    async def write(self, data: bytes, *, last: bool = False) -> None:
        await self.send({"type": "http.response.body", "body": data, "more_body": not last})

    async def respond(self, recorded: Recorded) -> None:
        """Answer with the length that the body really has."""
        headers = [pair for pair in recorded.headers if pair[0].lower() != b"content-length"]
        length = str(len(recorded.body)).encode()
        await self.start(recorded.status, [*headers, (b"content-length", length)])
        await self.write(recorded.body, last=True)

    async def cut(self, *, reset: bool = False) -> None:
        """End the connection; `reset` drops what was not sent yet, too."""
        owner = getattr(self.receive, "__self__", None)
        transport: asyncio.Transport | None = getattr(owner, "transport", None)
        if transport is None:
            raise ConnectionResetError("the demo cut the connection")
        if reset:
            transport.abort()
        else:
            transport.close()
        await self.gone()

    async def gone(self) -> None:
        """Wait until the client is away; the server has nothing to complain about then."""
        while (await self.receive())["type"] != "http.disconnect":
            pass
