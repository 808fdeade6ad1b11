"""The page that `Link: rel="successor-version"` leads to: each route, and what to ask instead."""

from __future__ import annotations

import functools
from html import escape
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from gateway.migrate.routes import ROUTES, Route

_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}

_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>From REST to GraphQL</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 16px/1.5 system-ui, sans-serif; }}
body {{ max-width: 50rem; margin: 2rem auto; padding: 0 1rem; }}
pre {{ overflow-x: auto; padding: 1rem; border: 1px solid; border-radius: .5rem; }}
h2 {{ margin-top: 3rem; }}
:target {{ text-decoration: underline; }}
</style>
</head>
<body>
<h1>From REST to GraphQL</h1>
<p>Each REST route that this gateway hands on to GitLab, and the operation that could take its
place. <code>jobs-gateway translate 'curl …'</code> does the same for a whole call.</p>
<nav><ul>
{contents}
</ul></nav>
{sections}
</body>
</html>
"""


async def guide(_request: Request) -> Response:
    return HTMLResponse(_page(), headers=_HEADERS)


@functools.cache
def _page() -> str:
    return _PAGE.format(
        contents="\n".join(map(_entry, ROUTES)), sections="\n".join(map(_section, ROUTES))
    )


def anchor_of(route: Route) -> str:
    return route.documentation.partition("#")[2]


def _entry(route: Route) -> str:
    return f'<li><a href="#{anchor_of(route)}"><code>{escape(route.name)}</code></a></li>'


def _section(route: Route) -> str:
    # Imported when the page is first asked for: it takes the schema, and few ask.
    from gateway.migrate.operations import operation_of  # noqa: PLC0415

    operation = operation_of(route)
    try_it = escape(f"/?{urlencode({'query': operation.text})}", quote=True)
    return (
        f'<section id="{anchor_of(route)}">\n<h2>{escape(route.title)}</h2>\n'
        f"<p><code>{escape(route.name)}</code></p>\n<pre>{escape(operation.text)}</pre>\n"
        f"<p>Where REST's answer stands: <code>{escape(operation.path)}</code>. "
        f'<a href="{try_it}">Open it in GraphiQL</a>.</p>\n</section>'
    )
