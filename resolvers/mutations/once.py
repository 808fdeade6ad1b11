"""A mutation that is sent again is not done again: its first outcome answers it.

A user clicks twice on "play"; a client hears nothing and sends its request anew. Whoever names a
mutation, by `clientMutationId` or by an Idempotency-Key header, and sends it again with the same
credential and the same input, gets what the first one came to, while that is still on its way or
not older than the window.

Only what GitLab did, or may have done, is remembered. After a refusal, or where nothing was sent,
the same mutation may be tried again.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from upstream.credentials import Credential
from upstream.errors import Disconnected, ResponseError, ServerError, UpstreamError

DEFAULT_WINDOW_SECONDS = 60.0
MAX_ACTIONS = 4096  # remembered at a time, the oldest is forgotten first; about 4 kB each

Payload = Mapping[str, Any]
Name = tuple[str, str]  # where the name was given, and the name
Key = bytes  # a digest of the credential's fingerprint, the name, the verb and the input


@dataclass(slots=True, eq=False)
class Action:
    """`known` is done once the outcome is; `until` is when it is forgotten, by the clock."""

    known: asyncio.Future[Payload]
    until: float


class Actions:
    """What has been done of late, over all requests; a window of 0 remembers nothing.

    `clock` never goes back. `spared` counts the mutations that were answered by an earlier one.
    """

    def __init__(
        self,
        window: float = DEFAULT_WINDOW_SECONDS,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._window = window
        self._clock = clock
        self._actions: OrderedDict[Key, Action] = OrderedDict()
        self.spared = 0

    def __len__(self) -> int:
        return len(self._actions)

    async def once(self, key: Key | None, act: Callable[[], Awaitable[Payload]]) -> Payload:
        """What `act` gives, now or when it was done under this key."""
        if key is None or self._window <= 0:
            return await act()
        self._forget_old()
        earlier = self._actions.get(key)
        if earlier is not None:
            self.spared += 1
            # One who gives up waiting must not cancel what others wait for.
            return await asyncio.shield(earlier.known)
        return await self._first(key, act)

    async def _first(self, key: Key, act: Callable[[], Awaitable[Payload]]) -> Payload:
        known: asyncio.Future[Payload] = asyncio.get_running_loop().create_future()
        action = self._actions[key] = Action(known, self._clock() + self._window)
        while len(self._actions) > MAX_ACTIONS:
            self._actions.popitem(last=False)
        try:
            payload = await act()
        except BaseException as error:
            self._failed(key, action, error)
            raise
        known.set_result(payload)
        return payload

    def _failed(self, key: Key, action: Action, error: BaseException) -> None:
        told = error if isinstance(error, Exception) else _given_up()
        action.known.set_exception(told)
        action.known.exception()  # nobody may have waited; that is nobody's mistake
        if not may_have_acted(told) and self._actions.get(key) is action:
            del self._actions[key]

    def _forget_old(self) -> None:
        now = self._clock()
        while self._actions:
            key, oldest = next(iter(self._actions.items()))
            if oldest.until > now:
                return
            del self._actions[key]


def key_of(credential: Credential | None, name: Name | None, verb: str, input_: Any) -> Key | None:
    """None where the mutation was given no name."""
    if name is None:
        return None
    who = None if credential is None else credential.fingerprint()
    # As JSON, for in Python 1 equals 1.0 and true; and as a digest, for a name may be long.
    told = json.dumps([who, *name, verb, input_], sort_keys=True)
    return hashlib.blake2b(told.encode(), digest_size=32).digest()


def may_have_acted(error: Exception) -> bool:
    """Whether GitLab may have done what the call asked for, though it failed."""
    if isinstance(error, ResponseError):
        return isinstance(error, ServerError)
    return not isinstance(error, UpstreamError) or error.may_have_arrived


def _given_up() -> Disconnected:
    return Disconnected(
        "the first attempt at this mutation was given up on its way; GitLab may have acted on it"
    )
