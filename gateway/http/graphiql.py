"""The GraphiQL page and its files, all from this origin, under a policy that allows no other."""

from __future__ import annotations

import functools
import json
import re
import secrets
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

STATIC = Path(__file__).with_name("static")
ENDPOINT = "/graphql"
ASSETS = "/static/graphiql"

# docs/graphiql.md says what each part is for.
_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "worker-src": "'self'",
    "style-src-elem": "'self'",
    "style-src-attr": "'unsafe-inline'",
    "font-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
_SECURITY_HEADERS = {
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}

# Said here: the tables of operating systems differ, and nosniff holds us to what we say.
_CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".txt": "text/plain; charset=utf-8",
}
_HASHED_NAME = re.compile(r"-[0-9A-Z]{8}\.\w+$")
_FOREVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"

_NONCE = "{nonce}"
_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>GitLab Jobs Gateway</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" type="image/svg+xml" href="{icon}">
<link rel="stylesheet" href="{style}" nonce="{nonce}">
{preloads}
<script type="module" src="{script}"></script>
</head>
<body>
<div id="root" data-mode="{mode}" data-endpoint="{endpoint}" data-icon="{icon}"
 data-workers="{workers}">
<p class="loading">Loading GraphiQL …</p>
</div>
<noscript>
<p class="loading">This page needs JavaScript. The GraphQL endpoint is {endpoint}.</p>
</noscript>
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The names that the build gave to its files."""

    script: str
    style: str
    icon: str
    preload: tuple[str, ...]
    workers: dict[str, str]


@functools.cache
def read_manifest() -> Manifest:
    wire = json.loads((STATIC / "manifest.json").read_bytes())
    return Manifest(
        script=wire["script"],
        style=wire["style"],
        icon=wire["icon"],
        preload=tuple(wire["preload"]),
        workers=dict(wire["workers"]),
    )


def graphiql_response(request: Request, *, demo: bool) -> Response:
    """The page, for `/` and for a browser's GET on the endpoint.

    `demo`: with the demo's users to choose from, and examples that its projects answer.
    """
    nonce = secrets.token_urlsafe(16)
    root = request.scope.get("root_path", "")
    return HTMLResponse(
        _page(root, "demo" if demo else "gitlab").replace(_NONCE, nonce),
        headers={**_headers(nonce), "cache-control": "no-store", "vary": "Accept"},
    )


def _headers(nonce: str | None = None) -> dict[str, str]:
    """`nonce`: what the style elements that Monaco and the dialogs make must bear."""
    policy = dict(_POLICY)
    if nonce is not None:
        policy["style-src-elem"] += f" 'nonce-{nonce}'"
    joined = "; ".join(f"{directive} {sources}" for directive, sources in policy.items())
    return {**_SECURITY_HEADERS, "content-security-policy": joined}


@functools.lru_cache(maxsize=8)
def _page(root: str, mode: str) -> str:
    """The page with `_NONCE` where its nonce goes."""
    manifest = read_manifest()

    def asset(name: str) -> str:
        return escape(f"{root}{ASSETS}/{name}")

    workers = {label: f"{root}{ASSETS}/{name}" for label, name in manifest.workers.items()}
    preloads = (f'<link rel="modulepreload" href="{asset(name)}">' for name in manifest.preload)
    return _PAGE.format(
        nonce=_NONCE,
        icon=asset(manifest.icon),
        style=asset(manifest.style),
        script=asset(manifest.script),
        preloads="\n".join(preloads),
        mode=mode,
        endpoint=escape(root + ENDPOINT),
        workers=escape(json.dumps(workers)),
    )


class _Assets(StaticFiles):
    """Names that carry a hash of their content never change; the others are asked for anew."""

    def file_response(self, full_path: Any, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(full_path, *args, **kwargs)
        name = Path(full_path).name
        response.headers.update(_headers())
        response.headers["cache-control"] = _FOREVER if _HASHED_NAME.search(name) else _ASK_AGAIN
        response.headers["content-type"] = _CONTENT_TYPES[Path(name).suffix]
        return response


def graphiql_routes(demo: bool) -> list[BaseRoute]:  # noqa: FBT001 - named by its only caller
    """The page at `/`, and its files."""

    async def page(request: Request) -> Response:
        return graphiql_response(request, demo=demo)

    assets = Mount(
        ASSETS,
        app=_Assets(directory=STATIC),
        middleware=[Middleware(GZipMiddleware, compresslevel=6)],
    )
    return [Route("/", page, methods=["GET"]), assets]
