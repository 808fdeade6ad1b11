"""/__demo__: faults, calls and the clock by HTTP, for tests in other languages."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from upstream.demo import effects
from upstream.demo.calls import Calls
from upstream.demo.clock import Clock, ManualClock
from upstream.demo.faults import Fault, Faults

PREFIX = "/__demo__"

KINDS: dict[str, Callable[..., effects.Effect]] = {
    "delay": effects.Delay,
    "rate_limited": effects.rate_limited,
    "server_error": effects.server_error,
    "bad_gateway": effects.bad_gateway,
    "redirect": effects.redirect,
    "cut": effects.Cut,
    "half_body": effects.HalfBody,
    "drip": effects.Drip,
    "endless": effects.Endless,
    "invalid_json": effects.invalid_json,
    "wrong_types": effects.wrong_types,
}
_MATCHERS = frozenset({"method", "route", "path", "skip", "times"})


class Door:
    """Handlers over the handles of one demo."""

    def __init__(self, faults: Faults, calls: Calls, clock: Clock) -> None:
        self._faults = faults
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
            fault = _fault(json.loads(await request.body()))
        except (ValueError, TypeError) as problem:
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
        except (ValueError, TypeError, KeyError) as problem:
            return _refused(f'a body like {{"seconds": 30}} is needed: {problem!r}')
        return JSONResponse({"now": now})


def _fault(payload: Any) -> Fault:
    if not isinstance(payload, dict) or payload.get("kind") not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(sorted(KINDS))}")
    matching = {key: value for key, value in payload.items() if key in _MATCHERS}
    rest = {key: payload[key] for key in payload.keys() - _MATCHERS - {"kind"}}
    return Fault(KINDS[payload["kind"]](**rest), **matching)


def _shown(fault: Fault) -> dict[str, Any]:
    values = {
        field.name: getattr(fault, field.name)
        for field in dataclasses.fields(fault)
        if field.name != "effect"
    }
    return {"effect": type(fault.effect).__name__, **values}


def _refused(problem: str, *, status: int = 400) -> Response:
    return JSONResponse({"message": problem}, status_code=status)
