"""`jobs-gateway compare`: what is to be asked, of whom and as whom, and what is told of it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import uvloop

from gateway.app import create_app
from gateway.environment import SettingsError
from gateway.migrate.asking import CannotCompare, Sides
from gateway.migrate.both_sides import Outcome, compare
from gateway.migrate.call import RestCall
from gateway.migrate.differences import ABSENT, Difference
from gateway.migrate.filling import filled, is_placeholder
from gateway.migrate.plain_http import CannotAsk, Way
from gateway.migrate.problems import Untranslatable
from gateway.migrate.reading import read_call
from gateway.migrate.translating import read_named_file
from gateway.migrate.translation import Translation, translate
from gateway.migrate.writing import graphql_url, problem_as_text
from gateway.serving import Stop, address_of, bind, running
from gateway.settings import Settings, load_settings, shell_variable
from upstream.config import Reuse
from upstream.credentials import Credential, TokenKind

SAME, DIFFERENT, NOT_COMPARED = 0, 1, 2
LOOPBACK = "127.0.0.1"
SHUTDOWN_SECONDS = 1
SHOWN_CHARACTERS = 200
_API = re.compile(r"/api/v4/?\Z")


def run(text: str, *, gitlab: str | None, gateway: str | None, allow_mutations: bool) -> int:
    """Prints what differs; returns 0 where nothing does, 1 where something does, else 2."""
    try:
        call = filled(read_call(text, read_named_file), shell_variable)
        translation = translate(call)
        _check(call, translation, allow_mutations=allow_mutations)
        settings, known = _settings(call, gitlab)
        credential = _credential(call, known=known)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            outcome = runner.run(_compare(call, translation, settings, credential, gateway))
    except Untranslatable as problem:
        return _cannot(problem_as_text(problem))
    except SettingsError as error:
        return _cannot("; ".join(error.problems))
    except CannotCompare as error:
        return _cannot(str(error))
    except CannotAsk as error:
        return _cannot(f"GitLab or the gateway could not be asked: {error}")
    _tell(translation, outcome)
    return DIFFERENT if outcome.differences else SAME


async def _compare(
    call: RestCall,
    translation: Translation,
    settings: Settings,
    credential: Credential | None,
    gateway: str | None,
) -> Outcome:
    upstream = settings.upstream
    way = Way(upstream.timeouts.read, upstream.proxy, upstream.verify)
    async with contextlib.AsyncExitStack() as stack:
        if gateway is None:
            gateway = await stack.enter_async_context(_own_gateway(settings))
        api = f"{upstream.base_url.rstrip('/')}/api/v4"
        return await compare(call, translation, Sides(api, graphql_url(gateway), credential, way))


@contextlib.asynccontextmanager
async def _own_gateway(settings: Settings) -> AsyncIterator[str]:
    """A gateway that lives as long as the comparison.

    It knows no credential of its own, and keeps nothing: each time, both sides are asked anew.
    """
    upstream = replace(settings.upstream, reuse=Reuse(single_flight=False, cache_bytes=0))
    plain = replace(settings, upstream=upstream, http=replace(settings.http, fallback=None))
    listener = bind(LOOPBACK, 0)
    async with running(create_app(plain), listener, Stop(), shutdown_seconds=SHUTDOWN_SECONDS):
        yield address_of(listener)


def _check(call: RestCall, translation: Translation, *, allow_mutations: bool) -> None:
    if call.unread is not None:
        raise CannotCompare("the call reads a file that cannot be read here")
    if translation.route.acts and not allow_mutations:
        raise CannotCompare(
            f"{translation.route.name} changes something, and must not be done twice; with "
            "--allow-mutations it is done once, through GraphQL, and its answer is compared with "
            "what GitLab shows then"
        )


def _settings(call: RestCall, gitlab: str | None) -> tuple[Settings, bool]:
    """Settings in front of the GitLab to ask, and whether the user, not the call, named it."""
    settings = load_settings({"GITLAB_URL": gitlab})
    if gitlab is not None:
        return settings, True
    named = _API.sub("", call.api)
    if not named:
        if settings.demo:
            raise CannotCompare(
                "the call does not tell which GitLab to ask; name it by --gitlab or GITLAB_URL"
            )
        return settings, True
    known = not settings.demo and settings.upstream.base_url.rstrip("/") == named.rstrip("/")
    return load_settings({"GITLAB_URL": named}), known


def _credential(call: RestCall, *, known: bool) -> Credential | None:
    """The call's own; PRIVATE_TOKEN only for a GitLab that the user named, not a pasted call."""
    token = call.token
    if token is not None and not is_placeholder(token.text):
        return _checked(token.kind, token.text)
    own = shell_variable("PRIVATE_TOKEN")
    if own is not None and known:
        kind = TokenKind.PRIVATE_TOKEN if token is None else token.kind
        return _checked(kind, own)
    if token is None:
        return None
    raise CannotCompare(
        "a placeholder stands where the call's token belongs; put the token there, or name the "
        "GitLab by --gitlab and give the token by PRIVATE_TOKEN"
    )


def _checked(kind: TokenKind, text: str) -> Credential:
    try:
        return Credential(kind, text)
    except ValueError:
        raise CannotCompare("the call's token holds a blank, or is none") from None


def _tell(translation: Translation, outcome: Outcome) -> None:
    number = outcome.comparison.compared
    counted = f"{number:,} value{'' if number == 1 else 's'} compared"
    number = len(outcome.differences)
    verdict = "no difference" if not number else f"{number} differ{'s' if number == 1 else ''}"
    lines = [f"{translation.route.name}: {counted}, {verdict}"]
    if outcome.refused is not None:
        lines.append(f"  both refuse: {outcome.refused}")
    lines += [f"  {_difference(each)}" for each in outcome.differences]
    if outcome.moved:
        lines.append(f"  changed in GitLab meanwhile, not counted: {', '.join(outcome.moved)}")
    if outcome.comparison.more:
        told = ", ".join(each.path for each in outcome.comparison.more)
        lines.append(f"  told by GraphQL alone: {told}")
    if outcome.comparison.left_out:
        left_out = ", ".join(sorted(outcome.comparison.left_out))
        lines.append(f"  left out by the schema (docs/migration.md): {left_out}")
    sys.stdout.write("\n".join(lines) + "\n")


def _difference(each: Difference) -> str:
    return f"{each.path}: REST {_shown(each.rest)}, GraphQL {_shown(each.graphql)}"


def _shown(value: Any) -> str:
    text = "nothing" if value is ABSENT else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}..."


def _cannot(reason: str) -> int:
    sys.stderr.write(f"jobs-gateway: {reason}\n")
    return NOT_COMPARED
