"""/__demo__: faults, calls and the clock by HTTP, for tests in other languages."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Collection
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from upstream.demo.calls import Calls
from upstream.demo.clock import Clock, ManualClock
from upstream.demo.fault_json import BadFault, read_fault
from upstream.demo.faults import Fault, Faults

PREFIX = "/__demo__"


class Door:
    """Handlers over the handles of one demo."""

    def __init__(self, faults: Faults, calls: Calls, clock: Clock, routes: Collection[str]) -> None:
        self._faults = faults
        self._routes = routes
        self._calls = calls
        self._clock = clock
        self.app = Starlette(
            routes=[
                Route(f"{PREFIX}/faults", self.add_fault, methods=["POST"]),
                Route(f"{PREFIX}/faults", self.list_faults, methods=["GET"]),
                Route(f"{PREFIX}/faults", self.clear_faults, methods=["DELETE"]),
                Route(f"{PREFIX}/calls", self.list_calls, methods=["GET"]),
                Route(f"{PREFIX}/calls", self.clear_calls, methods=["DELETE"]),
                Route(f"{PREFIX}/clock", self.advance, methods=["POST"]),
            ]
        )

    async def add_fault(self, request: Request) -> Response:
        """{"kind": "rate_limited", "retry_after": 5, "route": ..., "times": ...}."""
        try:
            fault = read_fault(await request.body(), self._routes)
        except BadFault as problem:
            return _refused(str(problem))
        self._faults.add(fault)
        return JSONResponse(_shown(fault), status_code=201)

    async def list_faults(self, _: Request) -> Response:
        return JSONResponse([_shown(fault) for fault in self._faults])

    async def clear_faults(self, _: Request) -> Response:
        self._faults.clear()
        return Response(status_code=204)

    async def list_calls(self, _: Request) -> Response:
        shown = ("method", "path", "query", "route", "credential", "user")
        calls = [{name: getattr(call, name) for name in shown} for call in self._calls]
        return JSONResponse(calls)

    async def clear_calls(self, _: Request) -> Response:
        self._calls.clear()
        return Response(status_code=204)

    async def advance(self, request: Request) -> Response:
        """{"seconds": 30}."""
        clock = self._clock
        if not isinstance(clock, ManualClock):
            return _refused("this demo runs on the machine's clock", status=409)
        try:
            now = clock.advance(float(json.loads(await request.body())["seconds"]))
        except (ValueError, TypeError, KeyError):
            return _refused('the body must be like {"seconds": 30}, and time does not go back')
        return JSONResponse({"now": now})


def _shown(fault: Fault) -> dict[str, Any]:
    values = {
        field.name: getattr(fault, field.name)
        for field in dataclasses.fields(fault)
        if field.name != "effect"
    }
    return {"effect": type(fault.effect).__name__, **values}


def _refused(problem: str, *, status: int = 400) -> Response:
    return JSONResponse({"message": problem}, status_code=status)
