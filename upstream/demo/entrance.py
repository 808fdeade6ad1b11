"""Where requests come in: they are recorded, may meet a fault, and go on to the API."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from upstream.demo import api, door
from upstream.demo.answers import ApiError
from upstream.demo.auth import Presented, Tokens
from upstream.demo.calls import Call, Calls
from upstream.demo.exchange import Exchange
from upstream.demo.faults import Faults
from upstream.demo.params import parse_query
from upstream.demo.routing import Router


class Entrance:
    """The outermost application, so that a fault has the server's own `receive` and `send`."""

    def __init__(
        self,
        app: ASGIApp,
        router: Router,
        tokens: Tokens,
        calls: Calls,
        faults: Faults,
        side_door: ASGIApp | None,
    ) -> None:
        self._app = app
        self._router = router
        self._tokens = tokens
        self._calls = calls
        self._faults = faults
        self._side_door = side_door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1000})
        elif self._side_door is not None and scope["path"].startswith(door.PREFIX):
            await self._side_door(scope, receive, send)
        else:
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        call = self._call(scope)
        with self._calls.being_answered(call):
            fault = self._faults.pick(call)
            if fault is None:
                await self._app(scope, receive, send)
            else:
                await fault.effect.play(Exchange(self._app, scope, receive, send))

    def _call(self, scope: Scope) -> Call:
        path = api.raw_path(scope)
        query = scope["query_string"].decode("latin-1")
        try:
            params = parse_query(query)
        except ApiError:
            params = {}  # the API will refuse it
        presented = Presented.read(Headers(scope=scope), params)
        match = self._router.match(scope["method"], path.removeprefix(api.PREFIX))
        return Call(
            method=scope["method"],
            path=path,
            query=query,
            route=match.route.name if match.route else None,
            credential=presented.kind,
            user=self._tokens.peek(presented),
        )


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message: Message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
